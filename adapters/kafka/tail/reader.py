"""Reads the partitions of one broker: the next fetch is under way while the last answer is worked through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from ktui.adapters.errors import AdapterError, NotSupported
from ktui.adapters.kafka.error_code_list import PERMISSION, Code
from ktui.adapters.kafka.error_codes import sentence_of
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.steps import Pace
from ktui.adapters.kafka.tail.batches import walk
from ktui.adapters.kafka.tail.fetch_wire import NOTHING, Ask, Fetched, Part, Terms
from ktui.adapters.kafka.tail.fetching import Topic, fetch, needs_read
from ktui.adapters.kafka.tail.run import Run
from ktui.adapters.kafka.tail.scan import Aborted, Job, scan
from ktui.adapters.kafka.tail.spot import Spot
from ktui.adapters.tail.spec import Isolation

MAX_WAIT_MS: Final = 500
ANSWER_S: Final = 10.0
"""Time for a fetch, its waiting included."""
_PREFERRED_S: Final = 300.0
"""So long a follower is read before the leader is asked again: as Java's metadata.max.age.ms."""
_RETRY_S: Final = 0.1
_LARGEST_FETCH: Final = 1 << 30


class Reader:
    """Of one broker; ends when it has nothing to read, and may be cancelled at any time."""

    def __init__(self, run: Run, node: int, link: Link) -> None:
        self.node = node
        self.asked: tuple[Spot, ...] = ()
        """Whose answers it is waiting for."""
        self._run = run
        self._link = link
        self._request: asyncio.Task[Fetched] | None = None
        self._turn = NOTHING
        """The last partition that gave something: the next request begins after it."""

    async def read(self) -> None:
        """Until there is nothing to read here."""
        digest: asyncio.Task[None] | None = None
        try:
            while True:
                generation, spots = self._run.generation, self._claimed()
                if not spots and digest is None:
                    return
                answer = await self._fetched(spots) if spots else None
                if digest is not None:
                    await digest
                    digest = None
                self._hand_on()
                if answer is None or generation != self._run.generation or self._run.stopped is not None:
                    continue
                jobs = self._taken(answer, spots)
                if jobs:
                    digest = asyncio.create_task(self._work_through(jobs, generation))
                if answer.throttle_ms > 0:
                    await self._rest(answer.throttle_ms / 1000)
        finally:
            if digest is not None:
                digest.cancel()
                await asyncio.wait([digest])
            for spot in self._run.spots.values():
                if spot.holder is self:
                    spot.holder, spot.pending = None, 0
            self._run.wake.set()

    def abandon(self) -> None:
        """Wait for the answer no longer; what has been answered is worked through all the same."""
        if self._request is not None:
            self._request.cancel()

    def _claimed(self) -> list[Spot]:
        """The partitions to ask for now, in turn."""
        if self._run.stopped is not None:
            return []
        now = asyncio.get_running_loop().time()
        mine = [spot for spot in self._run.spots.values() if self._may_fetch(spot, now)]
        mine.sort(key=lambda spot: (spot.partition <= self._turn, spot.partition))
        for spot in mine:
            spot.holder = self
        return mine

    def _may_fetch(self, spot: Spot, now: float) -> bool:
        return (
            spot.is_read
            and spot.position is not None
            and not spot.is_done
            and not spot.is_out_of_range
            and spot.holder in (None, self)
            and spot.node(now) == self.node
            and now >= spot.not_before
        )

    def _hand_on(self) -> None:
        """Let go of what others shall read from here on."""
        now = asyncio.get_running_loop().time()
        for spot in self._run.spots.values():
            if spot.holder is self and not self._may_fetch(spot, now):
                spot.holder = None
                self._run.wake.set()

    async def _fetched(self, spots: Sequence[Spot]) -> Fetched | None:
        """None: there is no answer, and the spots know why, or it was abandoned."""
        run = self._run
        await run.budget.ready()
        self.asked = tuple(spots)
        request = self._request = asyncio.create_task(
            fetch(self._link, self._topic(), self._asks(spots), self._terms())
        )
        try:
            await asyncio.wait([request])
            if request.cancelled():
                return None
            answer = request.result()
        except NotSupported as error:
            run.fail(error)
            return None
        except AdapterError as error:
            self._failed(spots, str(error))
            return None
        finally:
            request.cancel()
            self.asked, self._request = (), None
        run.count_bytes(len(answer.data))
        return answer

    def _topic(self) -> Topic:
        return Topic(self._run.spec.topic, self._run.topic_id)

    def _asks(self, spots: Sequence[Spot]) -> list[Ask]:
        usual = self._run.budget.partition_bytes
        return [
            Ask(
                spot.partition,
                spot.position or 0,
                max(usual, spot.max_bytes),
                spot.leader_epoch,
                spot.last_epoch,
            )
            for spot in spots
        ]

    def _terms(self) -> Terms:
        spec = self._run.spec
        return Terms(
            MAX_WAIT_MS,
            self._run.budget.fetch_bytes,
            spec.isolation is Isolation.READ_COMMITTED,
            spec.rack or "",
        )

    def _failed(self, spots: Sequence[Spot], why: str) -> None:
        now = asyncio.get_running_loop().time()
        for spot in spots:
            spot.preferred = None
            spot.needs_leader = True
            spot.failed(now, why, pause_s=_RETRY_S)
        self._run.is_dirty = True
        self._run.wake.set()

    def _taken(self, answer: Fetched, spots: Sequence[Spot]) -> list[Job]:
        """Advance the positions; what is to be worked through."""
        by_partition = {spot.partition: spot for spot in spots}
        jobs: list[Job] = []
        for part in answer.parts:
            spot = by_partition.get(part.partition)
            if spot is None or spot.position is None or spot.holder is not self:
                # It was handed on meanwhile: who has it now fetches from where it was, so that the order stays.
                continue
            if part.error:
                self._refused(spot, part.error)
            elif part.diverged_at >= 0:
                self._was_cut_back(spot, part.diverged_at)
            else:
                jobs += self._jobs(answer, part, spot)
        return jobs

    def _jobs(self, answer: Fetched, part: Part, spot: Spot) -> list[Job]:
        run, committed = self._run, self._run.spec.isolation is Isolation.READ_COMMITTED
        if spot.trouble is not None:
            run.is_dirty = True
        spot.works()
        end = part.last_stable if committed and part.last_stable >= 0 else part.high_watermark
        if (spot.end, spot.high_watermark) != (end, part.high_watermark):
            spot.end, spot.high_watermark = end, part.high_watermark
            run.is_dirty = True
        spot.log_start = part.log_start if part.log_start >= 0 else spot.log_start
        if part.preferred >= 0 and part.preferred != self.node:
            spot.preferred = part.preferred
            spot.preferred_until = asyncio.get_running_loop().time() + _PREFERRED_S
        try:
            batches = walk(answer.data, part.start, part.end)
        except AdapterError as error:
            self._failed([spot], str(error))
            return []
        if not batches:
            if part.end > part.start:
                spot.max_bytes = min(_LARGEST_FETCH, 2 * max(spot.max_bytes, run.budget.partition_bytes))
            return []
        self._turn, spot.max_bytes = spot.partition, 0
        first, spot.position = spot.position or 0, batches[-1].last_offset + 1
        spot.last_epoch = batches[-1].epoch
        spot.pending += 1
        aborted = Aborted(part.aborted) if committed else None
        return [Job(run.spec.topic, spot.partition, answer.data, batches, first, spot.stop, aborted)]

    def _refused(self, spot: Spot, code: int) -> None:
        now = asyncio.get_running_loop().time()
        if code in PERMISSION:
            self._run.fail(needs_read(self._run.spec.topic, code))
            return
        is_follower = spot.preferred == self.node
        spot.preferred = None
        if code == Code.OFFSET_OUT_OF_RANGE and not is_follower:
            spot.is_out_of_range = True
        else:
            spot.needs_leader = True
        spot.failed(now, sentence_of(code), pause_s=_RETRY_S)
        self._run.is_dirty = True
        self._run.wake.set()

    def _was_cut_back(self, spot: Spot, end: int) -> None:
        self._run.note(
            f"Partition {spot.partition}: its log was cut back to offset {end} when another broker took over; "
            f"what was shown from there on is gone."
        )
        spot.position, spot.last_epoch = min(spot.position or end, end), NOTHING

    async def _rest(self, seconds: float) -> None:
        self._run.note(f"Broker {self.node} holds us back: {seconds:.3g} s (quota).")
        await asyncio.sleep(seconds)

    async def _work_through(self, jobs: Sequence[Job], generation: int) -> None:
        run, pace = self._run, Pace()
        for job in jobs:
            for found in scan(job, run):
                if run.generation != generation:
                    return
                run.count_seen(found.seen)
                if found.damage is not None:
                    run.damaged += 1
                    run.note(f"{found.damage[:1].upper()}{found.damage[1:]}.")
                if found.matched:
                    await run.give(found.matched)
                if pace.is_over():
                    await asyncio.sleep(0)
                    pace.restart()
            spot = run.spots.get(job.partition)
            if spot is not None and run.generation == generation:
                spot.pending = max(0, spot.pending - 1)
                if spot.is_done:
                    run.wake.set()
