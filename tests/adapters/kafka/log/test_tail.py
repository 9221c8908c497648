"""Only what is committed is given out; what a new leader does not have is withdrawn."""

from __future__ import annotations

import pytest

from ktui.adapters.kafka.log.batches import Damaged
from ktui.adapters.kafka.log.tail import Tail
from tests.adapters.kafka.log.plain_log import Record, batch_of

NO_OP = Record(20, {})


def batch(base: int, size: int = 1, *, epoch: int = 1) -> bytes:
    return batch_of([NO_OP] * size, base, epoch=epoch)


def given(tail: Tail, high_watermark: int) -> list[tuple[int, int]]:
    return [(b.base_offset, b.last_offset) for b in tail.committed(high_watermark)]


def test_what_is_not_committed_is_held() -> None:
    tail = Tail(0, 0)
    tail.read(batch(0, 2) + batch(2) + batch(3, 2))
    assert (tail.next_offset, tail.last_epoch, tail.applied) == (5, 1, 0)
    assert given(tail, -1) == []
    assert given(tail, 3) == [(0, 1), (2, 2)]
    assert (tail.next_offset, tail.applied) == (5, 3)
    assert given(tail, 4) == []
    assert given(tail, 5) == [(3, 4)]


def test_an_answer_may_begin_with_what_was_read_and_end_in_a_cut_batch() -> None:
    tail = Tail(3, 1)
    tail.read(batch(0, 3) + batch(3) + batch(4)[:-1])
    assert given(tail, 10) == [(3, 3)]
    assert tail.next_offset == 4


@pytest.mark.parametrize(
    "records", [batch(5), batch(2, 3), batch(4, epoch=0)], ids=["hole", "overlap", "epoch"]
)
def test_what_does_not_follow_is_damage(records: bytes) -> None:
    with pytest.raises(Damaged, match="does not follow offset 4"):
        Tail(4, 1).read(records)


def test_divergence_withdraws_what_is_held() -> None:
    tail = Tail(3, 1)
    tail.read(batch(3) + batch(4, 2) + batch(6, epoch=2))
    assert tail.diverge(6, 1)
    assert (tail.next_offset, tail.last_epoch) == (6, 1)
    assert tail.diverge(5, 1)
    assert (tail.next_offset, tail.last_epoch) == (4, 1)
    tail.read(batch(4, 2, epoch=3))
    assert given(tail, 6) == [(3, 3), (4, 5)]


@pytest.mark.parametrize(("end_offset", "epoch"), [(2, 1), (9, 0)])
def test_divergence_below_what_was_given_out_is_another_log(end_offset: int, epoch: int) -> None:
    tail = Tail(0, 0)
    tail.read(batch(0, 4))
    tail.committed(4)
    assert not tail.diverge(end_offset, epoch)
