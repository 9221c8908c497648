"""What is shown after which samples: gaps, restarts, holes that are filled, and no spike anywhere."""

from __future__ import annotations

import pytest

from ktui.adapters.rates.keys import CLUSTER, BytesRate, Method
from tests.adapters.rates.sampling import CLOCK, EPOCH, Cluster, topic


def test_the_first_sample_is_no_rate() -> None:
    cluster = Cluster(topic())
    view = cluster.ticks("t", 500)
    assert view.per_s("t") is None
    assert view.per_s(CLUSTER) is None
    assert view.spark("t", 2) == (None, None)


def test_steady() -> None:
    view = Cluster(topic()).ticks("t", *range(0, 1000, 100))
    assert view.messages_per_s("t") == view.per_s(1) == view.per_s(CLUSTER) == 100
    assert view.per_s(2) == 0
    assert view.spark("t", 4) == (100.0,) * 4
    assert view.busiest(3) == ("t",)


def test_idle_is_zero_and_not_unknown_without_costing_history() -> None:
    cluster = Cluster(topic())
    view = cluster.ticks("t", 5, 5, 5, 5)
    assert view.per_s("t") == 0
    assert view.spark("t", 5) == (None, None, 0, 0, 0)
    assert len(cluster.store.topics) == 0
    assert view.busiest(3) == ()


def test_a_topic_that_begins_to_move_was_idle_before() -> None:
    view = Cluster(topic()).ticks("t", 5, 5, 5, 25)
    assert view.spark("t", 4) == (None, 0, 0, 20)


def test_steps_up_down_and_to_zero_are_shown_within_two_seconds() -> None:
    cluster, offset = Cluster(topic()), 0
    for rate, seconds in ((10, 6), (1000, 6), (20_000, 6), (10, 6), (0, 6)):
        for second in range(seconds):
            offset += rate
            view = cluster.ticks("t", offset)
            if second >= 1:
                assert view.per_s("t") == rate
                assert view.spark("t", 1) == (rate,)


def test_a_broker_that_does_not_answer_leaves_a_gap_on_its_topics_only() -> None:
    cluster = Cluster(topic("a", (1,)), topic("b", (2,)))
    for n in range(5):
        cluster.tick({"a": [n * 10], "b": [n * 10]})
    for n in range(5, 10):
        cluster.brokers[2] = False
        view = cluster.tick({"a": [n * 10]}, failed={"b": [0]})
    assert view.spark("a", 6) == (10.0,) * 6
    assert view.spark("b", 7) == (10, 10, None, None, None, None, None)
    assert view.per_s("a") == view.per_s(1) == 10
    assert view.per_s("b") is view.per_s(2) is view.per_s(CLUSTER) is None
    cluster.brokers[2] = True
    for n in range(10, 13):
        view = cluster.tick({"a": [n * 10], "b": [10**7 + n * 10]})
    assert view.spark("b", 5) == (None, None, None, 10, 10)
    assert view.per_s(CLUSTER) == 20


def test_a_single_missing_sample_is_a_gap_and_the_number_stays() -> None:
    cluster = Cluster(topic())
    view = cluster.ticks("t", 0, 10, 20, None)
    assert view.spark("t", 2) == (10, None)
    assert view.per_s("t") == 10
    view = cluster.ticks("t", None)
    assert view.per_s("t") is None


def test_a_late_sample_fills_the_hole_that_it_covers() -> None:
    view = Cluster(topic()).ticks("t", 0, 10, 20, None, None, 50)
    assert view.spark("t", 6) == (None, 10, 10, 10, 10, 10)


def test_a_failed_sample_is_not_filled_in() -> None:
    cluster = Cluster(topic())
    cluster.ticks("t", 0, 10, 20)
    cluster.tick({}, failed={"t": [0]})
    view = cluster.ticks("t", 5000, 5010)
    assert view.spark("t", 5) == (10, 10, None, None, 10)


def test_one_partition_without_a_sample_makes_the_sum_unknown() -> None:
    cluster = Cluster(topic("t", (1, 2)))
    for n in range(4):
        cluster.tick({"t": [n * 10, n * 10]})
    view = cluster.tick({"t": [40, None]})
    assert view.spark("t", 2) == (20, None)
    assert view.per_s(1) == 10
    assert view.spark(1, 1) == (10,)
    assert view.spark(2, 1) == (None,)


def test_truncation_recreation_and_added_partitions_make_no_negative_and_no_spike() -> None:
    cluster = Cluster(topic())
    cluster.ticks("t", 1000, 1010, 1020, 300, 310, 320)
    assert cluster.view.spark("t", 6) == (None, 10, 10, None, 10, 10)
    cluster.tracks["t"].follow(topic(id_=b"2" * 16))
    cluster.ticks("t", 90_000, 90_010)
    cluster.tracks["t"].follow(topic(leaders=(1, 2), id_=b"2" * 16))
    cluster.tick({"t": [90_020, 50_000]})
    view = cluster.tick({"t": [90_030, 50_010]})
    assert view.spark("t", 4) == (None, 10, None, 20)
    known = [value for value in view.spark("t", 300) if value is not None]
    assert min(known) >= 0
    assert max(known) == 20


def test_new_topics_do_not_make_the_cluster_unknown() -> None:
    cluster = Cluster(topic("a"))
    cluster.ticks("a", 0, 10)
    cluster.tracks["b"] = type(cluster.tracks["a"])(topic("b"))
    view = cluster.tick({"a": [20], "b": [700]})
    assert view.per_s(CLUSTER) == view.per_s(1) == 10
    assert view.per_s("b") is None


def test_a_broker_that_is_gone_does_not_make_the_cluster_unknown() -> None:
    cluster = Cluster(topic())
    cluster.brokers[3] = None
    view = cluster.ticks("t", 0, 10)
    assert view.per_s(CLUSTER) == 10
    assert view.per_s(3) is None


def test_topics_that_take_turns_are_filled_in_when_their_turn_comes() -> None:
    cluster = Cluster(topic(), patience_s=4.0)
    view = cluster.ticks("t", 0, None, None, 30, None, None, 60)
    assert view.spark("t", 6) == (10, 10, 10, 10, 10, 10)
    view = cluster.ticks("t", None)
    assert view.per_s("t") == view.per_s(CLUSTER) == 10


def test_topics_that_rest_are_zero_until_there_is_doubt() -> None:
    cluster = Cluster(topic())
    cluster.ticks("t", 0, 10, 20, 20)
    track = cluster.tracks.pop("t")
    cluster.store.rest(track)
    assert cluster.tick({}).per_s("t") == 0
    cluster.store.doubt(["t"])
    assert cluster.tick({}).per_s("t") is None
    cluster.store.trust(["t"], CLOCK)
    assert cluster.tick({}).spark("t", 3) == (0, None, 0)


def test_a_topic_that_rested_and_moved_is_spread_over_the_time_between() -> None:
    cluster = Cluster(topic())
    cluster.ticks("t", 0, 10, 20, 20)
    track = cluster.tracks.pop("t")
    cluster.store.rest(track)
    for _ in range(10):
        cluster.tick({})
    back = Cluster(topic()).tracks["t"]
    back.knows(0, 20, CLOCK + 3.9)
    back.take((0,), (120,), CLOCK + 13.9)
    cluster.store.wake("t")
    cluster.store.spread(back, CLOCK + 4, EPOCH + 14, CLOCK + 14)
    cluster.tracks["t"] = back
    view = cluster.tick({"t": [130]})
    assert view.spark("t", 13) == (10, 0, *(pytest.approx(10.0),) * 11)


def test_a_topic_that_is_gone_leaves_nothing_to_the_next_of_its_slot() -> None:
    cluster = Cluster(topic("a"))
    cluster.ticks("a", 0, 10, 20)
    del cluster.tracks["a"]
    cluster.store.forget(["a"])
    cluster.tracks["b"] = type(Cluster(topic("b")).tracks["b"])(topic("b"))
    view = cluster.ticks("b", 0, 5)
    assert view.per_s("a") is None
    assert view.spark("b", 5) == (None, None, None, None, 5)


def test_partitions_are_kept_only_while_somebody_looks() -> None:
    cluster = Cluster(topic("t", (1, 2)), topic("u"))
    cluster.store.partitions.keep([("t", 2)])
    for n in range(7):
        view = cluster.tick({"t": [n * 10, n * 30], "u": [n]})
    assert view.spark(("t", 1), 3) == (30, 30, 30)
    assert view.per_s(("t", 0)) == 10
    assert view.per_s(("u", 0)) is None
    assert cluster.tick({"t": [70, None], "u": [8]}).spark(("t", 1), 2) == (30, None)
    cluster.store.partitions.keep([])
    assert cluster.tick({"t": [80, 240]}).per_s(("t", 0)) is None


def test_at_most_5000_partitions_have_a_history() -> None:
    cluster = Cluster(topic("a", (1,) * 3000), topic("b", (1,) * 3000))
    cluster.store.partitions.keep([("a", 3000), ("b", 3000)])
    cluster.tick({"a": [0] * 3000, "b": [0] * 3000})
    view = cluster.tick({"a": [1] * 3000, "b": [1] * 3000})
    assert view.per_s(("a", 2999)) == view.per_s(("b", 1999)) == 1
    assert view.per_s(("b", 2000)) is None


def test_memory_is_kept_and_its_lack_is_said() -> None:
    names = [f"t{n}" for n in range(200)]
    room = 200 * 4 * 50 + 100_000
    cluster = Cluster(*(topic(name) for name in names), memory_bytes=room)
    for n in range(80):
        view = cluster.tick({name: [n * 10] for name in names})
    assert cluster.store.topics.frames.bytes + cluster.store.totals.slots.frames.bytes <= room
    assert view.shortened is not None
    assert "200 topics" in view.shortened
    assert view.per_s("t7") == 10
    assert Cluster(topic()).ticks("t", 0, 1).shortened is None


def test_histories_have_the_step_of_their_span_and_a_fine_end() -> None:
    cluster = Cluster(topic())
    view = cluster.ticks("t", *range(0, 4000, 10))
    minute = view.history("t", 60)
    assert [point.value for point in minute] == [10.0] * 60
    assert minute[-1].at == view.at
    assert minute[-1].at - minute[0].at == 59
    hour = view.history(CLUSTER, 3600)
    assert hour[1].at - hour[0].at == 10
    assert hour[-1].at == view.at
    assert [point.at for point in hour] == sorted(point.at for point in hour)


def test_bytes_are_messages_times_the_mean_record_and_say_so() -> None:
    cluster = Cluster(topic("t", (1, 2)), topic("idle"))
    for n in range(4):
        cluster.tick({"t": [n * 10, n * 10], "idle": [0]})
        for broker in (1, 2):
            sizes = {"t": {broker - 1: 50_000 + n * 10 * 70}}
            for _ in cluster.store.sizes.observe(broker, sizes, cluster.clock, cluster.tracks.values()):
                pass
    view = cluster.tick({"t": [40, 40], "idle": [0]})
    assert view.record_bytes("t") == pytest.approx(70)
    assert view.bytes_per_s("t") == (pytest.approx(1400), Method.LOG_GROWTH)
    assert view.bytes_per_s(1) == (pytest.approx(700), Method.LOG_GROWTH)
    assert view.bytes_per_s(CLUSTER) == (pytest.approx(1400), Method.LOG_GROWTH)
    assert view.bytes_per_s("idle") == BytesRate(0.0, Method.LOG_GROWTH)
    assert view.bytes_per_s("nobody") is None
