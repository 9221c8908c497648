from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.record import Record, TimestampType

NOW = 1_700_000_000_000


def record(**given: Any) -> Record:
    whole: dict[str, Any] = {
        "topic": "t",
        "partition": 4,
        "offset": 7,
        "timestamp": NOW - 60_000,
        "timestamp_type": TimestampType.CREATE,
        "key": b"c42",
        "value": b'{"customer": "c42", "amount": 120, "tags": ["a", "b"], "old": null}',
        "headers": (("trace", b"abc-1"), ("empty", None)),
        **given,
    }
    return Record(**whole)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c42",
        "abc-1",
        "key=c42",
        "key:hex=633432",
        "key^=c4",
        "key*=4",
        r"key~^c\d+$",
        r'key~"^c\d+$"',
        "value*=customer",
        r"value~amount.*\d{3}",
        "header.trace",
        "header.trace=abc-1",
        "header.trace*=bc",
        "header.trace~^abc",
        "partition=0,3-5",
        "time>=-5m time<-30s",
        f"time>={NOW - 60_000}",
        '.customer == "c42"',
        ".amount > 100 and .amount <= 120",
        '.tags[0] == "a" and not .missing and .old == null',
        '(.amount < 3 or .customer ~ "^c") and key=c42',
        "!key=other",
        "!.amount > 200 key=c42 partition=4",
        "key=c42 and value*=amount and .amount == 120.0",
        "'abc-1' \"customer\"",
    ],
)
def test_matches(text: str) -> None:
    wanted = parse_filter(text, NOW)
    assert wanted.matches(record())
    assert wanted.text == text


@pytest.mark.parametrize(
    "text",
    [
        "c43",
        "key=c4",
        "key=null",
        "tombstone",
        "value=null",
        "key~^4",
        "header.none",
        "header.empty=x",
        "partition=0-3",
        "time>=-30s",
        "time<-5m",
        ".customer == 42",
        ".customer > 5",
        ".amount > 120",
        '.tags == "a"',
        ".tags[2]",
        ".old",
        "!key=c42",
        "key=c42 .amount < 100",
    ],
)
def test_does_not_match(text: str) -> None:
    assert not parse_filter(text, NOW).matches(record())


def test_absent_keys_and_values() -> None:
    bare = record(key=None, value=None, headers=())
    assert parse_filter("key=null tombstone", NOW).matches(bare)
    assert parse_filter("!key*=c", NOW).matches(bare)
    assert not parse_filter(".amount", NOW).matches(bare)
    assert not parse_filter(".amount", NOW).matches(record(value=b"no json"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key~(", "cannot be used"),
        ('key="x', "quote"),
        ("key:int32=x", "32 bits"),
        ("key:hex=0", "hexadecimal"),
        ("key:uuid=x", "UUID"),
        ("key:bytes=x", "known are"),
        ("key<5", "not <"),
        ("value^=x", "value takes"),
        ("time=5", "time"),
        ("time>=soon", "no moment"),
        ("partition=x", "list of partitions"),
        ("partition=5-3", "range"),
        (".a ==", "expected"),
        (".a == [1]", "expected"),
        ('.a ~ "("', "cannot be used"),
        (".a ~ 5", "in quotes"),
        ("(.a", "parenthesis"),
        ("(" * 60 + ".a" + ")" * 60, "nested"),
        ("!", "missing"),
        ("!partition=3", "no opposite"),
    ],
)
def test_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_filter(text, NOW)


def test_what_a_reader_may_skip() -> None:
    assert parse_filter("key=c42 key~order", NOW).needles == (b"order", b"\x06c42")
    assert parse_filter("!key=c42", NOW).needles == ()
    assert parse_filter("key~(?i)order", NOW).needles == ()
    wanted = parse_filter("key=c42 partition=1-3 partition=3,4 time>=-5m time>=-1m", NOW)
    assert wanted.exact_key == b"c42"
    assert wanted.partitions == {3}
    assert wanted.since == NOW - 60_000
    assert parse_filter("key^=c42", NOW).exact_key is None
