"""The coordinator of one tail: who leads what, where reading begins, which partitions are read, and when it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from ktui.adapters.errors import AdapterError, BadSettings, NotPermitted, NotSupported, Refused, WrongCluster
from ktui.adapters.kafka.error_code_list import Code
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.tail.lookup import Lookup, TopicNow
from ktui.adapters.kafka.tail.placing import place, put_in_range
from ktui.adapters.kafka.tail.reader import ANSWER_S, Reader
from ktui.adapters.kafka.tail.run import Run
from ktui.adapters.kafka.tail.sampling import Sampling
from ktui.adapters.kafka.tail.spot import Spot
from ktui.adapters.tail.learner import Learner
from ktui.adapters.tail.view import StopReason, TailState, TailView

log = logging.getLogger(__name__)

VIEW_S: Final = 0.05
_LOOK_S: Final = 5.0
"""Between two looks at the topic's partitions while all is well."""
_TROUBLED_S: Final = 0.25
"""The same while a partition cannot be read."""
_GONE_S: Final = 1.0
"""So long a topic must be unknown before it counts as gone: a broker may not have heard of it yet."""
_PATIENCE_S: Final = 15.0
"""A tail with an end gives up on partitions that cannot be read for so long when all others are done."""

OnView = Callable[[TailView], None]


class Engine:
    """Runs on one loop; `run` returns when the tail has ended, and whatever happens leaves no task behind."""

    def __init__(self, run: Run, pool: BrokerPool, lookup: Lookup, on_view: OnView | None = None) -> None:
        self.state = run
        self.view: TailView = run_view_of(run)
        self._pool = pool
        self._lookup = lookup
        self._on_view = on_view
        self._readers: dict[int, tuple[Reader, asyncio.Task[None]]] = {}
        self._looked_at = 0.0
        self._unknown_since: float | None = None
        self._idle_since: float | None = None

    async def run(self) -> None:
        """Until it ends or is cancelled."""
        publishing = asyncio.create_task(self._publish())
        try:
            await self._coordinate()
        except AdapterError as error:
            self.state.fail(error)
        except Exception as error:
            log.exception("the tail of %s failed", self.state.spec.topic)
            self.state.fail(
                AdapterError(f"unexpected {type(error).__name__}: {error}; the log has the details")
            )
        finally:
            publishing.cancel()
            tasks = [task for _, task in self._readers.values()]
            for task in tasks:
                task.cancel()
            await asyncio.wait([publishing, *tasks])
            if self.state.stopped is None:
                self.state.finish(StopReason.INTERRUPT, "It was stopped.")
            self.state.state = TailState.ENDED
            self._tell()

    def begin_again(self, pool: BrokerPool, lookup: Lookup) -> None:
        """After an end, over new connections."""
        self._pool, self._lookup = pool, lookup
        self._readers.clear()
        self._looked_at, self._unknown_since, self._idle_since = 0.0, None, None

    async def _coordinate(self) -> None:
        run = self.state
        while run.stopped is None:
            run.wake.clear()
            await self._look()
            if run.stopped is None:
                await place(run, self._lookup)
                await put_in_range(run, self._lookup)
            if run.stopped is None and self._must_learn():
                await self._learn()
            run.choose()
            self._staff()
            self._finish_if_done()
            self._name_state()
            if run.stopped is None:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._until_next_look()):
                await self.state.wake.wait()
        except TimeoutError:
            return

    def _until_next_look(self) -> float:
        is_troubled = any(self._is_troubled(spot) for spot in self.state.spots.values())
        pause = _TROUBLED_S if is_troubled or self._unknown_since is not None else _LOOK_S
        return max(0.01, self._looked_at + pause - _now()) if not is_troubled else _TROUBLED_S / 2

    def _is_troubled(self, spot: Spot) -> bool:
        return spot.is_read and (spot.trouble is not None or spot.position is None or spot.leader < 0)

    async def _look(self) -> None:
        """Ask who leads the partitions, when it is time or somebody needs to know."""
        run, now = self.state, _now()
        is_needed = any(spot.needs_leader or spot.leader < 0 for spot in run.spots.values())
        pause = _TROUBLED_S if is_needed or self._unknown_since is not None else _LOOK_S
        if run.spots and now - self._looked_at < pause:
            return
        is_first = not run.spots and self._unknown_since is None
        try:
            found = await self._lookup.find()
        except (NotPermitted, NotSupported, WrongCluster) as error:
            run.fail(error)
            return
        except AdapterError as error:
            if not run.spots:
                run.fail(error)
            else:
                run.note(f"Who leads the partitions is not known: {error}.")
            return
        finally:
            self._looked_at = _now()
        if found is None:
            self._is_unknown(is_first)
        else:
            self._unknown_since = None
            self._take(found)

    def _is_unknown(self, is_first: bool) -> None:
        run, now = self.state, _now()
        if self._unknown_since is None:
            self._unknown_since = now
        if now - self._unknown_since < _GONE_S:
            return
        if run.spots:
            run.finish(StopReason.DELETED, f"The topic {run.spec.topic} was deleted.")
        else:
            run.fail(no_such_topic(run.spec.topic))

    def _take(self, found: TopicNow) -> None:
        run = self.state
        if run.spots and run.topic_id is not None and found.id not in (None, run.topic_id):
            run.finish(
                StopReason.DELETED,
                f"The topic {run.spec.topic} was deleted, and another one was created with its name.",
            )
            return
        run.topic_id = found.id
        before = len(run.spots)
        for partition in found.partitions:
            spot = run.spots.get(partition.index)
            if spot is None:
                if before and not run.spec.follows:
                    continue
                spot = run.spots[partition.index] = Spot(partition.index, is_added=before > 0)
            if partition.leader_epoch >= spot.leader_epoch or spot.leader < 0:
                spot.leader, spot.leader_epoch = partition.leader, partition.leader_epoch
            spot.needs_leader = False
            if partition.leader < 0:
                spot.trouble = "it has no leader now"
        absent = sorted((run.filter.partitions or frozenset()) - run.spots.keys())
        if not before and absent:
            run.fail(
                BadSettings(
                    f"topic {run.spec.topic} has {len(run.spots)} partitions, 0 to {len(run.spots) - 1}:"
                    f" there is no partition {absent[0]}"
                )
            )
        if before and len(run.spots) > before:
            self._was_expanded(before)
        run.is_dirty = True

    def _was_expanded(self, before: int) -> None:
        run = self.state
        run.note(f"Partitions were added: {before} before, {len(run.spots)} now.")
        if run.filter.exact_key is not None:
            why = f"partitions were added while it was read ({before} before, {len(run.spots)} now)"
            run.distrust(why)

    def _must_learn(self) -> bool:
        run = self.state
        wants = run.filter.exact_key is not None and run.filter.partitions is None
        is_placed = all(spot.position is not None or spot.leader < 0 for spot in run.spots.values())
        return wants and run.learner is None and run.why_distrusted is None and is_placed

    async def _learn(self) -> None:
        run = self.state
        run.learner = Learner(len(run.spots))
        if len(run.spots) > 1 and not run.spec.reads_all_partitions:
            run.state = TailState.SAMPLING
            run.is_dirty = True
            await Sampling(run, self._pool, run.learner).take()
        run.judge()

    def _staff(self) -> None:
        """A reader for every broker that has something for us; nobody waits for one whose partitions moved away."""
        run, now = self.state, _now()
        for node, (reader, task) in list(self._readers.items()):
            if task.done():
                del self._readers[node]
                if not task.cancelled() and (error := task.exception()) is not None:
                    raise error
            elif reader.asked and all(not spot.is_read or spot.node(now) != node for spot in reader.asked):
                reader.abandon()
        for spot in run.spots.values():
            node = spot.node(now)
            if node >= 0 and node not in self._readers and _is_due(spot, now):
                reader = Reader(run, node, self._pool.link(node, Lane.TAIL, timeout_s=ANSWER_S))
                task = asyncio.create_task(reader.read(), name=f"tail of broker {node}")
                self._readers[node] = reader, task
                task.add_done_callback(lambda _: run.wake.set())

    def _finish_if_done(self) -> None:
        run, now = self.state, _now()
        if run.spec.follows or not run.spots or run.stopped is not None:
            return
        read = [spot for spot in run.spots.values() if spot.is_read]
        left = [spot for spot in read if not spot.is_done or spot.pending]
        if not left:
            run.finish(StopReason.END, "Everything up to the end was read.")
        elif all(self._is_troubled(spot) for spot in left):
            self._idle_since = now if self._idle_since is None else self._idle_since
            if now - self._idle_since > _PATIENCE_S:
                run.fail(Unreadable(left))
        else:
            self._idle_since = None

    def _name_state(self) -> None:
        run = self.state
        if run.stopped is not None:
            return
        is_placed = any(spot.position is not None for spot in run.spots.values())
        has_more = any(spot.behind > 0 for spot in run.spots.values())
        state = TailState.STARTING
        if is_placed:
            state = TailState.READING if has_more else TailState.WAITING
        if state is not run.state:
            run.state, run.is_dirty = state, True

    async def _publish(self) -> None:
        """A new view, at most twenty times a second, when something is different."""
        while True:
            has_pace = self.state.mark()
            if self.state.is_dirty or has_pace:
                self._name_state()
                self._tell()
            await asyncio.sleep(VIEW_S)

    def _tell(self) -> None:
        self.state.is_dirty = False
        self.view = self.state.view()
        if self._on_view is not None:
            self._on_view(self.view)

    def abandon_all(self) -> None:
        """What is under way is not wanted any more."""
        for reader, _ in self._readers.values():
            reader.abandon()


def no_such_topic(name: str) -> Refused:
    """There is no such topic, or this principal may not see it."""
    code = Code.UNKNOWN_TOPIC_OR_PARTITION
    return Refused(code, code.name, f"There is no topic {name}, or this principal may not see it.")


class Unreadable(AdapterError):
    """Partitions could not be read to their ends."""

    def __init__(self, spots: list[Spot]) -> None:
        first = spots[0]
        more = f", and {len(spots) - 1} more" if len(spots) > 1 else ""
        why = first.trouble or "it has no leader"
        super().__init__(f"Partition {first.partition} could not be read to its end: {why}{more}.")


def run_view_of(run: Run) -> TailView:
    """The view before anything is known."""
    return TailView(spec=run.spec)


def _is_due(spot: Spot, now: float) -> bool:
    return (
        spot.is_read
        and spot.position is not None
        and not spot.is_done
        and not spot.is_out_of_range
        and spot.holder is None
        and now >= spot.not_before
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
