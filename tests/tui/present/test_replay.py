from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ktui.adapters.replay.playing import Playing
from ktui.tui.present.replay import moment_of, replay_line
from ktui.tui.present.times import Times
from ktui.widgets.cells import plain

BEGAN = datetime(2026, 11, 24, 23, 50, tzinfo=UTC).timestamp()
PLAYING = Playing(at=BEGAN + 60, begins_at=BEGAN, ends_at=BEGAN + 3_600)
AN_HOUR_AHEAD = Times(zone=timezone(timedelta(hours=1)))


def test_the_header_says_what_it_does() -> None:
    def said(**changed: object) -> str:
        return plain(replay_line(replace(PLAYING, **changed), PLAYING.at, Times(is_utc=True)))  # type: ignore[arg-type]

    assert said() == "REPLAY 23:51:00Z"
    assert said(speed=0.5) == "REPLAY 23:51:00Z 0.5x"
    assert said(speed=1024.0) == "REPLAY 23:51:00Z 1024x"
    assert said(is_running=False) == "REPLAY 23:51:00Z PAUSED"
    assert said(is_running=False, is_at_end=True) == "REPLAY 23:51:00Z END"
    assert said(is_running=False, is_searching=True) == "REPLAY 23:51:00Z SEEKING"


@pytest.mark.parametrize(
    ("text", "after_s"),
    [
        ("start", 0),
        ("END", 3_600),
        ("50%", 1_800),
        ("100 %", 3_600),
        ("+30", 90),
        ("+30s", 90),
        ("-0.5m", 30),
        ("+1h", 3_660),
        ("-1d", 60 - 86_400),
        ("00:10:30", 1_230),
        ("23:52", 120),
        ("0:10z", 1_200),
        ("2026-11-24T23:55:00", 300),
        ("2026-11-25 01:00:00+01:00", 600),
    ],
)
def test_moments_are_understood(text: str, after_s: float) -> None:
    assert moment_of(text, PLAYING, Times(is_utc=True)) == pytest.approx(BEGAN + after_s)


def test_moments_are_of_the_zone_that_is_shown() -> None:
    assert moment_of("01:00", PLAYING, AN_HOUR_AHEAD) == pytest.approx(BEGAN + 600)
    assert moment_of("2026-11-25T01:00", PLAYING, AN_HOUR_AHEAD) == pytest.approx(BEGAN + 600)
    assert moment_of("00:00z", PLAYING, AN_HOUR_AHEAD) == pytest.approx(BEGAN + 600)


@pytest.mark.parametrize("text", ["", "noon", "25:00", "12:60", "5", "+", "1x", "99:99:99", "2026-13-01"])
def test_what_is_no_moment_means_none(text: str) -> None:
    assert moment_of(text, PLAYING, Times(is_utc=True)) is None
