from __future__ import annotations

from ktui.adapters.tail.record import Record, TimestampType
from ktui.adapters.tail.view import Window


def record(offset: int) -> Record:
    return Record("t", 0, offset, -1, TimestampType.NONE, b"key", b"value", (("h", b"v"), ("n", None)))


def test_a_window_keeps_its_numbers() -> None:
    window = Window((tuple(map(record, range(3))), (record(3),)), (10, 13))
    assert (window.first, window.end, len(window)) == (10, 14, 4)
    assert [each.offset for each in window] == [0, 1, 2, 3]
    assert window.get(9) is None
    assert window.get(14) is None
    found = window.get(13)
    assert found is not None
    assert found.place == (0, 3)
    assert [each.offset for each in window.between(0, 12)] == [0, 1]
    assert (Window().first, Window().end, len(Window())) == (0, 0, 0)


def test_size_counts_everything() -> None:
    assert record(1).size == 3 + 5 + 1 + 1 + 1
    assert record(1)._replace(value=None, cut=7).size == 3 + 7 + 3
    assert record(1).kept_bytes() > record(1).size
