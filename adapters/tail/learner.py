"""Learning from records which partitioner their producers use. What it finds is evidence, not proof."""

from __future__ import annotations

from typing import Final

from ktui.adapters.tail.partitioners import PARTITIONERS, partition_of
from ktui.adapters.tail.view import Evidence

_LEAST_ODDS: Final = 1_000_000
"""So unlikely it must be that a wrong partitioner explains all keys by chance."""
_MOST_KEPT: Final = 20_000
_FREE_LOOKS: Final = 500
_LOOK_EVERY: Final = 64
"""Records read for one key that is looked at, after the first ones: detecting a minority costs little by then."""
_LONGEST: Final = 1_000
"""Bytes of a key; hashing a longer one would take too long."""
_LOOKS_A_BATCH: Final = 8
_ENOUGH_TO_COMPARE: Final = 200
"""Keys by which the best of those that do not explain everything is found."""


class Learner:
    """Of one topic with a fixed number of partitions. Fed with keys and the partitions in which they were found."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.samples = 0
        self._alive = list(PARTITIONERS)
        self._pairs: set[tuple[int, bytes]] = set()
        self._keys: set[bytes] = set()
        self._read = 0
        self._looked = 0
        self._why: str | None = None

    @property
    def keys(self) -> int:
        return len(self._keys)

    def hear(self, partition: int, key: bytes | None) -> None:
        """A record with this key lies in this partition."""
        if key is None or len(key) > _LONGEST:
            return
        self.samples += 1
        if (partition, key) in self._pairs:
            return
        if len(self._pairs) < _MOST_KEPT:
            self._pairs.add((partition, key))
            self._keys.add(key)
        self._judge(partition, key)

    def looks(self, records: int) -> int:
        """How many keys of a batch of so many records are worth a look while reading."""
        self._read += records
        allowed = _FREE_LOOKS + self._read // _LOOK_EVERY - self._looked
        taken = max(0, min(allowed, _LOOKS_A_BATCH, records))
        self._looked += taken
        return taken

    def _judge(self, partition: int, key: bytes) -> None:
        self._alive = [name for name in self._alive if partition_of(name, key, self.count) == partition]

    @property
    def is_contradicted(self) -> bool:
        """Whether no partitioner explains everything that was heard."""
        return not self._alive

    def evidence(self, key: bytes) -> Evidence:
        """What it says of where this key lies."""
        known = Evidence(samples=self.samples, keys=self.keys)
        if self.count == 1:
            return known
        if not self._alive:
            return self._unread(known, self._why_none())
        if not self._is_enough():
            few = f"{self.keys} different keys" if self.keys != 1 else "one key"
            return self._unread(known, f"{few} in {self.samples} samples are too few to tell the partitioner")
        places = {partition_of(name, key, self.count) for name in self._alive}
        if len(places) > 1:
            names = " and ".join(self._alive[:2])
            return self._unread(known, f"{names} both explain the samples and place the key differently")
        return Evidence(self._alive[0], self.samples, self.keys, places.pop())

    def _unread(self, known: Evidence, why: str) -> Evidence:
        return Evidence(None, known.samples, known.keys, None, why)

    def _is_enough(self) -> bool:
        return bool(self.count ** min(self.keys, 64) >= _LEAST_ODDS)

    def _why_none(self) -> str:
        """Which partitioner explains most, and what the rest looks like; found once, when the last one fell."""
        if self._why is None:
            self._why = _why_none(list(self._pairs), self.count)
        return self._why


def _why_none(pairs: list[tuple[int, bytes]], count: int) -> str:
    few = pairs[:_ENOUGH_TO_COMPARE]
    best = max(PARTITIONERS, key=lambda name: _fitting(name, few, count))
    fitting = _fitting(best, pairs, count)
    if fitting * 2 < len(pairs):
        return f"no known partitioner explains the {len(pairs)} keys that were looked at"
    others = [(partition, key) for partition, key in pairs if partition_of(best, key, count) != partition]
    before = next((n for n in range(count - 1, 0, -1) if _fitting(best, others, n) == len(others)), None)
    share = f"{best} explains {fitting} of {len(pairs)} keys"
    if before is not None and len(others) > 1:
        return f"{share}, the others lie where it put them among {before} partitions: the topic was expanded"
    return f"{share}, the others lie elsewhere: more than one partitioner, or partitions were added"


def _fitting(name: str, pairs: list[tuple[int, bytes]], count: int) -> int:
    return sum(partition_of(name, key, count) == partition for partition, key in pairs)
