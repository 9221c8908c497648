from __future__ import annotations

import random
from array import array
from typing import Any

import pytest

from ktui.adapters.errors import BadAnswer
from ktui.adapters.rates.exact import Counters
from ktui.adapters.rates.keys import CLUSTER
from ktui.adapters.rates.meter import OwnTraffic
from ktui.adapters.rates.slots import Picture
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.replay.payload import Blobs, join, split
from ktui.adapters.replay.rates_codec import read_moment, read_rates, write_moment, write_rates
from ktui.adapters.replay.rates_state import RatesState
from tests.adapters.rates.sampling import CLOCK, Cluster, topic


class Recorded:
    """A store whose views are written, and what was read again."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.written: RatesView = EMPTY_VIEW
        self.state = RatesState()
        self.bytes: list[int] = []
        store = cluster.store
        self.frames = (store.topics.frames, store.totals.slots.frames)
        for frames in self.frames:
            frames.journal = []

    def take(self) -> RatesView:
        blobs: Blobs = []
        view = self.cluster.view
        notes = [frames.journal or [] for frames in self.frames]
        payload = join(write_moment(view, self.written, *notes, blobs), blobs)
        for frames in self.frames:
            frames.journal = []
        self.written = view
        self.bytes.append(len(payload))
        read_moment(self.state, *split(payload))
        return self.state.view()


def bits(values: array[float]) -> bytes:
    return values.tobytes()


def of_picture(picture: Picture[Any]) -> Any:
    tiers = [[(f.at, f.clock, bits(f.values)) for f in tier] for tier in picture.tiers]
    return dict(picture.slots), tiers, bits(picture.shown)


def everything(view: RatesView) -> dict[str, Any]:
    return {
        "heads": (
            view.at,
            view.clock,
            view.own,
            view.active_period_s,
            view.shortened,
            view.began,
            view.stopped,
        ),
        "topics": of_picture(view.topics),
        "totals": of_picture(view.totals),
        "partitions": {
            name: [(f.at, f.clock, bits(f.values)) for f in frames]
            for name, frames in view.partitions.items()
        },
        "books": (dict(view.quiet), dict(view.record_sizes), dict(view.total_record_sizes)),
        "exact": dict(view.exact),
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_replay_has_the_rates_that_were_there(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"t{number}" for number in range(6)]
    cluster = Cluster(*(topic(name, (1, 2, 3)) for name in names))
    recorded = Recorded(cluster)
    store, offsets = cluster.store, {name: [0, 0, 0] for name in names}
    store.partitions.keep([("t0", 3), ("t1", 2)])
    for _ in range(330):
        happens = rng.random()
        if happens < 0.02:
            store.forget([rng.choice(names)])
        elif happens < 0.06:
            store.rest(cluster.tracks[rng.choice(names)])
        elif happens < 0.1:
            store.trust([rng.choice(names), "elsewhere"], cluster.clock - 5)
        elif happens < 0.12:
            store.spread(cluster.tracks[rng.choice(names)], cluster.clock - 30, 0.0, cluster.clock)
        elif happens < 0.13:
            cluster.brokers = {1: True, 2: rng.choice([True, False, None])}
            store.exact.take(1, Counters(bytes_in=cluster.clock, topic_bytes_in={"t0": 1.0}), cluster.clock)
        for name in names:
            if rng.random() < 0.5:
                offsets[name] = [offset + rng.randint(0, 9) for offset in offsets[name]]
        sampled = {name: offsets[name] for name in names if rng.random() < 0.8}
        failed = {name: [0] for name in names if rng.random() < 0.05}
        cluster.tick(sampled, failed=failed)
        assert everything(recorded.take()) == everything(cluster.view)


def test_rates_are_the_same_after_beginning_in_the_middle() -> None:
    cluster = Cluster(topic("a", (1, 2)), topic("b", (3,)))
    recorded = Recorded(cluster)
    cluster.store.partitions.keep([("a", 2)])
    for second in range(350):
        cluster.tick({"a": [second * 3, second], "b": [0]})
        recorded.take()
    blobs: Blobs = []
    payload = join(write_rates(cluster.view, blobs), blobs)
    other = read_rates(*split(payload))
    assert everything(other.view()) == everything(cluster.view)
    recorded.state = other
    for second in range(350, 450):
        cluster.tick({"a": [second * 3, second], "b": [second]})
        assert everything(recorded.take()) == everything(cluster.view)
    assert cluster.view.history("a", 300)[-1].value == pytest.approx(4.0)
    assert other.view().per_s(CLUSTER) == cluster.view.per_s(CLUSTER)


def test_what_does_not_move_takes_no_room() -> None:
    cluster = Cluster(*(topic(f"t{number}") for number in range(200)))
    recorded = Recorded(cluster)
    for second in range(5):
        cluster.tick({f"t{number}": [second] for number in range(200)})
        recorded.take()
    busy = recorded.bytes[-1]
    for _ in range(10):
        cluster.tick({f"t{number}": [5] for number in range(200)})
        recorded.take()
    assert recorded.bytes[-1] < 1_000
    assert busy < 10_000


def test_own_traffic_and_clock() -> None:
    cluster = Cluster(topic("a"))
    cluster.tick({"a": [1]})
    view = cluster.store.view(5.0, CLOCK, own=OwnTraffic(1.5, 2.5), active_period_s=3.0)
    blobs: Blobs = []
    state = RatesState()
    read_moment(state, write_moment(view, EMPTY_VIEW, [], [], blobs), blobs)
    assert (state.view().own, state.view().active_period_s) == (OwnTraffic(1.5, 2.5), 3.0)


def test_damaged_rates_are_one_kind_of_error() -> None:
    rng = random.Random(3)
    cluster = Cluster(topic("a", (1, 2)), topic("b", (3,)))
    before = cluster.view
    for second in range(4):
        before = cluster.view
        cluster.tick({"a": [second * 3, second], "b": [0]})
    for number in range(1_000):
        blobs: Blobs = []
        is_whole = bool(number % 2)
        document = (
            write_rates(cluster.view, blobs)
            if is_whole
            else write_moment(cluster.view, before, [], [], blobs)
        )
        payload = bytearray(join(document, blobs))
        for _ in range(rng.randint(1, 4)):
            payload[rng.randrange(len(payload))] = rng.randrange(256)
        try:
            if is_whole:
                read_rates(*split(bytes(payload))).view()
            else:
                state = RatesState()
                read_moment(state, *split(bytes(payload)))
                state.view()
        except BadAnswer:
            continue
