from __future__ import annotations

import random
from typing import Any

import pytest

from ktui.adapters.kafka.tail.batches import walk
from ktui.adapters.kafka.tail.scan import Aborted, Job, scan
from ktui.adapters.tail.filter import EVERYTHING, Filter
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.record import Record, TimestampType
from tests.adapters.kafka.tail.made_batches import Made, batch, legacy, some_records


class Wanted:
    def __init__(self, wanted: Filter = EVERYTHING, looks: int = 0) -> None:
        self.filter = wanted
        self.heard: list[bytes | None] = []
        self._looks = looks

    def looks(self, records: int) -> int:
        return min(self._looks, records)

    def hear(self, partition: int, key: bytes | None) -> None:
        self.heard.append(key)


def job(data: bytes, *, first: int = 0, stop: int | None = None, aborted: Aborted | None = None) -> Job:
    return Job("t", 3, data, walk(data, 0, len(data)), first, stop, aborted)


def scanned(of: Job, wanted: Wanted) -> tuple[int, list[Record], list[str]]:
    found = list(scan(of, wanted))
    records = [record for one in found for record in one.matched]
    return sum(one.seen for one in found), records, [one.damage for one in found if one.damage]


def slowly(records: list[Made], wanted: Filter, first: int = 0, stop: int | None = None) -> list[int]:
    found = []
    for made in records:
        record = Record(
            "t", 3, made.offset, made.timestamp, TimestampType.CREATE, *made[2:4], tuple(made.headers)
        )
        if made.offset >= first and (stop is None or made.offset < stop) and wanted.matches(record):
            found.append(made.offset)
    return found


FILTERS = ["", "key=c42", "key=null", "key^=key-1", r"key~key-\d7", "value*=\"a\"", "tombstone", "header.h1",
           ".a == 1", "!key=c42", "time>=1500000000000", "time<500000000000 key=c42", "c42"]  # fmt: skip


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("codec", [0, 4])
def test_finds_what_a_slow_search_finds(text: str, codec: int) -> None:
    chance, wanted = random.Random(codec), parse_filter(text, 0)
    for _ in range(15):
        records: list[Made] = []
        data, offset = b"", 50
        for _ in range(chance.randint(1, 6)):
            part = some_records(chance, offset, chance.randint(1, 30))
            data += batch(part, codec=chance.choice([0, codec]), last=part[-1].offset + chance.randint(0, 3))
            offset = part[-1].offset + 4
            records += part
        first = chance.choice([0, records[len(records) // 3].offset])
        stop = chance.choice([None, records[2 * len(records) // 3].offset + 1])
        seen, found, damage = scanned(job(data, first=first, stop=stop), Wanted(wanted))
        assert not damage
        assert [record.offset for record in found] == slowly(records, wanted, first, stop)
        assert seen == len(slowly(records, EVERYTHING, first, stop))


def test_records_are_whole() -> None:
    made = Made(7, 99, b"k", None, [("a", b"1"), ("a", None)])
    for attributes, kind in ((0, TimestampType.CREATE), (0x08, TimestampType.LOG_APPEND)):
        _, (record,), _ = scanned(job(batch([made], attributes=attributes)), Wanted())
        assert record == Record("t", 3, 7, 99, kind, b"k", None, (("a", b"1"), ("a", None)))


@pytest.mark.parametrize(
    ("magic", "at", "kind"), [(0, -1, TimestampType.NONE), (1, 99, TimestampType.CREATE)]
)
def test_the_formats_of_old(magic: int, at: int, kind: TimestampType) -> None:
    made = [Made(10 + n, 99, b"k%d" % n, b"v", []) for n in range(10)]
    wanted = Wanted(parse_filter("key~k[3-9]", 0))
    seen, found, _ = scanned(
        job(legacy(made, magic=magic, codec=1 if magic else 0), first=12, stop=15), wanted
    )
    assert seen == 3
    assert [(r.offset, r.timestamp, r.timestamp_type) for r in found] == [(13, at, kind), (14, at, kind)]


def test_control_batches_and_aborted_transactions() -> None:
    def of(offset: int, producer: int, attributes: int) -> bytes:
        return batch([Made(offset, 1, b"k", b"v", [])], attributes=attributes, producer_id=producer)

    transactional, control = 0x10, 0x30
    data = (
        of(0, 7, transactional) + of(1, 8, transactional) + of(2, 7, control) + of(3, 7, transactional)
        + of(4, -1, 0) + of(5, 8, control) + of(6, 7, control) + of(7, 8, transactional)
    )  # fmt: skip
    listed = Aborted(((7, 0), (8, 1)))
    assert [r.offset for r in scanned(job(data, aborted=listed), Wanted())[1]] == [3, 4, 7]
    assert [r.offset for r in scanned(job(data), Wanted())[1]] == [0, 1, 3, 4, 7]


def test_damage_is_told_and_the_rest_is_read() -> None:
    parts = [batch([Made(n, 1, b"k%d" % n, b"value", [])]) for n in range(3)]
    broken = bytearray(parts[1])
    broken[-3] ^= 1
    seen, found, damage = scanned(job(parts[0] + bytes(broken) + parts[2]), Wanted())
    assert (seen, [record.offset for record in found]) == (2, [0, 2])
    assert damage == ["partition 3: the batch at offset 1 is damaged (checksum)"]
    unknown = bytearray(batch([Made(0, 1, b"k", b"v", [])]))
    unknown[22] |= 6
    from tests.adapters.kafka.tail.made_batches import signed

    _, _, damage = scanned(job(signed(unknown)), Wanted())
    assert damage == ["partition 3: a batch is compressed with codec 6, which is not known here"]


def test_a_filter_that_changes_is_in_force_at_once() -> None:
    data = b"".join(batch([Made(n, 1, b"k%d" % n, b"v", [])]) for n in range(4))
    wanted = Wanted(parse_filter("key=k9", 0))
    steps = scan(job(data), wanted)
    assert next(steps).matched == ()
    wanted.filter = EVERYTHING
    assert [record.offset for one in steps for record in one.matched] == [1, 2, 3]


def test_keys_are_heard_also_of_batches_that_are_passed_over() -> None:
    made = [Made(n, 1, b"k%d" % n, b"v", []) for n in range(5)]
    for codec in (0, 2):
        wanted: Any = Wanted(parse_filter("key=none", 0), looks=2)
        seen, found, _ = scanned(job(batch(made, codec=codec)), wanted)
        assert (seen, found, wanted.heard) == (5, [], [b"k0", b"k1"])


def test_large_records_are_not_searched_but_read() -> None:
    made = [Made(n, 1, b"k%d" % n, b"x" * 2_000, []) for n in range(5)]
    _, (record,), _ = scanned(job(batch(made)), Wanted(parse_filter("key=k3", 0)))
    assert record.offset == 3
