"""The partitions of hot topics that one broker leads, asked for again and again, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.error_code_list import Code
from ktui.adapters.kafka.offsets_line import Line, Request
from ktui.adapters.kafka.offsets_table import EndOffsets, Rows
from ktui.adapters.kafka.offsets_template import RepeatedAnswers
from ktui.adapters.kafka.offsets_wire import MOST_PARTITIONS
from ktui.adapters.kafka.steps import Pace, Steps, in_steps
from ktui.adapters.rates.hot import by_leader
from ktui.adapters.rates.track import Track

STALE_LEADER: Final = frozenset({
    Code.UNKNOWN_TOPIC_OR_PARTITION, Code.LEADER_NOT_AVAILABLE, Code.NOT_LEADER_OR_FOLLOWER,
    Code.FENCED_LEADER_EPOCH, Code.UNKNOWN_LEADER_EPOCH,
})  # fmt: skip
"""Codes that say: somebody else leads this now."""


class _Bound(NamedTuple):
    """Rows of one topic in an answer."""

    track: Track
    indexes: Sequence[int]
    first: int
    end: int


class Share:
    """One request to one leader, of at most 5,000 partitions."""

    def __init__(self, leader: int, parts: Sequence[tuple[Track, tuple[int, ...]]]) -> None:
        self.leader = leader
        self.request = Request(tuple((track.name, indexes) for track, indexes in parts))
        self.refusals: dict[str, int] = {}
        """Error codes of the last answer by topic."""
        self._parts = tuple(parts)
        self._tracks = {track.name: track for track, _ in parts}
        self._answers: dict[int, RepeatedAnswers] = {}
        self._rows: Rows | None = None
        self._bound: tuple[_Bound, ...] = ()
        self._failed: tuple[tuple[Track, list[int]], ...] = ()

    async def sample(self, line: Line) -> None:
        """Ask, and hand every topic its offsets. AdapterError: the partitions have no sample then."""
        try:
            told = await line.ask(self.request)
            answers = self._answers.setdefault(told.version, RepeatedAnswers(told.version))
            answer = await in_steps(answers.decode(told.data))
        except AdapterError:
            self.fail()
            raise
        line.wait(answer.throttle_ms)
        await in_steps(self.take(answer, told.at))

    def fail(self) -> None:
        """There is no sample this time."""
        for track, indexes in self._parts:
            track.fail(indexes)

    def take(self, answer: EndOffsets, at: float) -> Steps[None]:
        """Hand every topic its offsets, in steps."""
        pace = Pace()
        if answer.rows is not self._rows:
            yield from self._bind(answer.rows)
        offsets = answer.offsets
        for number, (track, indexes, first, end) in enumerate(self._bound):
            track.take(indexes, offsets[first:end], at)
            if not number % 64 and pace.is_over():
                yield
                pace.restart()
        for track, refused in self._failed:
            track.fail(refused)

    def _bind(self, rows: Rows) -> Steps[None]:
        """Who gets which rows; those with an error are no samples."""
        pace, bound, failed = Pace(), list[_Bound](), list[tuple[Track, list[int]]]()
        self.refusals = {}
        for name, first, end in rows.topics:
            track = self._tracks.get(name)
            if track is None:
                continue
            errors, indexes = rows.errors[first:end], rows.indexes[first:end]
            if any(errors):
                self.refusals[name] = next(code for code in errors if code)
                failed.append((track, [index for index, code in zip(indexes, errors, strict=True) if code]))
                bound += (
                    _Bound(track, (indexes[i],), first + i, first + i + 1)
                    for i, code in enumerate(errors)
                    if not code
                )
            else:
                bound.append(_Bound(track, indexes.tolist(), first, end))
            track.take_epochs(indexes, rows.epochs[first:end])
            if pace.is_over():
                yield
                pace.restart()
        self._rows, self._bound, self._failed = rows, tuple(bound), tuple(failed)


def shares_of(tracks: Iterable[Track]) -> Steps[list[Share]]:
    """The requests for all partitions of these topics, in steps."""
    pace, shares = Pace(), list[Share]()
    by_broker: dict[int, list[tuple[Track, tuple[int, ...]]]] = {}
    sizes: dict[int, int] = {}
    for leader, track, indexes in by_leader(tracks):
        for start in range(0, len(indexes), MOST_PARTITIONS):
            piece = indexes[start : start + MOST_PARTITIONS]
            if sizes.get(leader, 0) + len(piece) > MOST_PARTITIONS:
                shares.append(Share(leader, by_broker.pop(leader)))
                sizes[leader] = 0
            by_broker.setdefault(leader, []).append((track, piece))
            sizes[leader] = sizes.get(leader, 0) + len(piece)
        if pace.is_over():
            yield
            pace.restart()
    shares += (Share(leader, parts) for leader, parts in by_broker.items())
    return shares
