"""Which topics are sampled in every tick: those on screen, those that move, and all of a small cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import ceil
from typing import Final

from ktui.adapters.rates.frames import Steps
from ktui.adapters.rates.track import Track
from ktui.adapters.topics import Topic, TopicMap

SMALL_PARTITIONS: Final = 1_000
"""A cluster with no more is sampled whole."""
IDLE_S: Final = 60.0
"""A topic that has not moved for so long is no longer sampled in every tick."""
VISIBLE_PARTITIONS: Final = 5_000
"""More of those on screen are treated like the others."""
AT_ONCE: Final = 500


class HotSet:
    """Holds the tracks. Topics that move and do not fit in the budget take turns."""

    def __init__(self, room_bytes: float) -> None:
        self.tracks: dict[str, Track] = {}
        self.turns = 1
        """Every topic that moves has its turn once in so many ticks."""
        self.is_changed = True
        """Whether other partitions are to be asked for than before."""
        self.visible: frozenset[str] = frozenset()
        self._room_bytes = room_bytes
        self._followed: TopicMap | None = None
        self._is_small = False

    def follow(self, topics: TopicMap, watched: Collection[str], gone: set[str]) -> Steps:
        """Take over the cluster's topics; names of topics that are gone or are others now are put in `gone`."""
        if topics is not self._followed:
            self._followed = topics
            self._is_small = topics.partition_count <= SMALL_PARTITIONS
            for number, track in enumerate(list(self.tracks.values()), 1):
                self._refresh(track, topics.get(track.name), gone)
                if number % AT_ONCE == 0:
                    yield
            if self._is_small:
                self._add(topic for topic in topics if topic.name not in self.tracks)
        visible = frozenset(name for name in watched if topics.get(name) is not None)
        if visible != self.visible:
            self.visible, self.is_changed = visible, True
        missing = (topics.get(name) for name in visible - self.tracks.keys())
        self._add(topic for topic in missing if topic is not None)

    def _refresh(self, track: Track, topic: Topic | None, gone: set[str]) -> None:
        if topic is None:
            del self.tracks[track.name]
            gone.add(track.name)
            self.is_changed = True
            return
        if None not in (topic.id, track.id) and topic.id != track.id:
            gone.add(track.name)
        if track.follow(topic):
            self.is_changed = True

    def _add(self, topics: Iterable[Topic]) -> None:
        for topic in topics:
            self.put(Track(topic))

    def put(self, track: Track) -> None:
        """Sample this topic in every tick from now on."""
        self.tracks[track.name] = track
        self.is_changed = True

    def drop_idle(self, clock: float) -> list[Track]:
        """Take out what has not moved for a while and is not on screen."""
        if self._is_small:
            return []
        idle = [
            track
            for track in self.tracks.values()
            if clock - track.moved_at > IDLE_S and track.name not in self.visible
        ]
        for track in idle:
            del self.tracks[track.name]
        self.is_changed = self.is_changed or bool(idle)
        return idle

    def turns_of(self) -> list[list[Track]]:
        """The tracks of every tick, followed by those of each turn."""
        self.is_changed = False
        every, others = self._divided()
        cost = sum(track.cost_bytes for track in others)
        room = max(self._room_bytes - sum(track.cost_bytes for track in every), self._room_bytes / 4)
        self.turns = max(1, ceil(cost / room))
        if self.turns == 1:
            return [every + others, []]
        size = ceil(len(others) / self.turns)
        return [every, *(others[start : start + size] for start in range(0, self.turns * size, size))]

    def _divided(self) -> tuple[list[Track], list[Track]]:
        every: list[Track] = []
        left = VISIBLE_PARTITIONS
        for name in self.visible:
            track = self.tracks.get(name)
            if track is not None and (left := left - len(track.rates)) >= 0:
                every.append(track)
        first = {track.name for track in every}
        return every, [track for track in self.tracks.values() if track.name not in first]

    def is_due_always(self, track: Track) -> bool:
        """Whether it is sampled in every tick."""
        return self.turns == 1 or track.name in self.visible

    @property
    def bytes_per_tick(self) -> float:
        """What a tick takes on the wire, about."""
        every, others = self._divided()
        return sum(t.cost_bytes for t in every) + sum(t.cost_bytes for t in others) / self.turns


def by_leader(tracks: Iterable[Track]) -> Iterator[tuple[int, Track, tuple[int, ...]]]:
    """Leader, topic and the indexes of its partitions there."""
    for track in tracks:
        for leader, indexes in track.groups:
            yield leader, track, indexes
