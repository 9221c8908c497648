from __future__ import annotations

import random

import pytest

from ktui.adapters.kafka.poll.allowance import SAVED_S, Allowance


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("seed", range(20))
def test_the_mean_stays_under_the_limit_however_uneven_the_answers_are(seed: int) -> None:
    rng, clock = random.Random(seed), Clock()
    limit = rng.choice([10_000, 250_000])
    allowance, moved, began = Allowance(limit, clock=clock), 0, clock.now
    for _ in range(500):
        moved += rng.choice([100, 5_000, 400_000])
        clock.now += allowance.wait_s(moved) + rng.random()
        assert moved <= limit * (clock.now - began + SAVED_S) + 1


def test_what_was_not_spent_is_not_saved_for_long() -> None:
    clock = Clock()
    allowance = Allowance(1_000, clock=clock)
    clock.now += 3_600
    assert allowance.wait_s(0) == 0
    assert allowance.wait_s(15_000) == pytest.approx(15 - SAVED_S)
