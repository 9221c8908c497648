"""Logins and TLS against one real node: both roles in a process, a listener for each security protocol."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, ConnectionBroke, Step
from ktui.adapters.kafka.client_properties import security_of
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.metadata import fetch_metadata
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.sandbox.jars import class_path
from ktui.adapters.sandbox.java import find_java
from ktui.adapters.sandbox.launch import Runtime, java_command, server_environment
from ktui.adapters.sandbox.locked_jars import RELEASES
from ktui.adapters.sandbox.ports import claim_ports
from ktui.adapters.sandbox.properties import properties_text
from ktui.adapters.sandbox.spec import HOST, Mode

pytestmark = [pytest.mark.integration, pytest.mark.kraft]

CERTIFICATES = Path(__file__).parents[1] / "adapters/kafka/certificates"
TRUST = f"ssl.truststore.type=PEM\nssl.truststore.location={CERTIFICATES / 'authority.pem'}"
IDENTITY = f"ssl.keystore.type=PEM\nssl.keystore.location={CERTIFICATES / 'client.pem'}"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"
SESSION_MS = 1_000
START_S = 60


@dataclass(frozen=True)
class Node:
    """Where the listeners are."""

    ports: Mapping[str, int]

    def pool(self, listener: str, properties: str) -> BrokerPool:
        return BrokerPool([Address(HOST, self.ports[listener])], security_of(properties, "client.properties"))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    listeners = ("PLAINTEXT", "SASL_PLAINTEXT", "SSL", "CONTROLLER")
    ports = dict(zip(listeners, claim_ports(folder, len(listeners)), strict=True))
    config = folder / "server.properties"
    config.write_text(properties_text(server_properties(folder, ports)), encoding="ascii")
    runtime = Runtime(find_java(), Mode.KRAFT, class_path(RELEASES[Mode.KRAFT], lambda line: None))
    format_with_users(runtime, config)
    with running(runtime, config, folder / "server.log") as server:
        asyncio.run(until_it_answers(Node(ports), server))
        yield Node(ports)


def server_properties(folder: Path, ports: Mapping[str, int]) -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": f"{HOST}:{ports['CONTROLLER']}",
        "controller.listener.names": "CONTROLLER",
        "listeners": ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items()),
        "listener.security.protocol.map": ",".join(f"{name}:{name}" for name in ports).replace(
            "CONTROLLER:CONTROLLER", "CONTROLLER:PLAINTEXT"
        ),
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(folder / "data"),
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": f'{PLAIN} user_alice="pa\\"ss word";',
        "listener.name.sasl_plaintext.plain.connections.max.reauth.ms": str(SESSION_MS),
        "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": f"{SCRAM};",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": f"{SCRAM};",
        "listener.name.ssl.ssl.client.auth": "required",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(CERTIFICATES / "server.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(CERTIFICATES / "authority.pem"),
        "log.cleaner.dedupe.buffer.size": "2097152",
        "offsets.topic.replication.factor": "1",
        "auto.create.topics.enable": "false",
    }


def format_with_users(runtime: Runtime, config: Path) -> None:
    users = [
        "--add-scram=SCRAM-SHA-256=[name=bob,password=bobs-256]",
        "--add-scram=SCRAM-SHA-512=[name=bob,password=bobs-512]",
    ]
    tool = ["kafka.tools.StorageTool", "format", "--standalone", f"--config={config}", *users]
    command = [*java_command(runtime), *tool, "--cluster-id=MkU3OEVBNTcwNTJENDM2Qg"]
    done = subprocess.run(
        command, env=server_environment(), capture_output=True, text=True, timeout=START_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running(runtime: Runtime, config: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [*java_command(runtime, "-Xmx192m"), "kafka.Kafka", str(config)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, env=server_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            yield server
        finally:
            server.kill()
            server.wait()


async def until_it_answers(node: Node, server: subprocess.Popen[bytes]) -> None:
    pool = node.pool("PLAINTEXT", "")
    last: AdapterError | None = None
    started = time.monotonic()
    while server.poll() is None and time.monotonic() - started < START_S:
        try:
            await ask(pool)
            await pool.close()
            return
        except AdapterError as error:
            last = error
            await asyncio.sleep(0.1)
    pytest.fail(f"the node does not answer: {last}")


async def ask(pool: BrokerPool) -> None:
    """One request that needs a finished login."""
    assert (await fetch_metadata(pool.bootstrap_link(Lane.READ, timeout_s=5), ())).data


async def refusal(pool: BrokerPool) -> ConnectFailed:
    try:
        with pytest.raises(ConnectFailed) as caught:
            await ask(pool)
    finally:
        await pool.close()
    return caught.value


def login(mechanism: str, module: str, user: str, password: str) -> str:
    return (
        f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism={mechanism}\n"
        f'sasl.jaas.config={module} username="{user}" password="{password}";\n'
    )


# In a properties file a backslash is written twice, and in the value that Java reads once before the quote.
ALICE = login("PLAIN", PLAIN, "alice", 'pa\\\\"ss word')


@pytest.mark.parametrize(
    "properties",
    [
        ALICE,
        login("SCRAM-SHA-256", SCRAM, "bob", "bobs-256"),
        login("SCRAM-SHA-512", SCRAM, "bob", "bobs-512"),
    ],
    ids=["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
)
async def test_login(node: Node, properties: str) -> None:
    pool = node.pool("SASL_PLAINTEXT", properties)
    await ask(pool)
    await pool.close()


@pytest.mark.parametrize(
    "properties",
    [
        login("PLAIN", PLAIN, "alice", "wrong"),
        login("PLAIN", PLAIN, "nobody", "wrong"),
        login("SCRAM-SHA-256", SCRAM, "bob", "wrong"),
        login("SCRAM-SHA-512", SCRAM, "bob", "wrong"),
        login("SCRAM-SHA-512", SCRAM, "nobody", "wrong"),
    ],
)
async def test_wrong_password(node: Node, properties: str) -> None:
    error = await refusal(node.pool("SASL_PLAINTEXT", properties))
    assert error.step is Step.SASL
    assert error.reason.startswith("Authentication failed")
    assert "wrong" not in str(error)


async def test_a_login_that_ends_is_renewed_unnoticed(node: Node) -> None:
    """KIP-368, in all lanes: asked at any time while several sessions come and go, nothing fails."""
    pool = node.pool("SASL_PLAINTEXT", ALICE)
    started = time.monotonic()
    try:
        while time.monotonic() - started < 3 * SESSION_MS / 1000:
            for lane in (Lane.READ, Lane.ADMIN):
                await fetch_metadata(pool.bootstrap_link(lane, timeout_s=5), ())
            await asyncio.sleep(0.05)
        assert pool.traffic()[Lane.ADMIN].connections >= 3
    finally:
        await pool.close()


async def test_a_login_that_ended_while_idle(node: Node) -> None:
    pool = node.pool("SASL_PLAINTEXT", ALICE)
    await ask(pool)
    await asyncio.sleep(SESSION_MS / 1000 + 0.5)
    await ask(pool)
    await pool.close()


async def test_mutual_tls(node: Node) -> None:
    pool = node.pool("SSL", f"security.protocol=SSL\n{TRUST}\n{IDENTITY}")
    await ask(pool)
    await pool.close()


async def test_no_client_certificate(node: Node) -> None:
    error = await refusal(node.pool("SSL", f"security.protocol=SSL\n{TRUST}"))
    assert error.step is Step.TLS
    assert "client certificate" in error.reason


async def test_an_unknown_authority(node: Node) -> None:
    error = await refusal(node.pool("SSL", "security.protocol=SSL"))
    assert (error.step, error.reason[:35]) == (Step.TLS, "the server's certificate is refused")


async def test_tls_spoken_to_a_plaintext_listener(node: Node) -> None:
    error = await refusal(node.pool("PLAINTEXT", f"security.protocol=SSL\n{TRUST}"))
    assert error.step is Step.TLS
    assert "does not speak TLS" in error.reason


async def test_plaintext_spoken_to_a_tls_listener(node: Node) -> None:
    error = await refusal(node.pool("SSL", ""))
    assert "TLS" in str(error)


async def test_login_at_a_listener_without(node: Node) -> None:
    error = await refusal(node.pool("PLAINTEXT", ALICE))
    assert error.step is Step.SASL
    assert error.reason == "this listener takes no login, but security.protocol is SASL_PLAINTEXT"


async def test_no_login_at_a_listener_that_wants_one(node: Node) -> None:
    pool = node.pool("SASL_PLAINTEXT", "")
    with pytest.raises(ConnectionBroke, match="perhaps a login is wanted"):
        await ask(pool)
    await pool.close()
