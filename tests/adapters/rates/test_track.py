"""Rates of scripted samples: no negative, no spike, whatever happens to a log."""

from __future__ import annotations

from math import inf, isnan

from ktui.adapters.rates.track import NEVER, Track
from tests.adapters.rates.sampling import topic

OTHER_ID = b"2" * 16


def track(*leaders: int) -> Track:
    return Track(topic(leaders=leaders or (1,)))


def test_a_rate_needs_two_samples_and_the_time_between_them() -> None:
    made = track()
    made.take((0,), (100,), 10.0)
    assert isnan(made.rate())
    made.take((0,), (350,), 12.5)
    assert made.rate() == 100
    assert made.sampled_at() == made.moved_at == 12.5


def test_each_answer_counts_with_its_own_time() -> None:
    made = track(1, 2)
    made.take((0,), (0,), 10.0)
    made.take((1,), (0,), 10.5)
    made.take((0,), (100,), 11.0)
    made.take((1,), (100,), 12.5)
    assert made.rate() == 150
    assert made.sampled_at() == 11.0


def test_a_log_that_was_cut_begins_anew() -> None:
    made = track()
    for at, offset in ((1, 1000), (2, 1100), (3, 900)):
        made.take((0,), (offset,), at)
    assert isnan(made.rate())
    made.take((0,), (950,), 4)
    assert made.rate() == 50


def test_a_recreated_topic_begins_anew_also_when_it_is_ahead_already() -> None:
    made = track()
    made.take((0,), (10,), 1)
    made.take((0,), (20,), 2)
    assert made.follow(topic(id_=OTHER_ID))
    made.take((0,), (5000,), 3)
    assert isnan(made.rate())
    made.take((0,), (5010,), 4)
    assert made.rate() == 10


def test_a_lower_leader_epoch_is_another_topic() -> None:
    made = track()
    made.take_epochs((0,), (5,))
    made.take((0,), (10,), 1)
    made.take_epochs((0,), (0,))
    made.take((0,), (9_000,), 2)
    assert isnan(made.rate())


def test_a_higher_leader_epoch_goes_on() -> None:
    made = track()
    made.take_epochs((0,), (5,))
    made.take((0,), (10,), 1)
    made.take_epochs((0,), (6,))
    made.take((0,), (30,), 2)
    assert made.rate() == 20


def test_added_partitions_are_waited_for_without_a_spike() -> None:
    made = track(1)
    made.take((0,), (10,), 1)
    made.take((0,), (20,), 2)
    assert made.follow(topic(leaders=(1, 2)))
    assert made.sampled_at() == NEVER
    made.take((0, 1), (30, 7000), 3)
    assert isnan(made.rate())
    made.take((0, 1), (40, 7005), 4)
    assert made.rate() == 15


def test_after_a_failure_what_came_meanwhile_belongs_to_no_moment() -> None:
    made = track()
    made.take((0,), (10,), 1)
    made.take((0,), (20,), 2)
    made.fail((0,))
    assert isnan(made.rate())
    made.take((0,), (100_000,), 10)
    assert isnan(made.rate())
    made.take((0,), (100_010,), 11)
    assert made.rate() == 10


def test_a_late_sample_spreads_over_the_time_it_covers() -> None:
    made = track()
    made.take((0,), (10,), 1)
    made.take((0,), (40,), 4)
    assert made.rate() == 10


def test_a_partition_without_a_leader_is_not_waited_for() -> None:
    made = track(1, -1)
    made.take((0,), (10,), 1)
    made.take((0,), (20,), 2)
    assert made.rate() == 10
    assert made.sampled_at() == 2
    assert made.groups == ((1, (0,)),)
    assert made.follow(topic(leaders=(1, 3)))
    assert isnan(made.rate())


def test_nothing_is_known_of_a_topic_without_leaders() -> None:
    made = track(-1, -1)
    assert isnan(made.rate())
    assert made.sampled_at() == inf


def test_a_moved_leader_keeps_the_offsets() -> None:
    made = track(1)
    made.take((0,), (10,), 1)
    assert made.follow(topic(leaders=(2,)))
    made.take((0,), (30,), 2)
    assert made.rate() == 20


def test_nothing_is_to_be_asked_differently_while_leaders_stay() -> None:
    made = track(1, 2)
    same = topic(leaders=(1, 2))
    assert not made.follow(same)
    assert made.table is same.table


def test_offsets_between_samples() -> None:
    made = track()
    assert made.offset_at(0, 1) is None
    made.take((0,), (10,), 1)
    made.take((0,), (20,), 2)
    assert made.offset_at(0, 2.5) == 25
    assert made.offset_at(1, 2.5) is None
