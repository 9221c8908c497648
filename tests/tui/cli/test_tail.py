from __future__ import annotations

import json
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ktui.adapters.tail.conditions import KeyIs
from ktui.adapters.tail.record import Record, TimestampType
from ktui.adapters.tail.spec import POLITE_BYTES_PER_S, Isolation, TailSpec
from ktui.adapters.tail.start import EARLIEST, LATEST, Back, Offset, Since
from ktui.adapters.tail.view import Counts, Evidence, Place, StopReason, TailView
from ktui.tui.cli import tail_json, tail_text
from ktui.tui.cli.tail import spec_of, tail

DEFAULTS: dict[str, Any] = {
    "topic": "orders",
    "key": None,
    "key_regex": None,
    "key_format": "text",
    "where": (),
    "start": None,
    "partitions": (),
    "all_partitions": False,
    "most": None,
    "bytes_per_s": None,
    "follows": False,
    "isolation": "read_committed",
}


def spec(**given: Any) -> TailSpec:
    return spec_of(**{**DEFAULTS, **given})


def record(**given: Any) -> Record:
    whole: dict[str, Any] = {
        "topic": "orders",
        "partition": 4,
        "offset": 182_711,
        "timestamp": 1_700_000_000_123,
        "timestamp_type": TimestampType.CREATE,
        "key": b"c42",
        "value": b'{"id": 1}',
        "headers": (("trace", b"abc"), ("none", None)),
        **given,
    }
    return Record(**whole)


def test_defaults() -> None:
    plain, following = spec(), spec(follows=True)
    assert (plain.start, plain.bytes_per_s, plain.follows) == (EARLIEST, None, False)
    assert (following.start, following.bytes_per_s) == (LATEST, POLITE_BYTES_PER_S)
    assert plain.filter.takes_all
    assert plain.isolation is Isolation.READ_COMMITTED


def test_options() -> None:
    given = spec(
        key="5",
        key_format="int32",
        where=("value*=a", "!tombstone"),
        start="-10",
        partitions=("0", "2-3"),
        all_partitions=True,
        most=7,
        bytes_per_s=1_000,
        follows=True,
        isolation="read_uncommitted",
    )
    assert given.start == Back(10)
    assert given.filter.exact_key == b"\0\0\0\5"
    assert given.filter.conditions[0] == KeyIs(b"\0\0\0\5")
    assert len(given.filter.conditions) == 3
    assert given.filter.partitions == {0, 2, 3}
    assert (given.max_records, given.bytes_per_s, given.reads_all_partitions) == (7, 1_000, True)
    assert spec(start="+12").start == Offset(12)
    assert isinstance(spec(start="-5m").start, Since)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"key": "a", "key_regex": "b"}, "exclude each other"),
        ({"key": "x", "key_format": "int64"}, "64 bits"),
        ({"key_regex": "("}, "cannot be used"),
        ({"start": "soon"}, "no place to start"),
        ({"partitions": ("x",)}, "list of partitions"),
        ({"where": ("time>=never",)}, "no moment"),
        ({"where": (".a >",)}, "expected"),
    ],
)
def test_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        spec(**given)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--max", "0"],
        ["--max-bytes-per-second", "0"],
        ["--key-format", "avro"],
        ["--isolation-level", "x"],
        [],
    ],
)
def test_usage_errors(arguments: list[str]) -> None:
    topic = ["orders"] if arguments else []
    assert CliRunner().invoke(tail, ["-b", "h:1", *topic, *arguments]).exit_code == 2


def test_a_record_as_json() -> None:
    assert json.loads(tail_json.record_line(record())) == {
        "topic": "orders",
        "partition": 4,
        "offset": 182_711,
        "timestamp": 1_700_000_000_123,
        "timestamp_type": "CreateTime",
        "key": "c42",
        "value": '{"id": 1}',
        "headers": [["trace", "abc"], ["none", None]],
        "size": 3 + 9 + 8 + 4,
    }


def test_what_is_no_text_is_base64_and_nothing_steers() -> None:
    odd = record(
        key=b"\xff\x00",
        value=None,
        timestamp=-1,
        timestamp_type=TimestampType.NONE,
        headers=(("\udcff", b"\x1b[2J"),),
    )
    line = tail_json.record_line(odd)
    assert json.loads(line) == {
        "topic": "orders",
        "partition": 4,
        "offset": 182_711,
        "timestamp": None,
        "timestamp_type": "NoTimestampType",
        "key": {"base64": "/wA="},
        "value": None,
        "headers": [[{"base64": "/w=="}, "\x1b[2J"]],
        "size": 2 + 1 + 4,
    }
    hostile = record(value="\x1b]0;x\x07 \u202e \u2028 \x85 \x9b2J \x7f\n".encode(), headers=())
    line = tail_json.record_line(hostile)
    assert line.isascii()
    assert line.rstrip("\n").isprintable()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["value"].encode() == hostile.value


def test_a_record_for_people() -> None:
    assert tail_text.record_line(record(), None) == (
        '2023-11-14T22:13:20.123Z  p4  182711  c42  {trace=abc, none=null}  {"id": 1}\n'
    )
    bare = record(key=None, value=None, headers=(), timestamp=-1)
    assert tail_text.record_line(bare, None) == "-  p4  182711  null  null\n"
    assert tail_text.record_line(record(key=b"", value=b"\xff\x01", headers=()), None).endswith(
        '  ""  0xff01\n'
    )
    far = record(timestamp=1 << 62, headers=())
    assert str(1 << 62) in tail_text.record_line(far, None)


def test_lines_are_safe_and_fit() -> None:
    hostile = record(key="\x1b[2J\u202e".encode(), value=b"a\nb\x9b" * 10, headers=(("\x07", b"\r"),))
    line = tail_text.record_line(hostile, None)
    assert line[:-1].isprintable()
    assert len(line.splitlines()) == 1
    long = tail_text.record_line(record(value="ü".encode() * 1_000_000), 60)
    assert len(long) == 61
    assert long.endswith("…\n")


def view(**given: Any) -> TailView:
    places = tuple(Place(index, 0, 10, 10, is_read=index == 4) for index in range(6))
    whole: dict[str, Any] = {
        "spec": TailSpec("orders"),
        "counts": Counts(seen=1_000, matched=3, shown=3, bytes=5_000),
        "evidence": Evidence("murmur2", 600, 550, 4),
        "places": places,
        "stopped": StopReason.END,
        "sentence": "Everything up to the end was read.",
        **given,
    }
    return TailView(**whole)


def test_the_summary_as_json() -> None:
    told = tail_json.summary_document(view(), StopReason.END)
    assert list(told)[:10] == [
        "seen", "matched", "dropped", "bytes", "partitions_read", "partitions", "partitioner", "samples", "complete",
        "stopped",
    ]  # fmt: skip
    assert told["partitions_read"] == [4]
    assert told["partitions"] == 6
    assert (told["partitioner"], told["samples"], told["complete"]) == ("murmur2", 600, False)
    assert tail_json.summary_document(view(evidence=Evidence()), StopReason.MAX)["complete"] is True


def test_the_summary_for_people() -> None:
    assert tail_text.summary(view(), StopReason.END) == (
        "seen 1,000, matched 3, 1 of 6 partitions: 4 (murmur2 by 600 samples: evidence, not proof;"
        " --all-partitions reads all), 5,000 bytes. Everything up to the end was read."
    )
    other = view(counts=Counts(lost=7), evidence=Evidence(why_all="few keys"), stopped=None, sentence=None)
    assert tail_text.summary(other, StopReason.INTERRUPT) == (
        "seen 0, matched 0, lost 7, 1 of 6 partitions (few keys), 0 bytes. Interrupted."
    )
