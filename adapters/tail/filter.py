"""Which records are wanted: conditions that all must hold, and the partitions that are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ktui.adapters.tail.conditions import Condition, Contents, KeyIs, Within
from ktui.adapters.tail.record import Record


@dataclass(frozen=True)
class Filter:
    """Compared by its conditions; an empty one takes everything."""

    conditions: tuple[Condition, ...] = ()
    partitions: frozenset[int] | None = None
    """None: of all partitions."""
    text: str = ""
    """As it was written, for the screen."""

    @cached_property
    def needles(self) -> tuple[bytes, ...]:
        """Bytes that each must be in every record that matches, the longest first."""
        found = {needle for condition in self.conditions for needle in condition.needles if needle}
        return tuple(sorted(found, key=lambda needle: (-len(needle), needle)))

    @cached_property
    def exact_key(self) -> bytes | None:
        """The one key that is wanted; None: more than one may match, or records without a key are wanted."""
        keys = (condition.key for condition in self.conditions if isinstance(condition, KeyIs))
        return next((key for key in keys if key is not None), None)

    @cached_property
    def since(self) -> int | None:
        """Nothing older than this matches (ms since the epoch)."""
        bounds = (c.since for c in self.conditions if isinstance(c, Within))
        return max((bound for bound in bounds if bound is not None), default=None)

    @cached_property
    def until(self) -> int | None:
        """Nothing of this moment or younger matches (ms since the epoch)."""
        bounds = (c.until for c in self.conditions if isinstance(c, Within))
        return min((bound for bound in bounds if bound is not None), default=None)

    @property
    def takes_all(self) -> bool:
        return not self.conditions

    def takes_partition(self, partition: int) -> bool:
        return self.partitions is None or partition in self.partitions

    def holds(self, contents: Contents) -> bool:
        """Whether all conditions hold; which partition it comes from is not looked at."""
        return all(condition.holds(contents) for condition in self.conditions)

    def matches(self, record: Record) -> bool:
        return self.takes_partition(record.partition) and self.holds(record)

    def joined(self, other: Filter) -> Filter:
        """What both want."""
        both = [part for part in (self.partitions, other.partitions) if part is not None]
        partitions = frozenset.intersection(*both) if both else None
        text = " ".join(part for part in (self.text, other.text) if part)
        return Filter(self.conditions + other.conditions, partitions, text)


EVERYTHING = Filter()
