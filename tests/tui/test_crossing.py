from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from ktui.tui.crossing import LEAST_GAP_S, MOST_GAP_S, Crossing, Gap
from tests.tui.builders import kraft, small


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_one_wake_for_many_snapshots_and_the_newest_wins() -> None:
    woken: list[int] = []
    crossing = Crossing(lambda: woken.append(1))
    last = small()
    for snapshot in (small(), small(), last):
        crossing.put(snapshot)
    assert woken == [1]
    assert crossing.take() is last
    assert crossing.take() is None
    crossing.put(small())
    assert woken == [1, 1]


def test_sums_are_made_on_the_feeds_side() -> None:
    crossing = Crossing(lambda: None)
    snapshot = kraft(small().topics)
    crossing.put(snapshot)
    assert {"health", "shares", "_partition_ends", "_topic_ends"} <= vars(snapshot.topics).keys()


def test_a_slow_screen_is_told_less_often() -> None:
    gap = Gap()
    gap.judge(0.01)
    assert gap.seconds == 0
    seen = []
    for _ in range(6):
        gap.judge(0.5)
        seen.append(gap.seconds)
    assert seen == [LEAST_GAP_S, 0.25, 0.5, 1.0, MOST_GAP_S, MOST_GAP_S]
    for _ in range(5):
        gap.judge(0.0)
    assert gap.seconds == 0
