"""Mean record sizes against retention, compaction and segments that are taken away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ktui.adapters.rates.record_sizes import RecordSizes
from ktui.adapters.rates.track import Track
from tests.adapters.rates.sampling import topic


class Script:
    """A topic led by broker 1; each sample comes 30 s after the one before."""

    def __init__(self, partitions: int = 1) -> None:
        self.sizes = RecordSizes()
        self.track = Track(topic("t", (1,) * partitions))
        self._at = 0.0

    def sample(self, *places: tuple[int, int]) -> float | None:
        """Size and end offset of every partition."""
        self._at += 30.0
        self.track.take(range(len(places)), [offset for _, offset in places], self._at)
        self.observe({"t": {index: size for index, (size, _) in enumerate(places)}})
        return self.sizes.mean("t")

    def observe(self, sizes: Mapping[str, Mapping[int, int]], broker: int = 1) -> None:
        for _ in self.sizes.observe(broker, sizes, self._at, [self.track]):
            pass


def test_growth_by_records() -> None:
    script = Script()
    assert script.sample((1000, 10)) is None
    assert script.sample((2000, 20)) == 100
    assert script.sizes.picture() == {"t": 100}


def test_no_growth_says_nothing() -> None:
    script = Script()
    script.sample((1000, 10))
    script.sample((2000, 20))
    assert script.sample((2000, 20)) == 100


def test_a_log_that_shrank_says_nothing() -> None:
    script = Script()
    for place in ((10_000, 10), (11_000, 20), (5_000, 30)):
        script.sample(place)
    assert script.sample((6_000, 40)) == 100


def test_a_log_that_grew_far_too_little_is_not_believed_at_once() -> None:
    script = Script()
    script.sample((10_000, 100))
    script.sample((20_000, 200))
    assert script.sample((20_100, 300)) == 100
    assert script.sample((30_100, 400)) == 100


def test_smaller_records_are_believed_the_second_time() -> None:
    script = Script()
    script.sample((10_000, 100))
    script.sample((20_000, 200))
    assert script.sample((21_000, 300)) == 100
    assert script.sample((22_000, 400)) == 10


def test_only_partitions_that_grew_count() -> None:
    script = Script(2)
    script.sample((10_000, 100), (10_000, 100))
    assert script.sample((20_000, 200), (1_000, 900)) == 100


def test_only_the_leaders_log_counts() -> None:
    script = Script()
    script.sample((1000, 10))
    script.sample((2000, 20))
    script.observe({"t": {0: 99_999}}, broker=2)
    assert script.sizes.mean("t") == 100


def test_a_recreated_topic_is_measured_anew() -> None:
    script = Script()
    script.sample((1000, 10))
    script.sample((2000, 20))
    script.sizes.forget("t")
    assert script.sizes.mean("t") is None
    assert script.sample((100, 1)) is None
    assert script.sample((600, 2)) is None or script.sizes.mean("t") == pytest.approx(500)
