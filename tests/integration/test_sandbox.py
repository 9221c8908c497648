"""The sandbox on real servers: up, down, faults, and nothing left behind whatever ends it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
from confluent_kafka import Consumer, KafkaException, Message
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.spec import Fault, Mode, NodeState, SandboxSpec
from ktui.adapters.sandbox.traffic import STREAMS, write_burst
from tests.terminal import Terminal, ktui

pytestmark = pytest.mark.integration

WAIT_S: Final = 60.0
KINDS: Final = [pytest.param(mode, id=mode, marks=getattr(pytest.mark, mode)) for mode in Mode]
OWNER: Final = """
import sys
from pathlib import Path
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
spec = SandboxSpec(Mode(sys.argv[1]), Path(sys.argv[2]), brokers=1, controllers=1)
Sandbox(spec, is_guarded=True).up()
print("up", flush=True)
sys.stdin.read()
"""


def small(mode: Mode, folder: Path, **properties: str) -> Sandbox:
    """One broker and one keeper of its metadata, gone with the test run."""
    return Sandbox(
        SandboxSpec(mode, folder, brokers=1, controllers=1, properties=properties), is_guarded=True
    )


def environment(**changed: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **changed}


def ktui_sandbox(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ktui", "sandbox", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(**changed),
        timeout=4 * WAIT_S,
        check=False,
    )


@contextlib.contextmanager
def owner(mode: Mode, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that brought up a small sandbox of its own."""
    command = [sys.executable, "-c", OWNER, mode.value, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(fact: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_S
    while not fact():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def brokers_seen(sandbox: Sandbox) -> set[int]:
    """By librdkafka; nobody when it gets no answer."""
    client = AdminClient({"bootstrap.servers": sandbox.bootstrap_servers, "log_level": 0})
    try:
        return set(client.list_topics(timeout=5).brokers)
    except KafkaException:
        return set()


def state_of(sandbox: Sandbox, name: str) -> NodeState:
    return next(node.state for node in sandbox.status().nodes if node.name == name)


def running_in(folder: Path) -> list[Any]:
    return processes.servers_by_folder().get(folder, [])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose servers do not outlive the test."""
    path = tmp_path.resolve() / "it's a folder"
    yield path
    for process in running_in(path):
        processes.kill(process)


def test_status_names_every_node_and_a_second_up_changes_nothing(cluster: Sandbox) -> None:
    status = cluster.status()
    assert brokers_seen(cluster) == {1, 2, 3}
    assert cluster.up().was_running
    again = ktui_sandbox("up", "--data-dir", str(status.data_dir))
    assert (again.returncode, again.stderr) == (0, "ktui: it is already running\n")
    shown = json.loads(ktui_sandbox("status", "--json", "--data-dir", str(status.data_dir)).stdout)
    assert shown["mode"] == status.mode
    assert shown["bootstrap_servers"] == status.bootstrap_servers
    assert (shown["bootstrap_controllers"], shown["zookeeper"]) == (
        status.bootstrap_controllers,
        status.zookeeper,
    )
    assert [node["name"] for node in shown["nodes"]] == [node.name for node in status.nodes]
    assert {node["state"] for node in shown["nodes"]} == {"running"}
    assert [node["pid"] for node in shown["nodes"]] == [node.pid for node in status.nodes]


def test_nothing_listens_beyond_this_machine(cluster: Sandbox) -> None:
    for node in cluster.status().nodes:
        listening = [
            connection.laddr
            for connection in psutil.Process(node.pid).net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}
        assert [address.port for address in listening] == [node.port]


def test_every_fault_does_what_it_says(healed: Sandbox) -> None:
    def fault(action: Fault) -> NodeState:
        healed.fault(action, "broker-3")
        return state_of(healed, "broker-3")

    before = {node.name: node.pid for node in healed.status().nodes}
    assert fault(Fault.HANG) is NodeState.HUNG
    wait_for(lambda: brokers_seen(healed) == {1, 2})
    assert fault(Fault.RESUME) is NodeState.RUNNING
    wait_for(lambda: brokers_seen(healed) == {1, 2, 3})
    assert fault(Fault.KILL) is NodeState.KILLED
    wait_for(lambda: brokers_seen(healed) == {1, 2})
    with pytest.raises(SandboxError, match="broker-3 does not run"):
        healed.fault(Fault.RESUME, "broker-3")
    assert fault(Fault.RESTART) is NodeState.RUNNING
    wait_for(lambda: brokers_seen(healed) == {1, 2, 3})
    assert fault(Fault.STOP) is NodeState.STOPPED
    assert not healed.up().was_running
    assert brokers_seen(healed) == {1, 2, 3}
    after = {node.name: node.pid for node in healed.status().nodes}
    assert [name for name in after if after[name] != before[name]] == ["broker-3"]


def test_the_keeper_of_the_metadata_comes_back(healed: Sandbox) -> None:
    name = healed.status().nodes[-1].name
    for action in (Fault.KILL, Fault.RESTART, Fault.STOP, Fault.RESTART):
        healed.fault(action, name)
    assert state_of(healed, name) is NodeState.RUNNING


def test_an_unknown_node_or_action_is_one_sentence(cluster: Sandbox) -> None:
    folder = str(cluster.status().data_dir)
    node = ktui_sandbox("fault", "kill", "broker-9", "--data-dir", folder)
    assert (node.returncode, node.stdout) == (2, "")
    assert "no node 'broker-9'" in node.stderr
    assert "broker-1, broker-2, broker-3" in node.stderr
    action = ktui_sandbox("fault", "explode", "broker-1", "--data-dir", folder)
    assert action.returncode == 2
    assert "'kill', 'hang', 'resume', 'restart', 'stop'" in action.stderr
    assert len(action.stderr.splitlines()) == len(node.stderr.splitlines()) == 1


def test_a_folder_of_another_shape_is_refused(cluster: Sandbox) -> None:
    asked = ktui_sandbox("up", "--brokers", "5", "--data-dir", str(cluster.status().data_dir))
    assert asked.returncode == 2
    assert "sandbox of 3 brokers" in asked.stderr


def test_traffic_has_keys_headers_compression_and_transactions(cluster: Sandbox) -> None:
    write_burst(cluster.bootstrap_servers, 3)
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers})
    try:
        topics = admin.list_topics(timeout=10).topics
        assert {stream.topic: stream.partitions for stream in STREAMS}.items() <= {
            name: len(topic.partitions) for name, topic in topics.items()
        }.items()
        orders = records_of(cluster, "orders", isolation="read_committed")
        assert orders
        assert all(order.key() and ("source", b"ktui-sandbox") in (order.headers() or ()) for order in orders)
        assert len(records_of(cluster, "payments", isolation="read_committed")) < len(
            records_of(cluster, "payments", isolation="read_uncommitted")
        )
    finally:
        for deleted in admin.delete_topics([stream.topic for stream in STREAMS]).values():
            deleted.result()


def records_of(cluster: Sandbox, topic: str, *, isolation: str) -> list[Message]:
    """Every record of the topic."""
    consumer = Consumer(
        {
            "bootstrap.servers": cluster.bootstrap_servers,
            "group.id": f"test-{isolation}",
            "auto.offset.reset": "earliest",
            "isolation.level": isolation,
            "enable.partition.eof": True,
            "enable.auto.commit": False,
        }
    )
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.subscribe([topic])
    found: list[Message] = []
    ended: set[int | None] = set()
    until = time.monotonic() + WAIT_S
    while len(ended) < len(partitions):
        assert time.monotonic() < until
        record = consumer.poll(1.0)
        if record is not None and record.error() is None:
            found.append(record)
        elif record is not None:
            ended.add(record.partition())
    consumer.close()
    return found


@pytest.mark.parametrize("mode", KINDS)
def test_what_was_made_is_there_after_down_and_up(mode: Mode, folder: Path) -> None:
    sandbox = small(mode, folder)
    first = sandbox.up()
    admin = AdminClient({"bootstrap.servers": first.bootstrap_servers})
    admin.create_topics([NewTopic("kept", 2, 1)])["kept"].result(30)
    sandbox.down()
    sandbox.down()
    assert running_in(folder) == []
    assert {node.state for node in sandbox.status().nodes} == {NodeState.STOPPED}
    second = sandbox.up()
    assert second.bootstrap_servers == first.bootstrap_servers
    later = AdminClient({"bootstrap.servers": second.bootstrap_servers})
    wait_for(lambda: "kept" in later.list_topics(timeout=10).topics)
    sandbox.down(deletes_data=True)
    assert not folder.exists()


@pytest.mark.parametrize(("mode", "said"), [
    pytest.param(Mode.KRAFT, "num.io.threads", marks=pytest.mark.kraft),
    pytest.param(Mode.ZOOKEEPER, "broker-1 ended while it started", marks=pytest.mark.zookeeper),
])  # fmt: skip
def test_a_node_that_cannot_start_is_quoted_and_nothing_is_left(mode: Mode, said: str, folder: Path) -> None:
    sandbox = small(mode, folder, **{"num.io.threads": "0"})
    with pytest.raises(SandboxError) as caught:
        sandbox.up()
    assert said in str(caught.value)
    assert "Invalid value 0 for configuration num.io.threads" in str(caught.value)
    assert running_in(folder) == []
    sandbox.down()


@pytest.mark.parametrize("mode", KINDS)
def test_killing_the_owner_leaves_no_process(mode: Mode, folder: Path) -> None:
    with owner(mode, folder) as process:
        assert len(running_in(folder)) == 2
        process.kill()
        process.wait()
        wait_for(lambda: not running_in(folder))


@pytest.mark.kraft
def test_what_outlived_even_its_guardian_is_found_and_ended_when_wanted(folder: Path) -> None:
    leave_orphans(Mode.KRAFT, folder)
    status = ktui_sandbox("status", "--data-dir", str(folder))
    assert status.returncode == 0
    assert "a ktui that is gone left a sandbox running" in status.stderr
    for answer, left in (("n", 2), ("y", 0)):
        with Terminal(ktui("sandbox", "status", "--data-dir", str(folder))) as terminal:
            terminal.wait_for("End it now?", WAIT_S)
            terminal.press(answer, "enter")
            assert terminal.wait_exit(WAIT_S) == 0
        assert len(running_in(folder)) == left


@pytest.mark.zookeeper
def test_what_outlived_even_its_guardian_may_be_taken_over(folder: Path) -> None:
    leave_orphans(Mode.ZOOKEEPER, folder)
    before = Sandbox.at(folder).status()
    up = ktui_sandbox("up", "--data-dir", str(folder))
    assert (up.returncode, "a ktui that is gone" in up.stderr) == (0, True)
    after = Sandbox.at(folder).status()
    assert not after.is_orphaned
    assert after.nodes == before.nodes
    down = ktui_sandbox("down", "--data-dir", str(folder))
    assert (down.returncode, running_in(folder)) == (0, [])


def leave_orphans(mode: Mode, folder: Path) -> None:
    with owner(mode, folder) as process:
        for child in psutil.Process(process.pid).children():
            if "guardian" in " ".join(child.cmdline()):
                child.kill()
        process.kill()
        process.wait()
    assert Sandbox.at(folder).status().is_orphaned


@pytest.mark.kraft
def test_servers_that_no_file_remembers_are_ended_too(folder: Path) -> None:
    sandbox = small(Mode.KRAFT, folder)
    sandbox.up()
    (folder / "sandbox.json").unlink()
    assert len(running_in(folder)) == 2
    sandbox.down()
    assert running_in(folder) == []


@pytest.mark.zookeeper
def test_without_a_terminal_it_prints_the_picture_and_is_gone(tmp_path: Path) -> None:
    state = tmp_path.resolve()
    done = ktui_sandbox("--mode", "zookeeper", "--brokers", "1", "--no-traffic", XDG_STATE_HOME=str(state))
    assert done.returncode == 0, done.stderr
    assert "1 of 1 up" in done.stdout
    assert running_in(state / "ktui" / "sandbox" / "zookeeper") == []


@pytest.mark.zookeeper
@pytest.mark.parametrize("end", ["left", "console killed", "terminal lost"])
def test_the_cluster_lives_as_long_as_the_console_on_it(end: str, folder: Path) -> None:
    words = ["--mode", "zookeeper", "--brokers", "1", "--data-dir", str(folder)]
    with Terminal(ktui("sandbox", *words)) as terminal:
        terminal.wait_for("1/1 brokers", WAIT_S)
        assert len(running_in(folder)) == 2
        if end == "left":
            terminal.press("q")
            assert terminal.wait_exit(WAIT_S) == 0
        elif end == "console killed":
            psutil.Process(terminal.pid).children()[-1].kill()
            assert terminal.wait_exit(WAIT_S) == 128 + signal.SIGKILL
        else:
            terminal.hang_up()
            assert terminal.wait_exit(WAIT_S) == 128 + signal.SIGHUP
        wait_for(lambda: not running_in(folder))


@pytest.mark.kraft
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_it_starts_leaves_nothing(number: signal.Signals, folder: Path) -> None:
    words = ["--data-dir", str(folder), "--brokers", "1", "--controllers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "ktui", "sandbox", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    wait_for(lambda: running_in(folder))
    process.send_signal(number)
    assert process.wait(WAIT_S) == 128 + number
    assert running_in(folder) == []


@pytest.mark.kraft
def test_java_from_the_package_index_serves_as_well(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    done = ktui_sandbox(
        "--data-dir", str(folder), "--brokers", "1", "--controllers", "1", "--no-traffic",
        PATH=str(empty), JAVA_HOME="",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "1 of 1 up" in done.stdout
