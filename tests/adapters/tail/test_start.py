from __future__ import annotations

import time

import pytest

from ktui.adapters.tail.keys import KeyFormat, key_bytes
from ktui.adapters.tail.start import EARLIEST, LATEST, Back, Offset, Since, Start, parse_start
from ktui.adapters.tail.times import moment_ms

NOW = 1_763_902_800_000


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("latest", LATEST),
        ("Earliest", EARLIEST),
        ("-10", Back(10)),
        ("+0", Offset(0)),
        ("+12345", Offset(12345)),
        ("-5m", Since(NOW - 300_000, "-5m")),
        ("-1.5h", Since(NOW - 5_400_000, "-1.5h")),
        ("1763902800000", Since(1_763_902_800_000, "1763902800000")),
        ("2025-11-23T13:00:00Z", Since(NOW, "2025-11-23T13:00:00Z")),
        ("2025-11-23T14:00:00.5+01:00", Since(NOW + 500, "2025-11-23T14:00:00.5+01:00")),
    ],
)
def test_parse(text: str, start: Start) -> None:
    assert parse_start(text, NOW) == start


@pytest.mark.parametrize("text", ["", "soon", "-", "+", "-5x", "12", "+-3", "2025-13-01"])
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place to start"):
        parse_start(text, NOW)


def test_without_a_zone_it_is_local_time() -> None:
    local = time.mktime((2025, 11, 23, 13, 0, 0, 0, 0, -1)) * 1000
    assert moment_ms("2025-11-23T13:00:00", NOW) == local


@pytest.mark.parametrize(
    ("text", "form", "key"),
    [
        ("c42", KeyFormat.TEXT, b"c42"),
        ("é", KeyFormat.TEXT, "é".encode()),
        ("0x00 ff:10", KeyFormat.HEX, b"\x00\xff\x10"),
        ("-2", KeyFormat.INT32, b"\xff\xff\xff\xfe"),
        ("5", KeyFormat.INT64, b"\0\0\0\0\0\0\0\5"),
        ("{12345678-1234-5678-1234-56781234567A}", KeyFormat.UUID, b"12345678-1234-5678-1234-56781234567a"),
    ],
)
def test_keys(text: str, form: KeyFormat, key: bytes) -> None:
    assert key_bytes(text, form) == key
