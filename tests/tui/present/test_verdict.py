from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.model import BrokerState, ClusterSnapshot, Mode
from ktui.adapters.topics import TopicSettings
from ktui.tui.present.header import Surroundings, age_line, segments, silence
from ktui.tui.present.verdict import verdict
from ktui.widgets.cells import Tone, plain
from ktui.widgets.status_line import arrange
from tests.tui.builders import broker, kraft, partition, small, topic, without_broker_2

OK = topic("orders", 2)


def shown(snapshot: ClusterSnapshot, width: int = 80, **around: object) -> str:
    surroundings = Surroundings("local", age=age_line(0.1, 1.0), **around)  # type: ignore[arg-type]
    return plain(arrange(segments(snapshot, surroundings), width)).rstrip()


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (ClusterSnapshot(), "connecting…"),
        (kraft([OK]), "OK"),
        (kraft([], is_loaded=False), "reading topics…"),
        (kraft([topic("a", [partition(0, [1, 2, 3], [], leader=-1)])]), "OFFLINE 1"),
        (kraft([topic("a", [partition(0, [1, 2, 3], [1])])]), "UNDER MIN ISR 1"),
        (kraft([topic("a", [partition(0, [1, 2, 3], [1, 2])])]), "AT MIN ISR 1"),
        (
            kraft([topic("a", [partition(0, [1, 2, 3], [1, 2])], settings=TopicSettings(min_isr=1))]),
            "UNDER-REPLICATED 1",
        ),
        (kraft([OK], brokers=(broker(1), broker(2, BrokerState.MISSING))), "BROKER 2 MISSING"),
        (
            kraft([OK], brokers=(broker(1, BrokerState.MISSING), broker(2, BrokerState.MISSING))),
            "2 BROKERS MISSING",
        ),
        (kraft([OK], brokers=(broker(1), broker(2, BrokerState.FENCED))), "BROKER 2 FENCED"),
        (
            kraft([OK], controller=None, controller_reason="no quorum leader", has_no_controller=True),
            "NO CONTROLLER",
        ),
        (kraft([OK], controller=None, controller_reason="needs Describe on Cluster"), "OK"),
        (kraft([OK], controller=None, controller_reason="the brokers do not tell"), "OK"),
    ],
)
def test_the_worst_that_is_known_in_words(snapshot: ClusterSnapshot, words: str) -> None:
    assert verdict(snapshot).words == words


def test_nothing_is_ok_when_nothing_was_heard_for_long() -> None:
    assert verdict(small(), silence_s=14.2).words == "STALE 14s"
    assert verdict(ClusterSnapshot(), error="127.0.0.1:1: connect: refused").words == "NOT CONNECTED"


def test_the_header_of_a_healthy_cluster() -> None:
    assert shown(small()) == (
        "local  KRaft  ctrl 101 e7  3/3 brokers  5 topics  30 partitions  ● OK       live"
    )


def test_a_dead_broker_in_the_header() -> None:
    line = shown(without_broker_2(small()))
    assert "2/3 brokers" in line
    assert "▲ UNDER MIN ISR 6" in line


@pytest.mark.parametrize("width", range(50, 120, 3))
def test_health_controller_brokers_and_age_never_go(width: int) -> None:
    line = shown(without_broker_2(small()), width, environment="production")
    for part in ("ctrl 101 e7", "2/3 brokers", "UNDER MIN ISR 6", "live"):
        assert part in line


def test_the_order_in_which_the_header_gets_narrow() -> None:
    wide = shown(small(), 120, environment="production", is_read_only=True)
    whole = "local production KRaft ctrl 101 e7 3/3 brokers 5 topics 30 partitions ● OK read-only live"
    assert " ".join(wide.split()) == whole
    assert "partitions" not in shown(small(), 85, environment="production", is_read_only=True)
    assert "topics" not in shown(small(), 72, environment="production", is_read_only=True)
    assert "production" not in shown(small(), 60, environment="production", is_read_only=True)
    assert shown(small(), 60, environment="production").startswith("local")


def test_a_mode_that_is_not_known_is_not_guessed() -> None:
    snapshot = kraft([], mode=Mode.UNKNOWN, controller=None, is_loaded=False)
    assert "kind not known yet" in shown(snapshot)
    assert "ctrl ?" in shown(snapshot)


def test_brokers_that_are_not_known_are_not_zero() -> None:
    assert "? brokers" in shown(replace(small(), brokers=(), brokers_loaded=False))


def test_the_age_counts_only_beyond_two_periods() -> None:
    assert [plain(age_line(s, 1.0)) for s in (0.0, 1.9, 2.0, 14.0)] == ["live", "live", "2s old", "14s old"]
    assert age_line(None, 1.0) == ()
    assert plain(age_line(0.0, 1.0, paused_s=5.0)) == "PAUSED 5s"
    assert age_line(3.0, 1.0)[0].tone is Tone.WARN
    assert silence(3.0, 1.0) is None
    assert silence(14.0, 1.0) == 14.0
    assert silence(None, 1.0) is None
