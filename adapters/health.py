"""The class of a partition and the counts of a topic: pure functions over the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache

from ktui.adapters.partitions import NO_LEADER, Column, Partition, column
from ktui.adapters.replica_sets import preferred_of, replicas_of


class PartitionClass(StrEnum):
    """Exactly one for each partition, the worst that applies; the order is from worst to best."""

    OFFLINE = "offline"
    UNDER_MIN_ISR = "under-min-isr"
    AT_MIN_ISR = "at-min-isr"
    UNDER_REPLICATED = "under-replicated"
    OK = "ok"


SEVERITY = tuple(PartitionClass)


@dataclass(frozen=True, slots=True)
class Health:
    """Counts of partitions. All but `under_replicated` and those after it are exclusive."""

    offline: int = 0
    under_min_isr: int = 0
    at_min_isr: int = 0
    under_replicated: int = 0
    """Every partition with ISR < replicas, whatever its class."""
    unjudged: int = 0
    """ISR < replicas while min.insync.replicas is not known: one of three classes, which is not known either."""
    not_preferred_leader: int = 0
    moving: int = 0
    not_loaded: int = 0

    def __add__(self, other: Health) -> Health:
        return Health(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def worst(self) -> PartitionClass:
        """The worst class that occurs; short ISRs that cannot be judged read as under-replicated."""
        if self.offline:
            return PartitionClass.OFFLINE
        if self.under_min_isr:
            return PartitionClass.UNDER_MIN_ISR
        if self.at_min_isr:
            return PartitionClass.AT_MIN_ISR
        return PartitionClass.UNDER_REPLICATED if self.under_replicated else PartitionClass.OK

    def of_class(self, which: PartitionClass) -> int:
        """How many partitions are in this class or, for UNDER_REPLICATED, have a short ISR."""
        return {
            PartitionClass.OFFLINE: self.offline,
            PartitionClass.UNDER_MIN_ISR: self.under_min_isr,
            PartitionClass.AT_MIN_ISR: self.at_min_isr,
            PartitionClass.UNDER_REPLICATED: self.under_replicated,
        }.get(which, 0)


ALL_WELL = Health()


def classify(partition: Partition, min_isr: int | None) -> PartitionClass:
    """The class of one partition under the effective min.insync.replicas (None: not known)."""
    if partition.leader == NO_LEADER:
        return PartitionClass.OFFLINE
    return _class_by_isr(len(partition.isr), len(partition.replicas), min_isr)


def _class_by_isr(in_sync: int, replicas: int, min_isr: int | None) -> PartitionClass:
    """A broker asks for no more in-sync replicas than there are replicas (kafka.cluster.Partition, effectiveMinIsr)."""
    effective = None if min_isr is None else min(min_isr, replicas)
    if effective is not None and in_sync < effective:
        return PartitionClass.UNDER_MIN_ISR
    if in_sync >= replicas:
        return PartitionClass.OK
    return PartitionClass.AT_MIN_ISR if in_sync == effective else PartitionClass.UNDER_REPLICATED


@lru_cache(maxsize=65536)
def _judged(leader: int, replicas_number: int, isr_number: int, min_isr: int | None) -> tuple[int, ...]:
    """The contribution of one partition in the order of the fields; a cluster has few distinct ones. Empty: none."""
    if leader < NO_LEADER:
        return _values(Health(not_loaded=1))
    replicas, isr = replicas_of(replicas_number), replicas_of(isr_number)
    short = len(isr) < len(replicas)
    which = PartitionClass.OFFLINE if leader == NO_LEADER else _class_by_isr(len(isr), len(replicas), min_isr)
    health = Health(
        offline=int(which is PartitionClass.OFFLINE),
        under_min_isr=int(which is PartitionClass.UNDER_MIN_ISR),
        at_min_isr=int(which is PartitionClass.AT_MIN_ISR),
        under_replicated=int(short),
        unjudged=int(short and min_isr is None and leader != NO_LEADER),
        not_preferred_leader=int(leader != NO_LEADER and bool(replicas) and leader != replicas[0]),
    )
    return () if health == ALL_WELL else _values(health)


def _values(health: Health) -> tuple[int, ...]:
    return tuple(getattr(health, field.name) for field in fields(Health))


def _kinds(table: bytes) -> Iterator[tuple[int, int, int]]:
    """What a partition's class hangs on: leader, and the numbers of its replicas and ISR, row by row."""
    return zip(
        column(table, Column.LEADER).tolist(),
        column(table, Column.REPLICAS).tolist(),
        column(table, Column.ISR).tolist(),
        strict=True,
    )


def health_of(table: bytes, min_isr: int | None, moving: int = 0) -> Health:
    """The counts of a topic; the shared ALL_WELL object when there is nothing to count."""
    if _is_plainly_well(table):
        return ALL_WELL if not moving else Health(moving=moving)
    told = [judged for kind in _kinds(table) if (judged := _judged(*kind, min_isr))]
    if not told:
        return ALL_WELL if not moving else Health(moving=moving)
    total = _summed(tuple(sorted(told)))
    return total if not moving else total + Health(moving=moving)


def _is_plainly_well(table: bytes) -> bool:
    """Every ISR is the whole replica set in its own order, and the preferred leaders lead."""
    replicas = column(table, Column.REPLICAS)
    if replicas != column(table, Column.ISR):
        return False
    return list(map(preferred_of, replicas)) == column(table, Column.LEADER).tolist()


@lru_cache(maxsize=4096)
def _summed(told: tuple[tuple[int, ...], ...]) -> Health:
    """Many topics have the same few troubles, and share the object."""
    return Health(*map(sum, zip(*told, strict=True)))


def health_in_all(parts: Iterable[Health]) -> Health:
    """The sum; ALL_WELL when there is nothing to count."""
    kinds: dict[int, tuple[Health, int]] = {}
    for part in parts:
        if part is not ALL_WELL:
            kinds[id(part)] = part, kinds.get(id(part), (part, 0))[1] + 1
    if not kinds:
        return ALL_WELL
    counted = [[value * times for value in _values(part)] for part, times in kinds.values()]
    return Health(*map(sum, zip(*counted, strict=True)))


@lru_cache(maxsize=65536)
def _class_of(leader: int, replicas_number: int, isr_number: int, min_isr: int | None) -> PartitionClass:
    if leader < NO_LEADER:
        return PartitionClass.OK
    if leader == NO_LEADER:
        return PartitionClass.OFFLINE
    return _class_by_isr(len(replicas_of(isr_number)), len(replicas_of(replicas_number)), min_isr)


def troubles(table: bytes, min_isr: int | None) -> Iterator[tuple[int, PartitionClass]]:
    """The indexes of the partitions that are loaded and not OK, with their class."""
    for index, kind in enumerate(_kinds(table)):
        which = _class_of(*kind, min_isr)
        if which is not PartitionClass.OK:
            yield index, which


def troubled(rows: Iterable[Partition], min_isr: int | None) -> Iterator[tuple[Partition, PartitionClass]]:
    """The partitions that are not OK, with their class."""
    for partition in rows:
        if partition.is_loaded and (which := classify(partition, min_isr)) is not PartitionClass.OK:
            yield partition, which
