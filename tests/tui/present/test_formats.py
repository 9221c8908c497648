from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from ktui.tui.present import formats
from ktui.tui.present.times import Times
from tests.tui.builders import NOW


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "?"), (0, "0"), (812, "812"), (1023, "1023"), (1024, "1.0K"), (4200, "4.1K"), (10_200, "10K"),
        (1_048_000, "1023K"), (1_048_500, "1.0M"), (41 * 1024**3, "41G"), (3 * 1024**4, "3.0T"), (2**60, "1.0E"),
    ],
)  # fmt: skip
def test_sizes_fit_into_five_cells(value: int | None, shown: str) -> None:
    assert formats.size(value) == shown
    assert len(shown) <= 5


def test_sizes_in_words() -> None:
    assert formats.size_in_words(None) == "?"
    assert formats.size_in_words(1) == "1 byte"
    assert formats.size_in_words(41 * 1024**3) == "41 GiB"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-3, "0s"), (0, "0s"), (41.9, "41s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86400 * 12, "12d")],
)
def test_ages_have_one_unit(seconds: float, shown: str) -> None:
    assert formats.age(seconds) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(None, "?"), (-1, "forever"), (604_800_000, "7d"), (129_600_000, "36h"), (250, "250ms"), (0, "0ms")],
)
def test_configured_durations(milliseconds: int | None, shown: str) -> None:
    assert formats.duration_ms(milliseconds) == shown


def test_topic_ids_are_written_as_kafkas_tools_do() -> None:
    assert formats.topic_id(bytes(range(16))) == "AAECAwQFBgcICQoLDA0ODw"
    assert formats.topic_id(None) == "?"


def test_counts_and_percents() -> None:
    assert formats.number(1224) == "1,224"
    assert formats.number(None) == "?"
    assert formats.counted(1, "topic") == "1 topic"
    assert formats.counted(2, "topic") == "2 topics"
    assert formats.percent(41, 100) == "41%"
    assert formats.percent(1, 0) == "?"
    assert formats.signed_percent(0.104) == "+10%"
    assert formats.signed_percent(-0.001) == "0%"


def test_times_are_local_or_utc() -> None:
    local = Times(zone=timezone(timedelta(hours=2), "HERE"))
    assert local.short(NOW - 91, NOW) == "15:58:29"
    assert local.full(NOW) == "2026-11-23 16:00:00 HERE"
    utc = local.toggled()
    assert utc.clock(NOW) == "14:00:00Z"
    assert utc.short(NOW - 86_400 * 11, NOW) == "Nov 12"
    assert utc.short(NOW - 86_400 * 700, NOW) == "2024-12"
    assert (local.name, utc.name) == ("local time", "UTC")
