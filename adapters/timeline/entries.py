"""One change: what it was, when, of what, from what to what, and what caused it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ktui.adapters.events import SourceName, Stamp
from ktui.adapters.timeline.kinds import Kind

Value: TypeAlias = int | str | tuple[int, ...] | None
"""A broker id, a list of broker ids, a count, a text; None: nobody, or not known."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The entry that caused another one."""

    seq: int
    kind: Kind
    broker: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. Instants are seconds since the epoch."""

    kind: Kind
    stamp: Stamp
    broker: int | None = None
    topic: str | None = None
    partition: int | None = None
    before: Value = None
    after: Value = None
    detail: str | None = None
    seq: int | None = None
    """Rises by one from entry to entry in the order in which they are told; None while it is held back."""
    cause: Cause | None = None

    @property
    def at(self) -> float:
        """When it happened, or else when it was seen."""
        return moment_of(self.stamp)

    @property
    def is_observed(self) -> bool:
        """Whether it was found by comparing two answers, so that what happened between them is not known."""
        return is_observed(self.stamp)

    # What every part of a story answers

    @property
    def size(self) -> int:
        return 1

    @property
    def counts(self) -> Mapping[Kind, int]:
        return {self.kind: 1}

    @property
    def byte_count(self) -> int:
        return 400

    def entry(self, index: int) -> Entry:
        if index:
            raise IndexError(index)
        return self

    @property
    def topics(self) -> tuple[str, ...]:
        return () if self.topic is None else (self.topic,)

    def names_topic(self, name: str) -> bool:
        return self.topic == name


class Part(Protocol):
    """One or many entries that were seen together: `Entry` and `Changes`."""

    @property
    def stamp(self) -> Stamp: ...
    @property
    def seq(self) -> int | None: ...
    @property
    def cause(self) -> Cause | None: ...
    @property
    def at(self) -> float: ...
    @property
    def size(self) -> int: ...
    @property
    def counts(self) -> Mapping[Kind, int]: ...
    @property
    def byte_count(self) -> int: ...
    @property
    def topics(self) -> tuple[str, ...]: ...

    def entry(self, index: int) -> Entry: ...
    def names_topic(self, name: str) -> bool: ...


def moment_of(stamp: Stamp) -> float:
    return stamp.seen_at if stamp.happened_at is None else stamp.happened_at


def is_observed(stamp: Stamp) -> bool:
    return stamp.source is SourceName.POLL
