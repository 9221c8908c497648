"""The metadata log beside polling: who tells what."""

from __future__ import annotations

from dataclasses import replace

from ktui.adapters.events import (
    BrokersChanged,
    ControllerChanged,
    MovingChanged,
    SourceName,
    SourceState,
    TopicsReplaced,
)
from ktui.adapters.model import BrokerState, ClusterSnapshot, Controller
from ktui.adapters.reduce import Reducer
from tests.adapters.clusters import broker, stamp, state, table

LOG = SourceName.METADATA_LOG


def names(snapshot: ClusterSnapshot) -> list[str]:
    return [topic.name for topic in snapshot.topics]


def both(*names_: str) -> Reducer:
    """Polling told first, the log afterwards."""
    reducer = Reducer()
    reducer.apply([TopicsReplaced(stamp(), [state("polled")], is_complete=True)])
    reducer.apply([TopicsReplaced(stamp(source=LOG), [state(name) for name in names_], is_complete=True)])
    return reducer


def lost(reason: str | None = "no controller answers") -> SourceState:
    return SourceState(stamp(source=LOG), "metadata log", "controllers", reason, blocks=True)


def test_the_log_owns_the_topics() -> None:
    assert names(both("logged").snapshot) == ["logged"]


def test_a_stale_log_is_shown_until_brokers_have_been_asked_for_everything() -> None:
    """What they said before the log was there is not what they say now."""
    reducer = both("logged")
    assert names(reducer.apply([lost()])) == ["logged"]
    fresh = TopicsReplaced(stamp(), [state("fresh")], is_complete=True)
    assert names(reducer.apply([fresh])) == ["fresh"]
    back = TopicsReplaced(stamp(source=LOG), [], is_complete=True)
    assert names(reducer.apply([lost(None), back])) == ["logged"]


def test_reassignments_that_were_polled_do_not_touch_what_the_log_says() -> None:
    reducer = Reducer()
    moving = replace(state("a", table(3)), moving=(1,))
    reducer.apply([TopicsReplaced(stamp(source=LOG), [moving], is_complete=True)])
    snapshot = reducer.apply([MovingChanged(stamp(), {"a": (0,)}), MovingChanged(stamp(), {})])
    assert snapshot.topics.get("a").moving == (1,)  # type: ignore[union-attr]


def test_brokers_are_the_logs_with_the_address_and_the_silence_that_asking_tells() -> None:
    reducer = Reducer()
    inside = [
        replace(broker(node), host="inside", port=1, rack="r", state=state_)
        for node, state_ in (
            (1, BrokerState.UP),
            (2, BrokerState.FENCED),
            (3, BrokerState.FENCED),
            (4, BrokerState.FENCED),
            (5, BrokerState.SHUTTING_DOWN),
        )
    ]
    snapshot = reducer.apply([BrokersChanged(stamp(source=LOG), inside)])
    assert [b.host for b in snapshot.brokers] == ["inside"] * 5
    outside = [
        broker(1),
        replace(broker(2), state=BrokerState.FENCED),
        replace(broker(3), state=BrokerState.MISSING),
        broker(5),
    ]
    snapshot = reducer.apply([BrokersChanged(stamp(), outside)])
    assert [(b.id, b.state) for b in snapshot.brokers] == [
        (1, BrokerState.UP),
        (2, BrokerState.FENCED),
        (3, BrokerState.MISSING),
        (4, BrokerState.MISSING),
        (5, BrokerState.SHUTTING_DOWN),
    ]
    assert [b.host for b in snapshot.brokers] == ["host1", "host2", "host3", "inside", "host5"]
    assert {b.rack for b in snapshot.brokers} == {"r"}


def test_an_older_election_does_not_come_back() -> None:
    reducer = Reducer()
    for source, node, epoch in ((LOG, 101, 7), (SourceName.POLL, 102, 6)):
        reducer.apply([ControllerChanged(stamp(source=source), Controller(node, epoch, "quorum"))])
    assert reducer.snapshot.controller is not None
    assert reducer.snapshot.controller.id == 101
    reducer.apply([ControllerChanged(stamp(), None, "no quorum leader", is_absent=True)])
    assert reducer.snapshot.controller is None
