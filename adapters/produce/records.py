"""Records to write, and where they landed."""

from __future__ import annotations

from dataclasses import dataclass

Header = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True)
class NewRecord:
    """One record to write. None as key or value is not the same as empty: a null value is a tombstone."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[Header, ...] = ()
    partition: int | None = None
    """None: by the key, as Java's producer chooses; without a key any that has a leader."""
    timestamp_ms: int | None = None
    """None: now."""
    number: int = 1
    """Its line of the input, from 1."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What was acknowledged by one partition; offsets are None where the broker knows only that it has them."""

    records: int
    first: int | None
    last: int | None

    def plus(self, first: int | None, records: int) -> Landed:
        """With one more batch, which the partition took after all before it."""
        last = None if first is None else first + records - 1
        return Landed(self.records + records, first if self.first is None else self.first, last)


NOTHING_LANDED = Landed(0, None, None)
