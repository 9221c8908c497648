"""Topics and partitions: full Metadata at a pace that brokers do not feel, the topics on screen every second."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Final

from ktui.adapters.errors import AdapterError, NoAnswer
from ktui.adapters.events import TopicsReplaced, TopicState
from ktui.adapters.kafka.error_codes import sentence_of
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.metadata import fetch_metadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder, in_steps
from ktui.adapters.kafka.poll.round import QUICK_S, Desk, Question
from ktui.adapters.partitions import Column, column
from ktui.adapters.replica_sets import replicas_of

PERIOD_S: Final = 1.0
BYTES_PER_S: Final = 1_000_000
"""What full answers may add up to."""
GENTLE_BYTES_PER_S: Final = 200_000
GENTLE_S: Final = 5.0
"""They add up to less as long as that delays nothing more than this."""
HURRIED_BYTES_PER_S: Final = 4_000_000
"""The same when brokers or the controller changed a moment ago."""
FIRST_WHOLE_S: Final = 30.0
"""Time for the first full answer: nobody knows how large the cluster is."""
SLOWER: Final = 4
"""A full answer may take so many times longer than the one before, until another broker is asked."""
VISIBLE_MOST: Final = 200
ABSENT: Final = 3
PASSING: Final = (3, 5)
"""Codes of a topic that is just being created or deleted."""


OnNames = Callable[[Collection[str], Collection[str], Collection[str]], None]
"""Is called with the names of new topics, of those that are gone, and of all that have a short ISR."""


class TopicsQuestion(Question):
    """All topics."""

    what = "topics"

    def __init__(self, desk: Desk, on_names: OnNames) -> None:
        super().__init__(desk)
        self.decoder = MetadataDecoder()
        self.bytes = 0
        self._on_names = on_names
        self._asked_at = 0.0
        self._took_s: float | None = None
        self._short: set[str] = set()
        self._ids: dict[str, bytes | None] = {}

    def period_s(self) -> float:
        gentle_s = min(self.bytes / GENTLE_BYTES_PER_S, GENTLE_S)
        return max(PERIOD_S, gentle_s, self.bytes / BYTES_PER_S)

    @property
    def is_paced(self) -> bool:
        """Whether the whole is asked for less than once a second."""
        return self.period_s() * self.desk.pace > PERIOD_S

    @property
    def is_covered(self) -> bool:
        return self.desk.log.covers

    def on_covered(self) -> None:
        """What was answered is forgotten: the first answer afterwards tells of everything."""
        super().on_covered()
        if self._asked_at:
            self.decoder, self._asked_at, self.bytes = MetadataDecoder(), 0.0, 0
            self._ids.clear()
            self._short.clear()

    def hurry(self) -> None:
        least = self.bytes / HURRIED_BYTES_PER_S
        if time.monotonic() - self._asked_at >= least:
            super().hurry()

    async def ask(self) -> None:
        self._asked_at = time.monotonic()
        raw = await fetch_metadata(self.desk.any_broker(Lane.WHOLE, timeout_s=self._patience_s()), None)
        self._took_s = time.monotonic() - self._asked_at
        self.bytes = len(raw.data)
        answer = await in_steps(self.decoder.whole(raw))
        if self.is_covered:
            return
        event = TopicsReplaced(self.desk.stamp(), answer.changed, answer.removed, is_complete=True)
        self.desk.tell(event)
        self._tell_errors(answer.topic_errors)
        if answer.changed or answer.removed:
            self._note_short(answer.changed, answer.removed)
            self._on_names(self._new_ones(answer.changed, answer.removed), answer.removed, self._short)

    def _new_ones(self, changed: Collection[TopicState], removed: Collection[str]) -> list[str]:
        """Names that are new, or belong to another topic than before."""
        for name in removed:
            self._ids.pop(name, None)
        fresh = [state.name for state in changed if self._ids.get(state.name, b"") != state.id]
        self._ids.update((state.name, state.id) for state in changed)
        return fresh

    def _patience_s(self) -> float:
        return FIRST_WHOLE_S if self._took_s is None else QUICK_S + SLOWER * self._took_s

    def on_failure(self, error: AdapterError) -> None:
        if isinstance(error, NoAnswer) and self._took_s is not None:
            self._took_s = min(2 * self._took_s + QUICK_S, FIRST_WHOLE_S)
        super().on_failure(error)

    def _note_short(self, changed: Collection[TopicState], removed: Collection[str]) -> None:
        self._short.difference_update(removed)
        for state in changed:
            note = self._short.add if _has_short_isr(state.table) else self._short.discard
            note(state.name)

    def _tell_errors(self, codes: Mapping[str, int]) -> None:
        """Errors of single topics; one that is being created has no leader for a moment."""
        standing = {name: code for name, code in codes.items() if code not in PASSING}
        if standing:
            name, code = next(iter(standing.items()))
            more = f" and {len(standing) - 1} more" if len(standing) > 1 else ""
            self.desk.failed("some topics", self.where, f"{name}{more}: {sentence_of(code)}")
        else:
            self.desk.works("some topics", self.where)


def _has_short_isr(table: bytes) -> bool:
    replicas, isr = column(table, Column.REPLICAS), column(table, Column.ISR)
    if replicas == isr:
        return False
    return any(
        len(replicas_of(now)) < len(replicas_of(all_)) for all_, now in set(zip(replicas, isr, strict=True))
    )


class VisibleQuestion(Question):
    """The topics on screen, while the whole is asked for less than once a second."""

    what = "visible topics"

    def __init__(self, desk: Desk, whole: TopicsQuestion) -> None:
        super().__init__(desk)
        self._whole = whole
        self._decoder = MetadataDecoder()

    @property
    def is_covered(self) -> bool:
        return self.desk.log.covers

    def period_s(self) -> float:
        return PERIOD_S

    async def ask(self) -> None:
        names = sorted(self.desk.watched)[:VISIBLE_MOST]
        if not names or not self._whole.is_paced or not self._whole.first_round.is_set():
            return
        raw = await fetch_metadata(self.desk.any_broker(Lane.READ), names)
        answer = await in_steps(self._decoder.named(raw))
        if self.is_covered:
            return
        gone = [name for name, code in answer.topic_errors.items() if code == ABSENT]
        self.desk.tell(TopicsReplaced(self.desk.stamp(), answer.topics, gone))
