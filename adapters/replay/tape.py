"""What can be played: steps in the order of their time, from the beginning of any chapter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ktui.adapters.replay.documents import Step


class Tape(Protocol):
    """Something recorded. Moments are seconds since the epoch."""

    @property
    def name(self) -> str:
        """What the cluster is called."""

    @property
    def begins_at(self) -> float: ...

    @property
    def ends_at(self) -> float: ...

    @property
    def damage(self) -> str | None:
        """What of it is known to be unreadable, in one sentence; None: nothing so far."""

    @property
    def is_damaged(self) -> bool:
        """Whether something within it is lost, so far as it has been read; an end that is cut short is not."""

    def chapter_at(self, at: float) -> float:
        """The beginning of the last chapter that begins at this moment or before; of the first, when none does."""

    def steps(self, chapter_at: float) -> Iterator[Step]:
        """From a chapter that begins at this moment, an `Opening` first, to the end of everything.

        AdapterError when not even an opening can be read.
        """
