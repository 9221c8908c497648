from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from ktui.widgets.chart_axes import short_number, span_words, time_ticks, value_marks

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp()
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.25, "0.25"),
        (12.0, "12"),
        (999.4, "999"),
        (999.9, "1k"),
        (8_123.0, "8.12k"),
        (20e6, "20M"),
        (3e9, "3G"),
        (7.5e12, "7.5T"),
        (-2500.0, "-2.5k"),
        (0.00001, "1e-05"),
    ],
)
def test_short_number(value: float, text: str) -> None:
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("lowest", "highest", "most", "marks"),
    [
        (10, 9_000, 6, (0, 2_000, 4_000, 6_000, 8_000, 10_000)),
        (10, 9_000, 2, (0, 10_000)),
        (0, 10_000, 5, (0, 2_500, 5_000, 7_500, 10_000)),
        (0, 0, 3, (0, 0.5, 1)),
        (0.002, 0.01, 3, (0, 0.005, 0.01)),
        (-5, 5, 2, (-5, 0, 5)),
        (-40, -10, 3, (-40, -20, 0)),
    ],
)
def test_value_marks_enclose_zero_and_the_values(
    lowest: float, highest: float, most: int, marks: tuple[float, ...]
) -> None:
    assert value_marks(lowest, highest, most) == pytest.approx(marks)


@pytest.mark.parametrize("most", range(2, 12))
@pytest.mark.parametrize("highest", [1, 3, 7.3, 99, 1e-6, 123_456_789])
def test_value_marks_are_few_and_reach_the_highest(most: int, highest: float) -> None:
    marks = value_marks(0, highest, most)
    assert 2 <= len(marks) <= most
    assert marks[-1] >= highest * (1 - 1e-9)
    assert marks[-2] < highest


@pytest.mark.parametrize(
    ("seconds", "most", "labels"),
    [
        (300, 6, ["12:00", "12:01", "12:02", "12:03", "12:04", "12:05"]),
        (20, 4, ["12:00:00", "12:00:05", "12:00:10", "12:00:15"]),
        (3_600, 4, ["12:00", "12:15", "12:30", "12:45"]),
        (86_400, 4, ["12:00", "18:00", "03-29", "06:00"]),
        (86_400 * 6, 3, ["03-29", "03-31", "04-02"]),
    ],
)
def test_times_are_round_and_few(seconds: int, most: int, labels: list[str]) -> None:
    ticks = time_ticks(NOON, NOON + seconds, most, zone=UTC)
    assert [tick.label for tick in ticks] == labels


def test_a_time_is_where_its_label_says() -> None:
    for tick in time_ticks(NOON + 7.5, NOON + 3_000.2, 9, zone=UTC):
        assert f"{datetime.fromtimestamp(tick.at, UTC):%H:%M:%S}" == f"{tick.label}:00"


def test_times_are_round_in_the_zone_shown() -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    assert [tick.label for tick in time_ticks(NOON, NOON + 7_200, 4, zone=nepal)] == [
        "18:00",
        "18:30",
        "19:00",
        "19:30",
    ]
    assert [tick.label for tick in time_ticks(NOON, NOON + 600, 6, zone=nepal)][:2] == ["17:46", "17:48"]


def test_hours_stay_round_where_the_clock_is_changed() -> None:
    start = datetime(2026, 3, 28, 22, tzinfo=BERLIN).timestamp()
    ticks = time_ticks(start, start + 12 * 3_600, 6, zone=BERLIN)
    assert [tick.label for tick in ticks] == ["22:00", "03-29", "04:00", "06:00", "08:00", "10:00"]
    days = time_ticks(start, start + 4 * 86_400, 5, zone=BERLIN)
    assert [datetime.fromtimestamp(tick.at, BERLIN).hour for tick in days] == [0, 0, 0, 0]


def test_span_words_from_many_to_few() -> None:
    assert span_words(NOON, NOON + 300, UTC) == (
        "2026-03-28 12:00:00 to 12:05:00 UTC",
        "12:00:00 to 12:05:00 UTC",
        "12:00 to 12:05 UTC",
    )
    assert span_words(NOON, NOON + 86_400, UTC) == (
        "2026-03-28 12:00:00 to 2026-03-29 12:00:00 UTC",
        "03-28 12:00 to 03-29 12:00 UTC",
        "03-28 to 03-29 UTC",
    )


def test_local_time_is_the_zone_of_the_process() -> None:
    here = datetime.fromtimestamp(NOON, UTC).astimezone()
    assert span_words(NOON, NOON, None)[2].endswith(str(here.tzname()))
    days = time_ticks(NOON, NOON + 3 * 86_400, 4, zone=None)
    assert [datetime.fromtimestamp(tick.at, UTC).astimezone().hour for tick in days] == [0, 0, 0]
