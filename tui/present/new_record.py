"""What is typed into the form of a new record, as a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.operate.operations.produce import Tally
from ktui.adapters.produce.lines import parse_header
from ktui.adapters.produce.records import Header, NewRecord

TEXT: Final = "text"
TOMBSTONE: Final = "null (tombstone)"
VALUE_KINDS: Final = (TEXT, TOMBSTONE)

Values = Mapping[str, str]


def record_of(values: Values) -> NewRecord:
    """BadSettings or ValueError for what `check` finds fault with."""
    key, partition = values["key"], values["partition"].strip()
    return NewRecord(
        None if values["kind"] == TOMBSTONE else values["value"].encode("utf-8", "surrogateescape"),
        key.encode("utf-8", "surrogateescape") if key else None,
        tuple(_headers(values["headers"])),
        int(partition) if partition else None,
    )


def check(values: Values, partitions: int | None) -> dict[str, str]:
    """What is wrong with each field, as the end of a sentence. `partitions`: how many there are, if known."""
    errors: dict[str, str] = {}
    try:
        list(_headers(values["headers"]))
    except BadSettings as error:
        errors["headers"] = str(error)
    partition = values["partition"].strip()
    if partition.isdecimal() and partitions is not None and int(partition) >= partitions:
        errors["partition"] = f"the topic has {partitions} partitions, 0 to {partitions - 1}"
    elif partition.startswith("-"):
        errors["partition"] = "partitions are counted from 0"
    if values["kind"] == TOMBSTONE and values["value"].strip():
        errors["value"] = "a tombstone has no value: empty this, or choose text"
    if values["kind"] == TOMBSTONE and not values["key"]:
        errors["key"] = "a tombstone says which key is gone"
    return errors


def landed_words(topic: str, tally: Tally) -> str:
    """`Written to orders: partition 4, offset 182,712.`"""
    for partition, landed in tally.landed.items():
        if landed.last is not None:
            return f"Written to {topic}: partition {partition}, offset {landed.last:,}."
    return f"Written to {topic}."


def _headers(text: str) -> Iterator[Header]:
    return (parse_header(line) for line in text.split("\n") if line.strip())
