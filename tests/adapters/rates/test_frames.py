from __future__ import annotations

from array import array
from math import nan

from ktui.adapters.rates.frames import TIERS, Frame, Frames, Tier, limits_for

FULL = tuple(tier.count for tier in TIERS)
EMPTY = array("f")


def pushed(frames: Frames, clock: float, values: list[float], limits: tuple[int, ...] = FULL) -> None:
    for _ in frames.push(Frame(1e9 + clock, clock, array("f", values)), limits):
        pass


def tier(frames: Frames, number: int, slot: int = 0) -> list[float | None]:
    return [frame.value(slot) for frame in frames.picture()[number]]


def test_coarse_moments_are_means() -> None:
    frames = Frames()
    for second in range(601):
        pushed(frames, second, [second, 7.0])
    fine, medium, coarse = (tier(frames, number) for number in range(3))
    assert len(fine) == 300
    assert len(medium) == 60
    assert medium[0] == 5.5
    assert medium[-1] == 595.5
    assert len(coarse) == 2
    assert coarse == [155.5 - 5, 450.5]
    assert tier(frames, 2, slot=1) == [7.0, 7.0]
    assert frames.picture()[1][-1].at == 1e9 + 600


def test_a_day_takes_no_more_than_its_moments() -> None:
    frames = Frames((Tier(1, 3), Tier(10, 4), Tier(30, 5)))
    for second in range(2000):
        pushed(frames, second, [1.0], (3, 4, 5))
    assert [len(kept) for kept in frames.picture()] == [3, 4, 5]


def test_a_mean_is_known_when_half_of_it_is() -> None:
    frames = Frames()
    for second in range(21):
        pushed(frames, second, [8.0 if second % 10 < 5 else nan, 8.0 if second % 10 < 4 else nan])
    assert tier(frames, 1, slot=0) == [8.0, 8.0]
    assert tier(frames, 1, slot=1) == [None, None]


def test_slots_that_came_later_were_not_known_before() -> None:
    frames = Frames()
    for second in range(11):
        pushed(frames, second, [1.0] if second < 4 else [1.0, 6.0])
    assert tier(frames, 0, slot=1)[:5] == [None, None, None, None, 6.0]
    assert tier(frames, 1, slot=1) == [6.0]


def test_filling_a_hole_leaves_the_rest() -> None:
    frames = Frames()
    for second in range(6):
        pushed(frames, second, [1.0] if second < 2 else [nan])
    frames.fill(0, after=1, until=4, value=9.0)
    assert tier(frames, 0) == [1.0, 1.0, 9.0, 9.0, 9.0, None]
    frames.fill(3, after=4, until=5, value=2.0)
    assert tier(frames, 0, slot=3) == [None] * 5 + [2.0]


def test_wiping() -> None:
    frames = Frames()
    for second in range(12):
        pushed(frames, second, [1.0, 2.0])
    frames.wipe(0)
    assert set(tier(frames, 0) + tier(frames, 1)) == {None}
    assert set(tier(frames, 0, slot=1)) == {2.0}


def test_the_coarsest_go_first_when_room_is_short() -> None:
    a_slot = 4
    assert limits_for(TIERS, 1000, 32_000_000) == (300, 360, 288)
    assert limits_for(TIERS, 1000, 1000 * a_slot * 700) == (300, 360, 40)
    assert limits_for(TIERS, 1000, 1000 * a_slot * 400) == (300, 100, 0)
    assert limits_for(TIERS, 1000, 1000 * a_slot * 20) == (20, 0, 0)
    assert limits_for(TIERS, 10**9, 0) == (1, 0, 0)


def test_short_limits_are_kept() -> None:
    frames = Frames()
    for second in range(40):
        pushed(frames, second, [1.0], (20, 2, 0))
    assert [len(kept) for kept in frames.picture()] == [20, 2, 0]
    assert frames.bytes == 22 * 4
