from __future__ import annotations

from ktui.adapters.events import ClusterIdentified, SourceName, Stamp
from ktui.adapters.kinds_told import KindsTold
from ktui.adapters.model import ClusterSnapshot, Migration, Mode

MIGRATION = Migration(101, 5, 812, 1_700_000_000.0, (1, 2))


def told(source: SourceName, mode: Mode | None, migration: Migration | None = None) -> ClusterIdentified:
    return ClusterIdentified(Stamp(source, 1.0), None, mode, migration=migration)


def test_what_brokers_see_of_a_migration_does_not_hide_it() -> None:
    kinds, snapshot = KindsTold(), ClusterSnapshot()
    snapshot = kinds.take(snapshot, told(SourceName.ZOOKEEPER, Mode.MIGRATING, MIGRATION))
    snapshot = kinds.take(snapshot, told(SourceName.POLL, Mode.ZOOKEEPER))
    assert (snapshot.mode, snapshot.migration) == (Mode.MIGRATING, MIGRATION)


def test_once_zookeeper_is_left_behind_the_brokers_know() -> None:
    kinds, snapshot = KindsTold(), ClusterSnapshot()
    snapshot = kinds.take(snapshot, told(SourceName.ZOOKEEPER, Mode.MIGRATING, MIGRATION))
    snapshot = kinds.take(snapshot, told(SourceName.POLL, Mode.KRAFT))
    assert snapshot.mode is Mode.MIGRATING
    snapshot = kinds.take(snapshot, told(SourceName.ZOOKEEPER, None))
    assert (snapshot.mode, snapshot.migration) == (Mode.KRAFT, None)


def test_another_one_is_brought_to_the_same() -> None:
    kinds, snapshot = KindsTold(), ClusterSnapshot()
    for event in (
        told(SourceName.ZOOKEEPER, Mode.MIGRATING, MIGRATION), told(SourceName.POLL, Mode.ZOOKEEPER),
    ):  # fmt: skip
        snapshot = kinds.take(snapshot, event)
    again, other = ClusterSnapshot(), KindsTold()
    for event in kinds.told(snapshot):
        again = other.take(again, event)
    assert (again.mode, again.migration) == (Mode.MIGRATING, MIGRATION)
    again = other.take(again, told(SourceName.ZOOKEEPER, None))
    assert again.mode is Mode.ZOOKEEPER


def test_an_event_that_says_nothing_of_the_kind_leaves_it() -> None:
    kinds, snapshot = KindsTold(), ClusterSnapshot(mode=Mode.KRAFT)
    snapshot = kinds.take(snapshot, ClusterIdentified(Stamp(SourceName.POLL, 1.0), "id", None))
    assert (snapshot.cluster_id, snapshot.mode) == ("id", Mode.KRAFT)
