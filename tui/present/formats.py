"""Numbers, bytes, ages and ids as text."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

UNKNOWN: Final = "?"
NO_RIGHT: Final = "no right"

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_DURATIONS: Final = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m"), (1, "s"))


def number(value: int | None) -> str:
    """1224 to `1,224`; None to `?`."""
    return UNKNOWN if value is None else f"{value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """`1 topic`, `1,224 topics`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def size(value: int | None) -> str:
    """Bytes in at most five cells: `0`, `812`, `4.1K`, `41G`; units are powers of 1,024."""
    if value is None:
        return UNKNOWN
    if value < 1024:
        return str(value)
    scaled = float(value)
    for unit in "KMGTPE":
        scaled /= 1024
        if scaled < 9.95:
            return f"{scaled:.1f}{unit}"
        if scaled < 1023.5 or unit == "E":
            break
    return f"{scaled:.0f}{unit}"


def size_in_words(value: int | None) -> str:
    """`812 bytes`, `4.1 KiB`; None to `?`."""
    text = size(value)
    if value is None:
        return text
    return counted(value, "byte") if value < 1024 else f"{text[:-1]} {text[-1]}iB"


def rate(value: float | None) -> str:
    """Something a second in at most five cells: `0`, `<0.1`, `3.4`, `402`, `12.4k`; None to `?`."""
    if value is None:
        return UNKNOWN
    if value <= 0:
        return "0"
    if value < 0.05:
        return "<0.1"
    if value < 9.95:
        return f"{value:.1f}"
    scaled, unit = value, ""
    for larger in "kMGT":
        if scaled < 999.5:
            break
        scaled, unit = scaled / 1000, larger
    return f"{scaled:.1f}{unit}" if unit and scaled < 99.95 else f"{scaled:.0f}{unit}"


def age(seconds: float) -> str:
    """In one unit and at most four cells: `41s`, `3m`, `5h`, `12d`."""
    whole = max(0, int(seconds))
    for unit, letter in _DURATIONS:
        if whole >= unit:
            return f"{whole // unit}{letter}"
    return "0s"


def duration_ms(milliseconds: int | None) -> str:
    """A configured duration: `7d`, `36h`, `250ms`; -1 to `forever`, None to `?`."""
    if milliseconds is None:
        return UNKNOWN
    if milliseconds < 0:
        return "forever"
    if milliseconds % 1000 or not milliseconds:
        return f"{milliseconds}ms"
    seconds = milliseconds // 1000
    return next(f"{seconds // unit}{letter}" for unit, letter in _DURATIONS if seconds % unit == 0)


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else UNKNOWN


def signed_percent(share: float) -> str:
    """A deviation: 0.1 to `+10%`."""
    rounded = round(100 * share)
    return f"{rounded:+d}%" if rounded else "0%"


def ids(brokers: Iterable[int]) -> str:
    return ", ".join(map(str, brokers))


def topic_id(value: bytes | None) -> str:
    """22 characters as Kafka's own tools write them (base64url without padding); None to `?`."""
    return UNKNOWN if value is None else urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
