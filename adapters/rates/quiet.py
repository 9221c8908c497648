"""Topics that do not move: sampled seldom, in turn, to find out which of them have begun to."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final, NamedTuple

from ktui.adapters.rates.frames import Steps
from ktui.adapters.rates.track import ENTRY_BYTES, TOPIC_BYTES, Track
from ktui.adapters.topics import Topic, TopicMap

NOT_TOLD: Final = -1
NO_LEADER: Final = -2
AT_ONCE: Final = 500
_MICRO: Final = 1_000_000


class Moved(NamedTuple):
    """A topic that has moved since it was sampled last (by the clock)."""

    track: Track
    since: float


class Verdict(NamedTuple):
    """What a look at some topics has shown."""

    moved: Sequence[Moved]
    still: Sequence[tuple[str, float]]
    """Topics that have not moved, and since when that is known."""
    unsure: Sequence[str]
    """Topics of which it could not be found out."""


class Round:
    """Goes through all topics of a cluster, some at a time, for ever."""

    def __init__(self) -> None:
        self.rounds = 0
        """How often the end was reached."""
        self._row = 0

    def next(self, topics: TopicMap, skipped: Mapping[str, object], room_bytes: float) -> list[Topic]:
        """The next topics whose samples fit in so many bytes; at least one, if there is any."""
        found: list[Topic] = []
        total = len(topics)
        for _ in range(total):
            if self._row >= total:
                self._row = 0
                self.rounds += 1
                if found:
                    break
            topic = topics.topic_at(self._row)
            self._row += 1
            if topic.name not in skipped and topic.table:
                found.append(topic)
                room_bytes -= cost_of(topic)
                if room_bytes <= 0:
                    break
        return found


def cost_of(topic: Topic) -> int:
    """Bytes of a sample, both directions, about; each partition may have a leader of its own."""
    count = topic.partition_count
    return ENTRY_BYTES * count + min(count, 3) * (TOPIC_BYTES + 2 * len(topic.name))


class Look:
    """End offsets of some topics, as they come in."""

    def __init__(self, topics: Iterable[tuple[Topic, Sequence[int]]]) -> None:
        """Topics, each with the leaders of its partitions."""
        self.topics: dict[str, Topic] = {}
        self._offsets: dict[str, array[int]] = {}
        for topic, leaders in topics:
            self.topics[topic.name] = topic
            told = (NOT_TOLD if leader >= 0 else NO_LEADER for leader in leaders)
            self._offsets[topic.name] = array("q", [0, *told])

    def put(self, topic: str, indexes: Sequence[int], offsets: Sequence[int], at: float) -> None:
        """Offsets that came at this time (by the clock)."""
        held = self._offsets.get(topic)
        if held is None:
            return
        held[0] = int(at * _MICRO)
        for index, offset in zip(indexes, offsets, strict=True):
            if 0 <= index < len(held) - 1:
                held[index + 1] = offset

    def items(self) -> Iterable[tuple[str, array[int]]]:
        """The moment in microseconds, followed by the offsets by partition."""
        return self._offsets.items()


class QuietTopics:
    """The last offsets of every topic that is not hot: one array each, at most a hundred bytes for a small topic."""

    def __init__(self) -> None:
        self._known: dict[str, array[int]] = {}

    def judge(self, look: Look, verdict: list[Verdict]) -> Steps:
        """Compare with what was known, in steps; the verdict is appended."""
        moved, still, unsure = list[Moved](), list[tuple[str, float]](), list[str]()
        for number, (name, now) in enumerate(look.items(), 1):
            was, self._known[name] = self._known.get(name), now
            if NOT_TOLD in now[1:]:
                unsure.append(name)
            elif was is None or len(was) != len(now) or NOT_TOLD in was[1:]:
                pass
            elif was[1:] == now[1:]:
                still.append((name, was[0] / _MICRO))
            elif any(after < before for before, after in zip(was[1:], now[1:], strict=True)):
                unsure.append(name)
            else:
                moved.append(Moved(_track(look.topics[name], was, now), was[0] / _MICRO))
                del self._known[name]
            if number % AT_ONCE == 0:
                yield
        verdict.append(Verdict(moved, still, unsure))

    def forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._known.pop(name, None)

    @property
    def names(self) -> Set[str]:
        return self._known.keys()


def _track(topic: Topic, was: array[int], now: array[int]) -> Track:
    track = Track(topic)
    then, at = was[0] / _MICRO, now[0] / _MICRO
    for index, (before, after) in enumerate(zip(was[1:], now[1:], strict=True)):
        if before >= 0 and after >= 0:
            track.knows(index, before, then)
            track.take((index,), (after,), at)
    return track
