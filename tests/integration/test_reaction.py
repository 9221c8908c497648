"""How soon the screen says what happened, after the first answer that any reachable node gives to somebody else."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import Future
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from tests.figures import Report
from tests.independent import (
    PlainZooKeeper,
    at_the_controller,
    quorum_leader,
    wait_until,
    watch_brokers,
    watch_quorum,
)
from tests.terminal import Terminal, ktui
from tests.watch import Watch

pytestmark = pytest.mark.matrix

SOON_S = 1.5
NO_QUORUM_S = 5.0
DRAWN_S = 0.25
TOPICS = 15
ROUNDS = 3


def note(report: Report, what: str, seconds: list[float], limit: float) -> None:
    report(what, ", ".join(f"{each:.2f} s" for each in seconds), f"under {limit} s")


@pytest.mark.kraft
def test_a_new_quorum_leader_is_on_the_screen(healed: Sandbox, report: Report) -> None:
    asked = f"{healed.bootstrap_servers},{healed.bootstrap_controllers}"
    took: list[float] = []
    with Terminal(ktui("-b", healed.bootstrap_servers)) as terminal:
        for _ in range(ROUNDS):
            before = quorum_leader(asked)
            terminal.wait_for(f"ctrl {before.id} e{before.epoch}", 20)
            with watch_quorum(asked) as watch:
                killed_at = time.monotonic()
                healed.fault(Fault.KILL, f"controller-{before.id}")
                after = watch.first(lambda leader, old=before: leader.epoch > old.epoch, 20, since=killed_at)
                took.append(
                    terminal.wait_for(f"ctrl {after.value.id} e{after.value.epoch}", 20, since=after.at)
                )
            healed.fault(Fault.RESTART, f"controller-{before.id}")
    note(report, "new quorum leader on the screen, after the first independent answer", took, SOON_S)
    assert max(took) < SOON_S


@pytest.mark.zookeeper
def test_a_new_controller_znode_is_on_the_screen(healed: Sandbox, report: Report) -> None:
    ensemble = healed.zookeeper
    assert ensemble is not None
    took: list[float] = []
    with (
        PlainZooKeeper(ensemble) as plain,
        Terminal(ktui("-b", healed.bootstrap_servers, "-z", ensemble)) as terminal,
    ):
        for _ in range(ROUNDS):
            before = plain.controller()
            assert before is not None
            terminal.wait_for(f"ctrl {before[0]} e{before[1]}", 20)
            with Watch({"znode": plain.controller}) as watch:
                killed_at = time.monotonic()
                healed.fault(Fault.KILL, f"broker-{before[0]}")
                after = watch.first(lambda held, old=before: held[1] > old[1], 30, since=killed_at)
                took.append(terminal.wait_for(f"ctrl {after.value[0]} e{after.value[1]}", 20, since=after.at))
            healed.fault(Fault.RESTART, f"broker-{before[0]}")
            terminal.wait_for("3/3 brokers", 60)
    note(report, "new /controller on the screen, after the znode changed", took, SOON_S)
    assert max(took) < SOON_S


@pytest.mark.zookeeper
def test_a_created_topic_is_on_the_screen(healed: Sandbox, report: Report) -> None:
    ensemble = healed.zookeeper
    assert ensemble is not None
    admin = AdminClient({"bootstrap.servers": healed.bootstrap_servers, "log_level": 0})
    after_ack, after_write = list[float](), list[float]()
    with (
        PlainZooKeeper(ensemble) as plain,
        Terminal(ktui("-b", healed.bootstrap_servers, "-z", ensemble, "--screen", "topics")) as terminal,
    ):
        terminal.wait_for("live", 30)
        for number in range(TOPICS):
            name, acked = f"new-{number}-{uuid4().hex[:6]}", list[float]()

            def created(name: str = name, acked: list[float] = acked) -> Future[None]:
                future: Future[None] = admin.create_topics([NewTopic(name, 3, 2)])[name]
                future.add_done_callback(lambda _: acked.append(time.time()))
                return future

            at_the_controller(created)
            terminal.wait_for(name, 20)
            drawn = time.time() - (time.monotonic() - terminal.last_byte_at)
            wait_until(lambda acked=acked: acked, 10, "the request is answered")
            after_ack.append(max(0.0, drawn - acked[-1]))
            after_write.append(drawn - plain.written_at(f"/brokers/topics/{name}"))
            terminal.wait_quiet(0.2)
    report(
        "a created topic on the screen (ZooKeeper), after the acknowledgement: median",
        f"{1000 * statistics.median(after_ack):.0f} ms",
        f"under {1000 * DRAWN_S:.0f} ms",
    )
    report("    after its znode was written: median", f"{1000 * statistics.median(after_write):.0f} ms")
    assert statistics.median(after_ack) < DRAWN_S


def test_a_killed_broker_reads_missing(healed: Sandbox, report: Report) -> None:
    took: list[float] = []
    extra = ("-z", healed.zookeeper) if healed.zookeeper else ()
    with Terminal(ktui("-b", healed.bootstrap_servers, *extra), columns=160) as terminal:
        for broker in (1, 2, 3):
            terminal.wait_for("3/3 brokers", 60)
            with watch_brokers(healed.bootstrap_servers) as watch:
                killed_at = time.monotonic()
                healed.fault(Fault.KILL, f"broker-{broker}")
                gone = watch.first(lambda seen, dead=broker: dead not in seen, 30, since=killed_at)
                took.append(terminal.wait_for(f"BROKER {broker} MISSING", 20, since=gone.at))
            healed.fault(Fault.RESTART, f"broker-{broker}")
    note(report, "killed broker missing on the screen, after librdkafka first saw it gone", took, SOON_S)
    assert max(took) < SOON_S


@pytest.mark.kraft
def test_without_a_quorum_the_screen_says_so(healed: Sandbox, report: Report) -> None:
    asked = f"{healed.bootstrap_servers},{healed.bootstrap_controllers}"
    leader = quorum_leader(asked)
    with Terminal(ktui("-b", healed.bootstrap_servers)) as terminal:
        terminal.wait_for(f"ctrl {leader.id}", 20)
        for node in (101, 102, 103):
            healed.fault(Fault.KILL, f"controller-{node}")
        killed_at = time.monotonic()
        took = terminal.wait_for("NO CONTROLLER", 20, since=killed_at)
        pressed = terminal.press("3")
        answered = terminal.wait_for("Topics ", 5, since=pressed)
    note(
        report,
        "no quorum leader on the screen after the last controller died; a key meanwhile",
        [took, answered],
        NO_QUORUM_S,
    )
    assert took < NO_QUORUM_S
