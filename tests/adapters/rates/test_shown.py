from __future__ import annotations

import pytest

from ktui.adapters.rates.shown import Shown


def shown(*rates: float) -> Shown:
    made = Shown()
    for rate in rates:
        made.add(rate, 1.0)
    return made


def test_the_mean_of_the_last_five_seconds() -> None:
    assert shown(100, 110, 90, 105, 95).value == 100
    assert shown(70, 100, 100, 100, 100, 100).value == 100


@pytest.mark.parametrize(
    ("before", "after"),
    [(10, 0), (1000, 0), (1000, 2000), (1000, 400), (0, 10), (0, 20_000), (20_000, 9_000)],
)
def test_a_step_is_shown_with_the_first_whole_sample(before: float, after: float) -> None:
    assert shown(*[before] * 9, after).value == after
    between = before + 0.6 * (after - before)
    assert shown(*[before] * 9, between, after).value == pytest.approx(after, rel=0.35, abs=0.1)


def test_a_small_change_moves_the_mean() -> None:
    assert shown(*[1000] * 9, 1400).value == 1080


def test_single_records_are_no_steps() -> None:
    value = shown(*[1, 1, 1, 0, 2, 1, 0, 2, 1, 1, 1]).value
    assert value is not None
    assert 0.5 < value < 1.5


@pytest.mark.parametrize("last", [0.5, 1, 3, 5, 8])
def test_the_rest_of_a_second_before_the_end_does_not_linger(last: float) -> None:
    assert shown(*[10] * 9, last, 0).value == 0


def test_samples_count_by_their_length() -> None:
    made = Shown()
    made.add(100, 4.0)
    assert made.add(60, 1.0) == 92


def test_forgotten() -> None:
    made = shown(5, 5)
    made.forget()
    assert made.value is None
    assert made.add(7, 1.0) == 7
