"""What is written about a replay: where it is, and which moment is meant by what was typed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ktui.adapters.replay.playing import Playing
from ktui.tui.present.times import Times
from ktui.widgets.cells import Line, Run, Tone

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
MEANT: Final = "14:02, 14:02:11, -5m, +30s, 50%, start, end or 2026-11-24T14:02:11"


def replay_line(playing: Playing, at: float, times: Times) -> Line:
    """`REPLAY 14:02:11`, with the speed when it is not that of life, or with what it does instead of playing."""
    how = ""
    if playing.is_searching:
        how = " SEEKING"
    elif playing.is_at_end:
        how = " END"
    elif not playing.is_running:
        how = " PAUSED"
    elif playing.speed != 1:
        how = f" {playing.speed:g}x"
    return (Run(f"REPLAY {times.clock(at)}{how}", Tone.ACCENT if playing.is_running else Tone.WARN),)


def moment_of(text: str, playing: Playing, times: Times) -> float | None:
    """The moment that is meant, seconds since the epoch; None for what means none."""
    word = text.strip().lower()
    if word in ("start", "end"):
        return playing.begins_at if word == "start" else playing.ends_at
    if found := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%", word):
        return playing.begins_at + (playing.ends_at - playing.begins_at) * min(float(found[1]), 100.0) / 100
    if found := re.fullmatch(r"([+-])\s*(\d+(?:\.\d+)?)\s*([smhd]?)", word):
        away = float(found[2]) * _UNITS[found[3]]
        return playing.at + (away if found[1] == "+" else -away)
    if found := re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(z?)", word):
        return _time_of_day(found, playing, times)
    return _date(text.strip(), times)


def _time_of_day(found: re.Match[str], playing: Playing, times: Times) -> float | None:
    """On the day that is shown, or the nearest one on which it is in the recording."""
    here = Times(is_utc=True) if found[4] else times
    try:
        today = here.moment(playing.at).replace(
            hour=int(found[1]), minute=int(found[2]), second=int(found[3] or 0), microsecond=0
        )
    except ValueError:
        return None
    days = sorted(range(-7, 8), key=abs)
    moments = [(today + timedelta(days=day)).timestamp() for day in days]
    within = (at for at in moments if playing.begins_at - 1 <= at <= playing.ends_at + 1)
    return next(within, moments[0])


def _date(text: str, times: Times) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC) if times.is_utc else moment.replace(tzinfo=times.zone)
    return moment.timestamp()
