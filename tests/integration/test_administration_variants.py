"""Changes on clusters that forbid them: a principal with few rights, deletion switched off, a quota; a dead broker."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from kio.index import load_request_schema, load_response_schema
from kio.serial import entity_reader, entity_writer

from ktui.adapters.addresses import parse_addresses
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.jars import class_path
from ktui.adapters.sandbox.java import find_java
from ktui.adapters.sandbox.launch import Runtime
from ktui.adapters.sandbox.locked_jars import RELEASES
from ktui.adapters.sandbox.ports import claim_ports
from ktui.adapters.sandbox.properties import properties_text
from ktui.adapters.sandbox.spec import HOST, Fault, Mode, SandboxSpec
from ktui.adapters.security import PLAINTEXT
from tests.adapters.kafka.scripted_link import made
from tests.independent import Librdkafka, wait_until
from tests.integration.real import WITHIN_S, Real
from tests.integration.test_security import (
    ALICE,
    Node,
    format_with_users,
    running,
    server_properties,
    until_it_answers,
)

pytestmark = [pytest.mark.integration, pytest.mark.matrix]
MODES = pytest.mark.parametrize("mode", list(Mode))
TOPIC = "hers"
ALTER_CLIENT_QUOTAS = 49


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address for SASL/PLAIN, and the properties of alice, who may describe one topic and nothing else."""
    folder = tmp_path_factory.mktemp("least")
    listeners = ("PLAINTEXT", "SASL_PLAINTEXT", "SSL", "CONTROLLER")
    ports = dict(zip(listeners, claim_ports(folder, len(listeners)), strict=True))
    properties = server_properties(folder, ports) | {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    config = folder / "server.properties"
    config.write_text(properties_text(properties), encoding="ascii")
    runtime = Runtime(find_java(), Mode.KRAFT, class_path(RELEASES[Mode.KRAFT], lambda line: None))
    format_with_users(runtime, config)
    with running(runtime, config, folder / "server.log") as server:
        asyncio.run(until_it_answers(Node(ports), server))
        plain = f"{HOST}:{ports['PLAINTEXT']}"
        Librdkafka(plain).create(TOPIC, 2)
        producer = Producer({"bootstrap.servers": plain})
        producer.produce(TOPIC, b"x", partition=0)
        assert producer.flush(10) == 0
        rights = [(ResourceType.TOPIC, TOPIC, AclOperation.DESCRIBE)]
        rights += [(ResourceType.TOPIC, TOPIC, AclOperation.DESCRIBE_CONFIGS)]
        entries = [
            AclBinding(
                kind, name, ResourcePatternType.LITERAL, "User:alice", "*", what, AclPermissionType.ALLOW
            )
            for kind, name, what in rights
        ]
        admin = AdminClient({"bootstrap.servers": plain})
        for done in admin.create_acls(entries).values():
            done.result(10)
        (folder / "alice.properties").write_text(ALICE)
        yield f"{HOST}:{ports['SASL_PLAINTEXT']}", folder / "alice.properties"


@pytest.mark.kraft
@pytest.mark.parametrize(
    ("words", "right"),
    [
        (("topic", "create", "new", "--partitions", "1"), "Create"),
        (("topic", "delete", TOPIC, "--confirm", TOPIC), "Delete"),
        (("topic", "alter", TOPIC, "--partitions", "4"), "Alter on topic hers"),
        (
            ("topic", "delete-records", TOPIC, "--before", "2999-01-01", "--confirm", TOPIC),
            "Delete on topic hers",
        ),
        (("config", "set", "--topic", TOPIC, "retention.ms=5"), "AlterConfigs on topic hers"),
        (("config", "set", "--broker", "1", "log.retention.ms=5"), "AlterConfigs on Cluster"),
        (("partition", "reassign", "--move", f"{TOPIC}:0=1", "--execute"), "Alter on Cluster"),
    ],
)
def test_a_principal_with_few_rights_changes_nothing(
    guarded: tuple[str, Path], tmp_path: Path, words: tuple[str, ...], right: str
) -> None:
    address, properties = guarded
    real = Real(None, tmp_path, None)  # type: ignore[arg-type]
    ran = real.ktui_at(address, *words, "-c", str(properties))
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert right in ran.stderr
    assert "Traceback" not in ran.stderr
    lines = real.audit() if (tmp_path / "ktui").exists() else []
    # What is known to be missing is refused by the gate; what is not told, such as of a topic to come, by the cluster.
    assert all(line["outcome"].startswith("refused") for line in lines[-1:])
    assert all(line["principal"] == "User:alice" for line in lines)


@MODES
def test_deletion_that_is_switched_off(mode: Mode, tmp_path: Path) -> None:
    properties = {"delete.topic.enable": "false"}
    sandbox = Sandbox(SandboxSpec(mode, tmp_path / "sandbox", 1, 1, properties), is_guarded=True)
    try:
        sandbox.up()
        real = Real.of(sandbox, tmp_path)
        real.client.create("kept")
        told = real.refused(1, "topic", "delete", "kept", "--confirm", "kept")
        assert "delete.topic.enable=false" in told
        assert real.client.topic("kept")
        assert [line["phase"] for line in real.audit()] == ["intent", "result"]
        assert not list((tmp_path / "ktui" / "deleted-topics").glob("*"))
    finally:
        sandbox.down(deletes_data=True)


async def limit_changes(servers: str) -> None:
    """Every client may make a change in 100 seconds (AlterClientQuotas)."""
    quota = {"key": "controller_mutation_rate", "value": 0.01, "remove": False}
    entry = {"entity": [{"entity_type": "client-id", "entity_name": None}], "ops": [quota]}
    request = made(load_request_schema(ALTER_CLIENT_QUOTAS, 1), {"entries": [entry], "validate_only": False})
    body = io.BytesIO()
    entity_writer(type(request))(body, request)
    pool = BrokerPool(parse_addresses(servers, "brokers"), PLAINTEXT)
    link = pool.bootstrap_link(Lane.ADMIN, timeout_s=10)
    data = await link.request(ALTER_CLIENT_QUOTAS, 1, body.getvalue(), is_flexible=True)
    answer, _ = entity_reader(load_response_schema(ALTER_CLIENT_QUOTAS, 1))(data, 0)
    assert [int(one.error_code) for one in answer.entries] == [0]
    await pool.close()


@MODES
def test_a_quota_for_changes_that_is_used_up(mode: Mode, tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxSpec(mode, tmp_path / "sandbox", 1, 1), is_guarded=True)
    try:
        sandbox.up()
        real = Real.of(sandbox, tmp_path)
        asyncio.run(limit_changes(sandbox.bootstrap_servers))

        def is_used_up() -> bool:
            ran = real.ktui("topic", "create", f"some{len(real.client.look().topics)}", "--partitions", "5")
            return ran.returncode == 1 and "controller_mutation_rate" in ran.stderr

        wait_until(is_used_up, WITHIN_S, "the quota is used up")
        before = real.client.look().topics
        told = real.refused(1, "topic", "alter", "some0", "--partitions", "9")
        assert "quota for changes" in told
        assert real.client.look().topics == before
        assert len(real.client.topic("some0")) == 5
    finally:
        sandbox.down(deletes_data=True)


@pytest.mark.kraft
def test_a_dead_broker_is_forgotten_and_a_living_one_is_not(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxSpec(Mode.KRAFT, tmp_path / "sandbox", 3, 1), is_guarded=True)
    try:
        sandbox.up()
        real = Real.of(sandbox, tmp_path)
        assert "it is up" in real.refused(1, "broker", "unregister", "3", "--confirm", "3")
        sandbox.fault(Fault.STOP, "broker-3")
        wait_until(lambda: real.client.brokers() == {1, 2}, WITHIN_S, "broker 3 is gone")
        assert "not confirmed" in real.refused(3, "broker", "unregister", "3")
        assert real.done("broker", "unregister", "3", "--confirm", "3") == "Unregistered broker 3.\n"
        assert "not registered" in real.refused(1, "broker", "unregister", "3", "--confirm", "3")
        sandbox.fault(Fault.RESTART, "broker-3")
        wait_until(lambda: real.client.brokers() == {1, 2, 3}, WITHIN_S, "it registers itself again")
    finally:
        sandbox.down(deletes_data=True)


@pytest.mark.zookeeper
def test_with_zookeeper_there_is_nothing_to_unregister(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxSpec(Mode.ZOOKEEPER, tmp_path / "sandbox", 1, 1), is_guarded=True)
    try:
        sandbox.up()
        told = Real.of(sandbox, tmp_path).refused(1, "broker", "unregister", "9", "--confirm", "9")
        assert "with ZooKeeper a broker is registered only as long as it lives" in told
    finally:
        sandbox.down(deletes_data=True)
