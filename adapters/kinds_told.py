"""Which kind of cluster the sources say this is: brokers see one side of a migration, ZooKeeper sees both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ktui.adapters.events import ClusterIdentified, SourceName, Stamp
from ktui.adapters.model import ClusterSnapshot, Migration, Mode


@dataclass(slots=True)
class KindsTold:
    """What each source said last."""

    _modes: dict[SourceName, Mode] = field(default_factory=dict)
    _migration: Migration | None = None

    def take(self, snapshot: ClusterSnapshot, event: ClusterIdentified) -> ClusterSnapshot:
        """The snapshot with what the event says of the cluster's identity."""
        source = event.stamp.source
        if event.mode is not None:
            self._modes[source] = event.mode
        elif source is SourceName.ZOOKEEPER:
            self._modes.pop(source, None)  # it is no authority any more
        if source is SourceName.ZOOKEEPER:
            self._migration = event.migration
        return replace(
            snapshot,
            cluster_id=event.cluster_id or snapshot.cluster_id,
            mode=self._mode(event) or snapshot.mode,
            metadata_version=event.metadata_version or snapshot.metadata_version,
            migration=self._migration,
        )

    def told(self, held: ClusterSnapshot) -> Iterator[ClusterIdentified]:
        """Events that bring another one to the same, the source that was believed last at the end."""
        modes = self._modes or {SourceName.POLL: held.mode}
        for source, mode in sorted(modes.items(), key=lambda told: told[1] is held.mode):
            migration = self._migration if source is SourceName.ZOOKEEPER else None
            stamp = Stamp(source, held.taken_at)
            yield ClusterIdentified(stamp, held.cluster_id, mode, held.metadata_version, migration)

    def _mode(self, event: ClusterIdentified) -> Mode | None:
        if self._modes.get(SourceName.ZOOKEEPER) is Mode.MIGRATING:
            return Mode.MIGRATING
        told = (SourceName.METADATA_LOG, SourceName.POLL)
        return event.mode or next((self._modes[source] for source in told if source in self._modes), None)
