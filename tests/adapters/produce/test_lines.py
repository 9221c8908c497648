from __future__ import annotations

import json

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.produce.lines import JsonLines, TextLines, parse_header
from ktui.adapters.produce.records import NewRecord


def test_a_line_is_a_value_byte_for_byte() -> None:
    assert TextLines().record(b" \xff\x00 caf\xc3\xa9 ", 3) == NewRecord(b" \xff\x00 caf\xc3\xa9 ", number=3)
    assert TextLines().record(b"", 1) == NewRecord(b"")


def test_the_first_separator_ends_the_key() -> None:
    lines = TextLines(separator=b"::", headers=(("a", b"1"),), partition=4)
    assert lines.record(b"k::v::w", 7) == NewRecord(b"v::w", b"k", (("a", b"1"),), 4, number=7)
    assert lines.record(b"::v", 1) == NewRecord(b"v", b"", (("a", b"1"),), 4)
    with pytest.raises(BadSettings, match="line 8: there is no key separator"):
        lines.record(b"value", 8)


def written(**fields: object) -> bytes:
    """A line as `ktui tail --json` writes it."""
    base = {
        "topic": "orders", "partition": 3, "offset": 17, "timestamp": 1_700_000_000_123,
        "timestamp_type": "create", "key": "k", "value": "v", "headers": [], "size": 70,
    }  # fmt: skip
    return json.dumps(base | fields).encode()


def test_json_keeps_null_empty_and_bytes_apart() -> None:
    read = JsonLines().record
    assert read(written(), 1) == NewRecord(b"v", b"k")
    assert read(written(key=None, value=None), 1) == NewRecord(None, None)
    assert read(written(key="", value=""), 1) == NewRecord(b"", b"")
    assert read(written(value={"base64": "/wAK"}), 1) == NewRecord(b"\xff\x00\n", b"k")
    assert read(written(value="\u0000é\U0001f600"), 1) == NewRecord("\u0000é\U0001f600".encode(), b"k")
    pairs = [["a", "1"], ["a", None], ["", ""], ["b", {"base64": "/w=="}]]
    assert read(written(headers=pairs), 1) == NewRecord(
        b"v", b"k", (("a", b"1"), ("a", None), ("", b""), ("b", b"\xff"))
    )


def test_partition_and_timestamp_are_kept_when_asked() -> None:
    lines = JsonLines(keeps_partition=True, keeps_timestamp=True)
    assert lines.record(written(), 1) == NewRecord(b"v", b"k", (), 3, 1_700_000_000_123)
    assert lines.record(written(timestamp=-1), 1) == NewRecord(b"v", b"k", (), 3, None)
    assert JsonLines(partition=0, keeps_partition=True).record(written(), 1) == NewRecord(b"v", b"k", (), 0)


def test_what_is_given_takes_the_place_of_what_is_read() -> None:
    lines = JsonLines(key=b"mine", headers=(("by", b"me"),))
    assert lines.record(written(headers=[["a", "1"]]), 1) == NewRecord(
        b"v", b"mine", (("a", b"1"), ("by", b"me"))
    )


def test_blank_lines_are_passed_over() -> None:
    assert JsonLines().record(b"  \r", 1) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"\xff", "not JSON"),
        (b"{}", '"value" is missing'),
        (written(value=1), '"value" must be a string, null or'),
        (written(value={"base64": "*"}), "is not base64"),
        (written(value={"base64": "aaaa", "x": 1}), '"value" must be a string'),
        (written(key=[]), '"key" must be a string'),
        (written(value="\ud800"), "half of a surrogate pair"),
        (written(headers={"a": "b"}), '"headers" must be a list of pairs'),
        (written(headers=[["a"]]), '"headers" must be a list of pairs'),
        (written(headers=[[None, "b"]]), "a header has no name"),
        (written(headers=[[{"base64": "/w=="}, "b"]]), "not UTF-8"),
        (written(partition=-1), '"partition" must be a whole number'),
        (written(timestamp=True), '"timestamp" must be a whole number'),
    ],
)
def test_says_which_line_is_wrong_and_why(line: bytes, why: str) -> None:
    with pytest.raises(BadSettings, match=f"line 5: .*{why}"):
        JsonLines(keeps_partition=True, keeps_timestamp=True).record(line, 5)


def test_headers_of_the_command_line() -> None:
    assert parse_header("a=b=c") == ("a", b"b=c")
    assert parse_header("a=") == ("a", b"")
    for wrong in ("a", "=b", ""):
        with pytest.raises(BadSettings, match="NAME=VALUE"):
            parse_header(wrong)
