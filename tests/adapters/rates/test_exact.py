from __future__ import annotations

from ktui.adapters.rates.exact import FRESH_S, Counters
from ktui.adapters.rates.keys import CLUSTER, Method
from ktui.adapters.rates.meter import Meter
from tests.adapters.rates.sampling import Cluster, topic


def moving() -> Cluster:
    cluster = Cluster(topic("t", (1, 2)))
    cluster.brokers = {1: True, 2: True}
    for n in range(6):
        cluster.tick({"t": [n * 10, n * 10]})
    return cluster


def take(cluster: Cluster, *brokers: int) -> None:
    for broker in brokers:
        for at in (0, 2):
            counters = Counters(1000.0 * at, 10.0 * at, {"t": 300.0 * at}, {"t": 5.0 * at}, 0.5)
            cluster.store.exact.take(broker, counters, cluster.clock - 2 + at)


def test_counters_are_used_instead_of_estimates_and_say_so() -> None:
    cluster = moving()
    take(cluster, 1, 2)
    view = cluster.tick({"t": [60, 60]})
    assert view.bytes_per_s("t") == (600, Method.METRICS)
    assert view.bytes_per_s(1) == (1000, Method.METRICS)
    assert view.bytes_per_s(CLUSTER) == (2000, Method.METRICS)
    assert view.bytes_out_per_s(2) == 10
    assert view.bytes_out_per_s(CLUSTER) == 20
    assert view.bytes_out_per_s("t") == 10
    assert view.handler_idle(1) == 0.5


def test_counters_of_some_brokers_tell_of_those_only() -> None:
    cluster = moving()
    take(cluster, 1)
    view = cluster.tick({"t": [60, 60]})
    assert view.bytes_per_s(1) == (1000, Method.METRICS)
    assert view.bytes_per_s("t") is view.bytes_per_s(CLUSTER) is view.bytes_per_s(2) is None
    assert view.bytes_out_per_s(CLUSTER) is view.handler_idle(2) is None


def test_counters_that_begin_anew_or_grow_old_are_not_used() -> None:
    cluster = moving()
    take(cluster, 1)
    cluster.store.exact.take(1, Counters(3.0, 1.0, {"t": 1.0}, {}, 0.5), cluster.clock + 1)
    view = cluster.tick({"t": [60, 60]})
    assert view.bytes_per_s(1) is None
    take(cluster, 1)
    assert cluster.store.exact.picture(cluster.clock + FRESH_S + 1) == {}


def test_own_traffic_is_a_mean_of_five_seconds() -> None:
    meter = Meter()
    assert meter.take(0, 0, 100.0) is None
    for second in range(1, 20):
        own = meter.take(7 * second, 700 * second, 100.0 + second)
    assert own == (7, 700)
    assert meter.take(7 * 19 + 50, 700 * 19, 120.0) == ((7 * 4 + 50) / 5, 560)
