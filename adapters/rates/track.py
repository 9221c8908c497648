"""The end offsets of one topic's partitions, and the rates between one sample of a partition and the next."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import inf, nan
from typing import Final

from ktui.adapters.partitions import Column, column
from ktui.adapters.rates.motion import Motion
from ktui.adapters.rates.shown import Shown
from ktui.adapters.topics import Topic

UNKNOWN: Final = -1
NEVER: Final = -inf
ENTRY_BYTES: Final = 44
TOPIC_BYTES: Final = 6

Group = tuple[int, tuple[int, ...]]
"""A leader, and the indexes of the partitions that it leads."""


class Track:
    """A topic that is sampled. Times are `time.monotonic()`; a rate that is not known is NaN.

    A partition without a leader cannot be written to: it is not waited for, and counts nothing.
    """

    __slots__ = (
        "_epochs", "_leaders", "_offsets", "cost_bytes", "covers_from", "groups", "has_value", "id", "missed", "motion",
        "moved_at", "name", "rates", "shown", "stamps", "table",
    )  # fmt: skip

    def __init__(self, topic: Topic) -> None:
        self.name = topic.name
        self.id: bytes | None = topic.id
        self.table = b""
        self._leaders: list[int] = []
        self._offsets = array("q")
        self._epochs = array("i")
        self.rates = array("d")
        """Records a second by partition index, over the time between its last two samples."""
        self.stamps = array("d")
        """When a partition's last sample came; NEVER before the first, +inf without a leader."""
        self.groups: tuple[Group, ...] = ()
        self.cost_bytes = 0
        """What one sample of it takes on the wire, both directions, about."""
        self.moved_at = NEVER
        """The last sample in which any offset rose."""
        self.shown = Shown()
        self.motion = Motion()
        self.has_value = False
        """Whether its rate has ever been known."""
        self.covers_from: float | None = None
        """The tick since which the next rate covers the time; None: a sample failed, so that it covers only its own."""
        self.missed = 0
        """Ticks in a row in which a sample was due and did not come."""
        self.follow(topic)

    def follow(self, topic: Topic) -> bool:
        """Take over what the cluster now says of the topic; whether anything has to be asked differently."""
        if topic.table is self.table and topic.id == self.id:
            return False
        leaders = column(topic.table, Column.LEADER).tolist()
        is_other = topic.id != self.id and None not in (topic.id, self.id)
        if is_other or len(leaders) < len(self._leaders):
            self._restart()
        self.id = topic.id or self.id
        self.table = topic.table
        if leaders == self._leaders:
            return is_other
        self._grow(len(leaders))
        for index, leader in enumerate(leaders):
            self._lead(index, leader >= 0)
        self._leaders = leaders
        by_leader: dict[int, list[int]] = {}
        for index, leader in enumerate(leaders):
            if leader >= 0:
                by_leader.setdefault(leader, []).append(index)
        self.groups = tuple((leader, tuple(indexes)) for leader, indexes in by_leader.items())
        self.cost_bytes = ENTRY_BYTES * len(leaders) + len(self.groups) * (TOPIC_BYTES + 2 * len(self.name))
        return True

    def _restart(self) -> None:
        self._leaders = []
        for values in (self._offsets, self._epochs, self.rates, self.stamps):
            del values[:]
        self.covers_from = None
        self.has_value = False
        self.shown.forget()

    def _grow(self, count: int) -> None:
        more = count - len(self._offsets)
        self._offsets.extend([UNKNOWN] * more)
        self._epochs.extend([UNKNOWN] * more)
        self.rates.extend([nan] * more)
        self.stamps.extend([NEVER] * more)

    def _lead(self, index: int, has_leader: bool) -> None:
        if not has_leader:
            self._offsets[index] = UNKNOWN
            self.rates[index] = 0.0
            self.stamps[index] = inf
        elif self.stamps[index] == inf:
            self.rates[index] = nan
            self.stamps[index] = NEVER

    def take(self, indexes: Sequence[int], offsets: Sequence[int], at: float) -> None:
        """End offsets that came at this time. One lower than before begins anew: the log was cut or is another."""
        known, rates, stamps = self._offsets, self.rates, self.stamps
        for index, offset in zip(indexes, offsets, strict=True):
            before = known[index]
            if before == offset:
                rates[index] = 0.0
            elif before < 0 or offset < before:
                rates[index] = nan
            else:
                passed = at - stamps[index]
                rates[index] = (offset - before) / passed if passed > 0 else nan
                self.moved_at = at
            known[index] = offset
            stamps[index] = at

    def take_epochs(self, indexes: Sequence[int], epochs: Sequence[int]) -> None:
        """Leader epochs; one that is lower than before belongs to another topic of this name."""
        for index, epoch in zip(indexes, epochs, strict=True):
            if 0 <= epoch < self._epochs[index]:
                self._offsets[index] = UNKNOWN
            if epoch >= 0:
                self._epochs[index] = epoch

    def knows(self, index: int, offset: int, at: float) -> None:
        """An earlier sample of this partition, to measure the next one against."""
        self._offsets[index] = offset
        self.stamps[index] = at

    def fail(self, indexes: Sequence[int]) -> None:
        """These could not be sampled; what was written meanwhile belongs to no moment."""
        for index in indexes:
            if index < len(self._offsets) and self.stamps[index] != inf:
                self._offsets[index] = UNKNOWN
                self.rates[index] = nan
        self.covers_from = None

    def rate(self) -> float:
        """Of all partitions together; NaN while that of any is not known."""
        return sum(self.rates) if self.groups else nan

    def sampled_at(self) -> float:
        """When the partition was sampled whose sample is the oldest."""
        return min(self.stamps, default=NEVER)

    def offset_at(self, index: int, at: float) -> float | None:
        """The end offset at a time near the last sample, by the rate of then; None: not known."""
        if index >= len(self._offsets) or self._offsets[index] < 0:
            return None
        rate = self.rates[index]
        late_s = min(max(at - self.stamps[index], 0.0), 5.0)
        return self._offsets[index] + (rate * late_s if rate == rate else 0.0)
