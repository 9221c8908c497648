"""The stories that are kept, within a limit of bytes; the oldest go first, and what went is counted."""

from __future__ import annotations

from ktui.adapters.timeline.case import Case
from ktui.adapters.timeline.story import Story, TimelineView


class Shelf:
    """`view` is a new object only when something changed."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._cases: dict[int, Case] = {}
        self._stories: dict[int, Story | None] = {}
        self._sizes: dict[int, tuple[int, int]] = {}
        self._stale: set[int] = set()
        self._bytes = 0
        self._kept = 0
        self._dropped = 0
        self._since: float | None = None
        self._view = TimelineView()

    def begin(self, at: float) -> None:
        """From now on everything is seen."""
        if self._since is None:
            self._since = at
            self._view = TimelineView(since=at)

    def holds(self, case: Case) -> bool:
        return case.id in self._cases

    def changed(self, case: Case) -> None:
        """The case is new, or another than before."""
        byte_count, size = self._sizes.get(case.id, (0, 0))
        self._bytes += case.byte_count - byte_count
        self._kept += case.size - size
        self._sizes[case.id] = (case.byte_count, case.size)
        self._cases[case.id] = case
        self._stories.setdefault(case.id, None)
        self._stale.add(case.id)

    def remove(self, case: Case) -> None:
        """Everything in it belongs to another case."""
        if self._cases.pop(case.id, None) is not None:
            byte_count, size = self._sizes.pop(case.id)
            self._bytes -= byte_count
            self._kept -= size
            del self._stories[case.id]
            self._stale.discard(case.id)
            self._stale.add(0)

    def trim(self) -> None:
        """Back within the limit: whole stories go, of those that are still going on the details."""
        if self._bytes <= self._limit_bytes:
            return
        for case in list(self._cases.values()):
            if self._bytes <= self._limit_bytes:
                break
            is_last = len(self._cases) == 1
            if case.is_open or is_last or any(held.due is not None for held in case.held):
                self._dropped += case.strip()
                self.changed(case)
            else:
                self._dropped += case.size
                self._since = max(self._since or 0.0, case.last_at)
                self.remove(case)

    def view(self) -> TimelineView:
        if self._stale:
            for key in self._stale & self._cases.keys():
                self._stories[key] = self._cases[key].story()
            self._stale.clear()
            stories = tuple(story for story in self._stories.values() if story is not None)
            self._view = TimelineView(stories, self._kept, self._dropped, self._since)
        return self._view
