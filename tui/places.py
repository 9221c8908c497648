"""Where one can be in the console, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ScreenName(StrEnum):
    OVERVIEW = "overview"
    BROKERS = "brokers"
    QUORUM = "quorum"
    TOPICS = "topics"
    PARTITIONS = "partitions"
    PROBLEMS = "problems"
    GROUPS = "groups"
    EVENTS = "events"
    TOPIC = "topic"
    BROKER = "broker"
    CHART = "chart"
    MOVES = "moves"
    BROKER_SETTINGS = "broker-settings"
    GROUP = "group"
    ACLS = "acls"
    USERS = "users"
    QUOTAS = "quotas"
    TAIL = "tail"


ROOTS: Final = (
    ScreenName.OVERVIEW,
    ScreenName.BROKERS,
    ScreenName.TOPICS,
    ScreenName.PARTITIONS,
    ScreenName.PROBLEMS,
    ScreenName.GROUPS,
    ScreenName.EVENTS,
    ScreenName.QUORUM,
    ScreenName.ACLS,
    ScreenName.USERS,
    ScreenName.QUOTAS,
)
SCREENS: Final = tuple(screen.value for screen in ROOTS)
"""The screens that need no name of a topic or a broker."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen, and the topic's name or the broker's id where it shows one of them."""

    screen: ScreenName
    subject: str | int | None = None
    aspect: str | None = None
    """Which part of it, such as a tab."""


class Trail:
    """The places one came through; screens that are reached by their number begin a new one."""

    def __init__(self, first: Place) -> None:
        self._places = [first]

    @property
    def here(self) -> Place:
        return self._places[-1]

    @property
    def has_way_back(self) -> bool:
        return len(self._places) > 1

    def start(self, place: Place) -> None:
        self._places = [place]

    def go(self, place: Place) -> None:
        if place != self.here:
            self._places.append(place)

    def back(self) -> Place:
        if self.has_way_back:
            self._places.pop()
        return self.here

    def forget(self, place: Place) -> None:
        """Leave out a place that is no more, wherever it stands but at the beginning."""
        self._places[1:] = [
            known
            for known in self._places[1:]
            if (known.screen, known.subject) != (place.screen, place.subject)
        ]
