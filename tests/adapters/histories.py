"""Made-up histories of a cluster, and what two pictures must have in common to be the same."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from typing import Any

from ktui.adapters.events import (
    BrokersChanged,
    ClusterEvent,
    ClusterIdentified,
    ControllerChanged,
    LogDirsObserved,
    MovingChanged,
    PartitionsChanged,
    QuorumObserved,
    SettingsChanged,
    SourceName,
    SourceState,
    Stamp,
    TopicsReplaced,
    VersionsInferred,
)
from ktui.adapters.model import (
    ClusterSnapshot,
    Controller,
    DirectoryUse,
    Mode,
    Quorum,
    QuorumReplica,
)
from ktui.adapters.partitions import partitions
from ktui.adapters.topics import TopicSettings
from tests.adapters.clusters import broker, partition, state, table

BEGAN = 1_700_000_000.0
NAMES = [f"topic-{number}" for number in range(8)]


def history(seed: int, batches: int = 60) -> Iterator[list[ClusterEvent]]:
    """Batches of events about half a second apart; the first ones are those of a fresh start."""
    rng = random.Random(seed)
    now = BEGAN
    yield [
        ClusterIdentified(Stamp(SourceName.POLL, now), "made-up", Mode.KRAFT, "4.4-IV2"),
        BrokersChanged(Stamp(SourceName.POLL, now), tuple(map(broker, (1, 2, 3)))),
        TopicsReplaced(Stamp(SourceName.POLL, now), tuple(map(state, NAMES)), is_complete=True),
    ]
    for _ in range(batches):
        now += rng.uniform(0.05, 1.0)
        yield [_event(rng, now) for _ in range(rng.randint(1, 4))]


def _event(rng: random.Random, now: float) -> ClusterEvent:
    source = rng.choice([SourceName.POLL, SourceName.POLL, SourceName.ZOOKEEPER])
    stamp, name, epoch = Stamp(source, now), rng.choice(NAMES), rng.randint(0, 9)
    isr = rng.choice([(1, 2, 3), (1, 2), (3,), ()])
    makers = [
        lambda: BrokersChanged(stamp, tuple(map(broker, rng.sample((1, 2, 3), rng.randint(1, 3))))),
        lambda: TopicsReplaced(
            stamp,
            (state(name, table(rng.randint(1, 4), isr=isr, epoch=epoch, leader=rng.choice((1, 2, 3, -1)))),),
            tuple(rng.sample(NAMES, rng.randint(0, 1))),
        ),
        lambda: PartitionsChanged(stamp, name, (partition(0, 2, isr=isr, epoch=epoch),)),
        lambda: MovingChanged(stamp, {name: (0,)} if rng.random() < 0.5 else {}),
        lambda: SettingsChanged(
            stamp, {name: TopicSettings(min_isr=rng.randint(1, 3), cleanup_policy="delete")}
        ),
        lambda: VersionsInferred(stamp, {rng.randint(1, 3): "4.4"}),
        lambda: ControllerChanged(stamp, Controller(rng.randint(101, 103), epoch, "quorum", "host:9093")),
        lambda: ControllerChanged(stamp, None, "nobody answers", is_absent=True),
        lambda: QuorumObserved(
            stamp, Quorum(101, epoch, rng.randint(1, 99), (QuorumReplica(101, 5, 0, 0.25),), ())
        ),
        lambda: LogDirsObserved(
            stamp,
            rng.randint(1, 3),
            (DirectoryUse("/data", None, 100, 50),),
            {each: {0: rng.randint(1, 1 << 40)} for each in rng.sample(NAMES, 3)},
        ),
        lambda: SourceState(stamp, "topics", "broker 1", rng.choice(["does not answer", None])),
    ]
    return rng.choice(makers)()


def picture(snapshot: ClusterSnapshot) -> dict[str, Any]:
    """All that is in a snapshot, with replica sets as values."""
    fields = {f.name: getattr(snapshot, f.name) for f in dataclasses.fields(snapshot)}
    fields["topics"] = [
        (t.name, t.id, t.is_internal, tuple(partitions(t.table)), t.settings, t.moving, t.is_deleting)
        for t in snapshot.topics
    ]
    fields["sizes"] = (snapshot.sizes.by_topic, snapshot.sizes.directories)
    fields["problem_since"] = dict(snapshot.problem_since)
    return fields
