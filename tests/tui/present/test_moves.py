from __future__ import annotations

from ktui.adapters.operate.moving import Moving
from ktui.adapters.operate.throttle import Throttled
from ktui.tui.present.moves import COLUMNS, Pace, rows, summary, throttle_remark
from ktui.widgets.cells import plain


def move(copied: int | None, total: int | None = 1000, index: int = 0) -> Moving:
    return Moving("orders", index, 1, (3,), (2,), (1, 2, 3), copied, total)


def cells(one: Moving, pace: Pace) -> list[str]:
    (row,) = rows([one], pace, frozenset())
    assert len(row.cells) == len(COLUMNS)
    return [plain(cell) for cell in row.cells]


def test_how_far_and_how_fast_by_two_looks() -> None:
    pace = Pace()
    pace.take([move(100)], 10.0)
    assert cells(move(100), pace)[2:] == ["2", "3", "10%", "100", "1000", "?", "?"]
    pace.take([move(300)], 12.0)
    assert cells(move(300), pace)[4:] == ["30%", "300", "1000", "100", "7s"]
    assert summary([move(300)], pace) == "1 partition, 30% done, 100 bytes/s"


def test_what_brokers_do_not_tell_is_not_zero() -> None:
    pace = Pace()
    pace.take([move(None)], 10.0)
    assert cells(move(None), pace)[4:] == ["?", "?", "1000", "?", "?"]
    assert summary([move(None)], pace) == "1 partition"
    assert summary([], pace) == "none"


def test_a_copy_that_begins_anew_has_no_negative_rate() -> None:
    pace = Pace()
    pace.take([move(500)], 10.0)
    pace.take([move(5)], 12.0)
    assert pace.of(move(5)) is None


def test_an_empty_partition_is_through_at_once() -> None:
    assert cells(move(0, 0), Pace())[4] == "100%"


def test_the_throttle_is_told_by_the_slowest_broker() -> None:
    assert plain(throttle_remark(Throttled({1: 5000, 2: 1000}, ()))) == "throttled to 1.0k bytes/s"
    assert throttle_remark(Throttled({}, ("orders",))) == ()


def test_marked_rows() -> None:
    (row,) = rows([move(1)], Pace(), frozenset({("orders", 0)}))
    assert row.marked
