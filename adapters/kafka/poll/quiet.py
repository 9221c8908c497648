"""End offsets of the topics that do not move: all of them in turn, with what the budget leaves."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.offsets_line import Request
from ktui.adapters.kafka.offsets_requests import requests_for
from ktui.adapters.kafka.offsets_table import EndOffsets, decode
from ktui.adapters.kafka.poll.rates import RatesQuestion
from ktui.adapters.kafka.poll.round import Question
from ktui.adapters.kafka.steps import Pace, Steps, in_steps
from ktui.adapters.partitions import Column, column
from ktui.adapters.rates.quiet import Look, QuietTopics, Round, Verdict
from ktui.adapters.rates.track import ENTRY_BYTES
from ktui.adapters.topics import Topic, TopicMap

PERIOD_S: Final = 1.0
ROUND_LEAST_S: Final = 10.0
"""No topic is sampled more often than that while it does not move."""
LEAST_PART: Final = 0.2
"""The part of the budget that is always there for topics that do not move."""
FIRST_ROUNDS: Final = 2
FIRST_FACTOR: Final = 4
"""The first two rounds, which find out what moves, may take four times the budget."""


class QuietQuestion(Question):
    """Some topics in each round; those that have moved become hot."""

    what = "throughput of idle topics"

    def __init__(self, rates: RatesQuestion) -> None:
        super().__init__(rates.desk)
        self._rates = rates
        self._round = Round()
        self._known = QuietTopics()
        self._names = rates.names
        rates.on_rest = self._known.forget

    def period_s(self) -> float:
        return PERIOD_S / min(self.desk.pace, 1.0)

    async def ask(self) -> None:
        snapshot = self._rates.snapshot()
        hot = self._rates.hot
        if not snapshot.is_loaded or not self._rates.first_round.is_set():
            return
        if self._rates.names is not self._names:
            self._names = self._rates.names
            self._known.forget(self._known.names - self._names)
        topics = self._round.next(snapshot.topics, hot.tracks, self._room_bytes(snapshot.topics))
        if topics:
            await self._look(topics)

    def _room_bytes(self, topics: TopicMap) -> float:
        budget: float = self.desk.target.rates_bytes_per_s
        if self._round.rounds < FIRST_ROUNDS:
            return budget * FIRST_FACTOR
        left = max(budget - self._rates.hot.bytes_per_tick, budget * LEAST_PART)
        return min(left, 2 * ENTRY_BYTES * topics.partition_count / ROUND_LEAST_S)

    async def _look(self, topics: list[Topic]) -> None:
        leaders = [(topic, column(topic.table, Column.LEADER)) for topic in topics]
        look = Look(leaders)
        requests = await in_steps(requests_for(topics))
        await asyncio.gather(*(self._ask_leader(leader, asked, look) for leader, asked in requests.items()))
        verdicts: list[Verdict] = []
        await in_steps(self._known.judge(look, verdicts))
        self._take(verdicts[0])

    async def _ask_leader(self, leader: int, requests: list[Request], look: Look) -> None:
        line = self._rates.lines.to(leader)
        for request in requests:
            try:
                told = await line.ask(request)
                decoded = await in_steps(decode(told.version, told.data))
            except AdapterError as error:
                self.desk.failed(self._rates.what, f"broker {leader}", str(error))
                return
            line.wait(decoded.answer.throttle_ms)
            await in_steps(_put(decoded.answer, told.at, look))

    def _take(self, verdict: Verdict) -> None:
        rates, store = self._rates, self._rates.store
        at, clock = time.time(), time.monotonic()
        hot = rates.hot.tracks
        for name, since in verdict.still:
            if name not in hot:
                store.trust((name,), since)
        store.doubt(name for name in verdict.unsure if name not in hot)
        for track, since in verdict.moved:
            if track.name not in hot:
                store.wake(track.name)
                store.spread(track, since, at, clock)
                rates.hot.put(track)


def _put(answer: EndOffsets, at: float, look: Look) -> Steps[None]:
    pace, rows, offsets = Pace(), answer.rows, answer.offsets
    for name, first, end in rows.topics:
        if any(rows.errors[first:end]):
            known = [row for row in range(first, end) if not rows.errors[row]]
            look.put(name, [rows.indexes[row] for row in known], [offsets[row] for row in known], at)
        else:
            look.put(name, rows.indexes[first:end], offsets[first:end], at)
        if pace.is_over():
            yield
            pace.restart()
