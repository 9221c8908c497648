from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.errors import ConnectFailed, NotPermitted, Step
from ktui.adapters.kafka.error_code_list import Code
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.tail.fetch_wire import Fetched, Part
from ktui.adapters.kafka.tail.keeping import Keeper
from ktui.adapters.kafka.tail.reader import Reader
from ktui.adapters.kafka.tail.run import Run
from ktui.adapters.kafka.tail.spot import Spot
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import EARLIEST
from ktui.adapters.tail.view import StopReason
from tests.adapters.kafka.tail.made_batches import Made, batch


class DeadLink:
    async def versions(self) -> dict[int, VersionRange]:
        raise ConnectFailed("h:1", Step.CONNECT, "connection refused")

    async def request(self, *arguments: Any, is_flexible: bool) -> bytes:
        raise AssertionError("nothing can be sent")


def of_one(**given: Any) -> tuple[Run, Spot, Reader]:
    run = Run(TailSpec("t", EARLIEST), Keeper(1 << 20, None))
    spot = run.spots[0] = Spot(0, leader=1, leader_epoch=4, start=0, position=0, **given)
    return run, spot, Reader(run, 1, DeadLink())


def answer(records: bytes = b"", **given: Any) -> Fetched:
    whole: dict[str, Any] = {
        "partition": 0, "error": 0, "high_watermark": 9, "last_stable": 9, "log_start": 0, "aborted": (),
        "preferred": -1, "start": 0, "end": len(records), "diverged_at": -1, **given,
    }  # fmt: skip
    return Fetched(records, 0, 0, (Part(**whole),))


DATA = batch([Made(n, 1, b"k", b"v", []) for n in range(3)], last=5)


async def test_the_position_is_after_the_batch() -> None:
    run, spot, reader = of_one()
    assert reader._claimed() == [spot]
    (job,) = reader._taken(answer(DATA, high_watermark=12, last_stable=9), [spot])
    assert (spot.position, spot.end, spot.pending, spot.behind, spot.held_back) == (6, 9, 1, 3, 3)
    await reader._work_through([job], run.generation)
    assert (run.seen, run.matched, spot.pending) == (3, 3, 0)


async def test_what_was_handed_on_is_left_to_the_other() -> None:
    _, spot, reader = of_one()
    reader._claimed()
    spot.leader = 2
    reader._hand_on()
    assert spot.holder is None
    assert reader._taken(answer(DATA), [spot]) == []
    assert spot.position == 0


async def test_a_generation_that_is_over_gives_nothing() -> None:
    run, spot, reader = of_one()
    reader._claimed()
    jobs = reader._taken(answer(DATA), [spot])
    run.restart_places()
    await reader._work_through(jobs, run.generation - 1)
    assert (run.seen, spot.position) == (0, None)


async def test_a_broker_that_does_not_answer() -> None:
    run, spot, reader = of_one()
    await reader.read()
    assert spot.trouble == "h:1: connect: connection refused"
    assert (spot.needs_leader, spot.holder, spot.failures) == (True, None, 1)
    assert run.stopped is None
    assert reader._claimed() == []


@pytest.mark.parametrize(
    ("code", "is_out_of_range"),
    [
        (Code.OFFSET_OUT_OF_RANGE, True),
        (Code.NOT_LEADER_OR_FOLLOWER, False),
        (Code.FENCED_LEADER_EPOCH, False),
    ],
)
async def test_refusals_of_a_partition(code: Code, is_out_of_range: bool) -> None:
    run, spot, reader = of_one()
    reader._claimed()
    assert reader._taken(answer(error=code), [spot]) == []
    assert (spot.is_out_of_range, spot.needs_leader) == (is_out_of_range, not is_out_of_range)
    assert spot.trouble is not None
    assert run.wake.is_set()


async def test_a_missing_right_ends_it() -> None:
    run, spot, reader = of_one()
    reader._claimed()
    reader._taken(answer(error=Code.TOPIC_AUTHORIZATION_FAILED), [spot])
    assert (run.stopped, run.sentence) == (StopReason.FAILED, "needs Read on topic t")
    assert isinstance(run.error, NotPermitted)


async def test_a_log_that_was_cut_back() -> None:
    run, spot, reader = of_one()
    spot.position, spot.last_epoch = 120, 4
    reader._claimed()
    assert reader._taken(answer(diverged_at=100), [spot]) == []
    assert (spot.position, spot.last_epoch) == (100, -1)
    assert "cut back to offset 100" in run.view().notes[0]


async def test_a_follower_that_is_nearer() -> None:
    _, spot, reader = of_one()
    reader._claimed()
    assert reader._taken(answer(preferred=3), [spot]) == []
    reader._hand_on()
    assert (spot.preferred, spot.holder) == (3, None)
    assert reader._claimed() == []
    near = Reader(reader._run, 3, DeadLink())
    assert near._claimed() == [spot]
    near._taken(answer(error=Code.OFFSET_OUT_OF_RANGE), [spot])
    assert (spot.preferred, spot.is_out_of_range) == (None, False)


async def test_a_batch_that_does_not_fit_is_asked_for_with_more() -> None:
    run, spot, reader = of_one()
    reader._claimed()
    assert reader._taken(answer(DATA[:-1]), [spot]) == []
    assert spot.max_bytes == 2 * run.budget.partition_bytes
    (ask,) = reader._asks([spot])
    assert (ask.max_bytes, ask.epoch) == (spot.max_bytes, 4)


async def test_malformed_records_are_trouble_of_the_partition() -> None:
    _, spot, reader = of_one()
    reader._claimed()
    assert reader._taken(answer(b"\xff" * 80), [spot]) == []
    assert spot.trouble is not None
    assert spot.position == 0
