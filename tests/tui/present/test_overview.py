from __future__ import annotations

from dataclasses import replace

from ktui.adapters.model import BrokerState, ClusterSnapshot, Fault, Sizes
from ktui.adapters.topics import TopicSettings
from ktui.tui.present.largest import largest
from ktui.tui.present.overview import PROBLEM_LINES, overview
from ktui.tui.present.problems import ProblemSearch
from ktui.tui.present.slices import at_once
from ktui.widgets.cells import plain
from tests.tui.builders import GIB, NOW, broker, kraft, partition, small, topic, without_broker_2, zookeeper


def shown(snapshot: ClusterSnapshot) -> list[str]:
    worst = at_once(ProblemSearch().find(snapshot.topics, PROBLEM_LINES))
    lines = overview(snapshot, worst, at_once(largest(snapshot.sizes)), NOW)
    return [plain(line).rstrip() for line in lines]


def test_all_well() -> None:
    assert shown(small()) == [
        "Health      Nothing is wrong: 5 topics, 30 partitions, all in sync.",
        "            offline 0  under min ISR 0  at min ISR 0  under-repl. 0  moving 0",
        "",
        "Brokers     1 ●  2 ●  3 ●",
        "            leaders 10  10  10",
        "            disk 41%  42%  43%",
        "Quorum      101 ◆ e7  102 ●  103 ●   majority caught up: 3 of 3",
        "Cluster     KRaft   metadata 4.4-IV2   Kafka 4.4   id 4L6g3nShT-eMCtK--X86sw",
        "",
        "Largest topics   leaders' bytes",
        "payments                                         41 GiB",
        "orders                                           12 GiB",
        "audit.log                                       120 MiB",
    ]


def test_a_dead_broker_and_the_worst_it_did() -> None:
    lines = shown(without_broker_2(small()))
    assert lines[0] == "Health      6 of 30 partitions refuse writes with acks=all"
    assert lines[1] == "            offline 0  UNDER MIN ISR 6  at min ISR 24  under-repl. 30  moving 0"
    assert "Brokers     1 ●  2 ✕ missing 41s  3 ●" in lines
    assert "            leaders 14  -  16" in lines
    assert "            disk 41%  ?  43%" in lines
    worst = lines.index("Worst now   5 shows all")
    assert lines[worst + 1] == "under min ISR    orders-0                     1/3   41s  2 not up, 3 lags"
    assert len(lines) == worst + 1 + PROBLEM_LINES


def test_offline_comes_first() -> None:
    lost = kraft([topic("a", [partition(0, [2], [2], leader=-1)])])
    assert shown(lost)[0] == "Health      1 of 1 partition cannot be read or written"


def test_what_min_isr_would_tell_is_not_zero_while_it_is_not_known() -> None:
    short = topic("a", [partition(0, [1, 2, 3], [1, 2])], settings=TopicSettings())
    assert "under min ISR ?  at min ISR ?  under-repl. 1" in shown(kraft([short]))[1]


def test_nothing_known_yet() -> None:
    assert shown(ClusterSnapshot()) == [
        "Health      not known yet",
        "",
        "Brokers     not known yet",
        "Controller  not known yet",
        "Cluster     kind not known yet",
    ]


def test_many_brokers_are_summed_up() -> None:
    brokers = tuple(broker(i, BrokerState.MISSING if i % 10 == 0 else BrokerState.UP) for i in range(1, 61))
    lines = shown(kraft([topic("a", 60, brokers=range(1, 61))], brokers=brokers))
    assert lines[3].startswith("Brokers     54 of 60 up   10 ✕ missing")
    assert lines[3].endswith("and 2 more")
    assert lines[4] == "            leaders 1 to 1 a broker"
    assert lines[5] == "            disk ?"


def test_zookeeper_mode_shows_its_controller() -> None:
    assert "Controller  ◆ 2 e12" in shown(zookeeper([]))
    assert "Brokers     1 ●  2 ◆  3 ●" in shown(zookeeper([]))


def test_a_lost_quorum_says_why() -> None:
    lost = kraft(
        [], quorum=None, controller=None, controller_reason="no quorum leader", has_no_controller=True
    )
    assert "Controller  no quorum leader" in shown(lost)


def test_disks_one_may_not_ask_for() -> None:
    faults = tuple(Fault("log dirs", f"broker {i}", "needs Describe on Cluster", NOW) for i in (1, 2, 3))
    assert "            disk no right  no right  no right" in shown(
        replace(small(), sizes=Sizes(), faults=faults)
    )


def test_the_largest_topics() -> None:
    many = Sizes(1, {f"t{i:05d}": i * GIB for i in range(5_000)})
    assert at_once(largest(many, 2)) == (("t04999", 4_999 * GIB), ("t04998", 4_998 * GIB))
    assert at_once(largest(Sizes(1, {"empty": 0}))) == ()
