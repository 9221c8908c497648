"""Puts into events what was learned of topics, in the order in which it happened as far as the nodes tell."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ktui.adapters.events import TopicsReplaced, TopicState
from ktui.adapters.zookeeper.report import Report, stamp
from ktui.adapters.zookeeper.topic_store import Outcome

SLICES: Final = 32
"""Events that one answer is told in at most: each has one instant, and a storm brings thousands of topics."""


class TopicTeller:
    """Used by the follower of the topics."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._is_complete = False

    @property
    def is_complete(self) -> bool:
        """Whether every topic of the cluster has been told of."""
        return self._is_complete

    @is_complete.setter
    def is_complete(self, is_complete: bool) -> None:
        if is_complete and not self._is_complete:
            self._is_complete = True
            self._report.tell(TopicsReplaced(stamp(), (), is_complete=True))

    def tell(self, changed: Collection[TopicState] = (), removed: Collection[str] = ()) -> None:
        """Topics as they are now, and names that are gone; when that happened is not known."""
        if changed or removed:
            event = TopicsReplaced(stamp(), list(changed), list(removed), is_complete=self._is_complete)
            self._report.tell(event)

    def tell_of(self, outcome: Outcome) -> None:
        """What an answer brought. What is told for the first time did not happen just now."""
        changed = outcome.changed
        if not self._is_complete:
            self.tell(changed)
            return
        size = -(-len(changed) // SLICES) or 1
        for first in range(0, len(changed), size):
            position, written_at = outcome.written[first]
            self._report.tell(
                TopicsReplaced(
                    stamp(written_at, position if position >= 0 else None),
                    changed[first : first + size],
                    is_complete=True,
                )
            )
