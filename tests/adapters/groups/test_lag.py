from __future__ import annotations

import pytest

from ktui.adapters.groups.lag import GAP_S, WINDOW_S, Sample, Series, judge
from ktui.adapters.groups.model import LagStatus


def samples(*pairs: tuple[int, int], step_s: float = 10.0) -> list[Sample]:
    """Committed and end, so many seconds apart."""
    return [Sample(number * step_s, committed, end) for number, (committed, end) in enumerate(pairs)]


STANDING = samples((5, 10), (5, 11), (5, 12), (5, 13))


@pytest.mark.parametrize(
    ("told", "is_held", "status"),
    [
        (samples((9, 9)), False, LagStatus.OK),
        (samples((5, 9)), True, None),
        (samples((5, 9), (5, 9), (5, 9), (5, 9), step_s=1), True, None),
        (STANDING, False, LagStatus.STOPPED),
        (STANDING, True, LagStatus.STALLED),
        (samples((5, 5), (5, 6), (5, 7), (5, 8)), True, LagStatus.OK),
        (samples((5, 5), (5, 6), (5, 7), (5, 8)), False, LagStatus.STOPPED),
        (samples((5, 10), (7, 12), (6, 12), (8, 12)), True, LagStatus.REWIND),
        (samples((5, 10), (6, 12), (7, 14), (8, 16)), True, LagStatus.WARNING),
        (samples((5, 10), (6, 11), (7, 12), (8, 13)), True, LagStatus.WARNING),
        (samples((5, 10), (6, 12), (9, 14), (9, 16)), True, LagStatus.OK),
        ([], True, None),
    ],
)
def test_the_rules(told: list[Sample], is_held: bool, status: LagStatus | None) -> None:
    assert judge(told, is_held=is_held) is status


def series(told: list[Sample]) -> Series:
    made = Series()
    for sample in told:
        made.add(sample)
    return made


def test_the_trend_is_that_of_the_window() -> None:
    assert series(samples((0, 0))).trend is None
    assert series(samples((0, 100), (0, 200))).trend == 10.0
    assert series(samples((0, 100), (90, 100))).trend == -9.0
    early = [Sample(0, 0, 1_000_000), *(Sample(WINDOW_S + 10 + i * 10, 0, 1_000_000) for i in range(3))]
    assert series(early).trend == 0.0


def test_a_gap_or_another_topic_begins_a_new_series() -> None:
    gap = [Sample(0, 5, 10), Sample(GAP_S + 1, 5, 10)]
    assert series(gap).trend is None
    again = samples((50, 100), (0, 3))
    assert series(again).trend is None
    assert judge([Sample(0, 12, 10)], is_held=True) is LagStatus.OK
