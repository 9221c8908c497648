from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterable

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.produce.lines import JsonLines, TextLines
from ktui.adapters.produce.records import NewRecord
from ktui.tui.cli.input_lines import InputRecords
from ktui.tui.cli.produce import lines_of

DEFAULTS = {
    "as_json": False, "key": None, "key_separator": None, "headers": (), "partition": None,
    "keep_partition": False, "keep_timestamp": False,
}  # fmt: skip


def test_options_become_a_way_to_read_lines() -> None:
    assert lines_of(**DEFAULTS) == TextLines()  # type: ignore[arg-type]
    given = {**DEFAULTS, "key": "k\udcff", "headers": ("a=1", "a="), "partition": 3}
    assert lines_of(**given) == TextLines(b"k\xff", None, (("a", b"1"), ("a", b"")), 3)  # type: ignore[arg-type]
    given = {**DEFAULTS, "as_json": True, "keep_partition": True, "keep_timestamp": True}
    assert lines_of(**given) == JsonLines(keeps_partition=True, keeps_timestamp=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"key": "k", "key_separator": ":"},
        {"key_separator": ""},
        {"as_json": True, "key_separator": ":"},
        {"as_json": True, "partition": 1, "keep_partition": True},
        {"keep_partition": True},
        {"keep_timestamp": True},
        {"headers": ("a",)},
    ],
)
def test_options_that_exclude_each_other(given: dict[str, object]) -> None:
    with pytest.raises(BadSettings):
        lines_of(**{**DEFAULTS, **given})  # type: ignore[arg-type]


class Chunks:
    """A stream that gives these pieces and then ends."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def __call__(self, most: int) -> bytes:
        return next(self._pieces, b"")


async def values(records: InputRecords) -> list[bytes | None]:
    return [record.value async for record in records if record is not None]


async def test_lines_are_found_wherever_the_pieces_end() -> None:
    text = b"one\ntwo\r\n\nfour\xff\nlast"
    expected = [b"one", b"two\r", b"", b"four\xff", b"last"]
    for size in range(1, len(text) + 1):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert await values(InputRecords(TextLines(), Chunks(pieces))) == expected
    assert await values(InputRecords(TextLines(), Chunks([b"one\n"]))) == [b"one"]
    assert await values(InputRecords(TextLines(), Chunks([]))) == []


async def test_numbers_count_lines_that_are_passed_over() -> None:
    records = InputRecords(JsonLines(), Chunks([b'\n{"value":"a"}\n\n{"value":"b"}']))
    assert [r.number async for r in records if r is not None] == [2, 4]


async def test_an_endless_line_is_refused() -> None:
    records = InputRecords(TextLines(), Chunks([b"x" * 60, b"x" * 60]), longest_line=100)
    with pytest.raises(BadSettings, match="line 1 is longer than 100 bytes"):
        await values(records)


async def test_tells_when_nothing_is_waiting() -> None:
    source, sink = os.pipe()
    asked = threading.Event()

    def read(most: int) -> bytes:
        asked.set()
        return os.read(source, most)

    seen = asyncio.Queue[NewRecord | None]()

    async def gather() -> None:
        async for record in InputRecords(TextLines(), read):
            await seen.put(record)

    gathering = asyncio.create_task(gather())
    try:
        os.write(sink, b"one\ntw")
        while (record := await asyncio.wait_for(seen.get(), 10)) is None:
            pass
        assert record.value == b"one"
        assert await asyncio.wait_for(seen.get(), 10) is None
        os.write(sink, b"o\n")
        assert (await asyncio.wait_for(seen.get(), 10)) == NewRecord(b"two", number=2)
        os.close(sink)
        await asyncio.wait_for(gathering, 10)
    finally:
        gathering.cancel()
        os.close(source)


async def test_a_stream_that_cannot_be_read() -> None:
    def read(most: int) -> bytes:
        raise OSError(5, "Input/output error")

    with pytest.raises(BadSettings, match="standard input cannot be read"):
        await values(InputRecords(TextLines(), read))
