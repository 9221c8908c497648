"""A number by topic, written by one thread, of which others get pictures."""

from __future__ import annotations

from collections.abc import Mapping


class Book:
    """A picture is copied only when something has changed since the last one."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}
        self._picture: Mapping[str, float] = {}
        self._is_changed = False

    def get(self, topic: str) -> float | None:
        return self._values.get(topic)

    def put(self, topic: str, value: float) -> None:
        """Take down a number, unless there is one already."""
        if topic not in self._values:
            self._values[topic] = value
            self._is_changed = True

    def replace(self, topic: str, value: float) -> None:
        """Take down a number in the place of what was there."""
        self._values[topic] = value
        self._is_changed = True

    def drop(self, topic: str) -> float | None:
        """Strike it out; returns what was there."""
        value = self._values.pop(topic, None)
        self._is_changed = self._is_changed or value is not None
        return value

    def picture(self) -> Mapping[str, float]:
        """All of it, for any thread."""
        if self._is_changed:
            self._picture, self._is_changed = dict(self._values), False
        return self._picture
