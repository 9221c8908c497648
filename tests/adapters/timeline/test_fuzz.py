"""The bulk way against the slow one, on clusters that change at random."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from ktui.adapters.events import SourceName
from ktui.adapters.timeline.entries import Entry
from ktui.adapters.timeline.kinds import AWAY, BACK, Kind
from tests.adapters.timeline.oracle import MadeUp, Row, differences
from tests.adapters.timeline.scenes import LOG, POLL, ZK, Scene

WITHOUT_VALUES = {Kind.TOPIC_CREATED, Kind.TOPIC_DELETED, Kind.TOPIC_RECREATED}


def row(entry: Entry) -> Row:
    assert entry.topic is not None
    if entry.kind in WITHOUT_VALUES:
        return (entry.kind, entry.topic, None, None, None)
    return (entry.kind, entry.topic, entry.partition, entry.before, entry.after)


@pytest.mark.parametrize("source", [LOG, ZK, POLL])
@pytest.mark.parametrize("seed", range(12))
def test_every_change_is_told_once_with_what_it_was_and_is(source: SourceName, seed: int) -> None:
    random = Random(f"{source} {seed}")
    cluster, scene = MadeUp(random), Scene(source)
    for number in range(6):
        cluster.create(f"t{number}")
    scene.load(*map(cluster.state, cluster.topics), brokers=cluster.brokers)
    expected: Counter[Row] = Counter()
    away: set[int] = set()
    for _ in range(60):
        before = cluster.copy()
        changed, gone = cluster.step()
        expected.update(differences(before, cluster.topics))
        events = [scene.topics(*map(cluster.state, sorted(changed)), removed=sorted(gone))]
        away ^= {broker for broker in cluster.brokers if random.random() < 0.05}
        brokers = scene.brokers(*(broker for broker in cluster.brokers if broker not in away))
        scene.tell(*random.sample([*events, brokers], 2))
        scene.wait(random.choice([0.0, 0.1, 1.0, 7.0]))
    scene.wait(10)
    told = [entry for entry in scene.told if entry.topic is not None]
    assert Counter(map(row, (e for e in told if e.kind is not Kind.UNCLEAN_ELECTION))) == expected
    _check_order(scene)


def _check_order(scene: Scene) -> None:
    """Numbers rise by one, a cause is told before what it caused and had to do with it, and all is kept once."""
    assert [entry.seq for entry in scene.told] == list(range(1, len(scene.told) + 1))
    for entry in scene.told:
        if entry.cause is None:
            continue
        cause = scene.told[entry.cause.seq - 1]
        assert entry.seq is not None
        assert entry.cause.seq < entry.seq
        assert (cause.kind, cause.broker) == (entry.cause.kind, entry.cause.broker)
        assert cause.kind in AWAY | BACK
        assert entry.broker == cause.broker or cause.broker in _brokers_of(entry)
    view = scene.reducer.timeline.view
    kept = Counter(entry.seq for story in view for entry in map(story.entry, range(story.size)))
    assert kept == Counter(range(1, len(scene.told) + 1))
    assert view.kept == len(scene.told)
    for story in view:
        assert sum(story.counts.values()) == story.size


def _brokers_of(entry: Entry) -> set[object]:
    """Those that a change has to do with."""
    values = (entry.before, entry.after)
    return {b for value in values for b in (value if isinstance(value, tuple) else (value,))}
