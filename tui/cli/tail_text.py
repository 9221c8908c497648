"""What `ktui tail` prints for people: a line a record, and a sentence at the end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ktui.adapters.tail.record import Record
from ktui.adapters.tail.view import StopReason, TailView
from ktui.tui.present.sanitise import safe

_NOBODY_READS: Final = 4_000
"""Characters of a value that are looked at when only the width of a terminal is shown."""


def record_line(record: Record, width: int | None) -> str:
    """`time  p4  182711  key  {headers}  value`, cut to the width of a terminal; None: whole."""
    most = None if width is None else _NOBODY_READS
    parts = [_time(record.timestamp), f"p{record.partition}", str(record.offset), _shown(record.key, most)]
    if record.headers:
        parts.append("{" + ", ".join(_header(name, value, most) for name, value in record.headers) + "}")
    parts.append(_shown(record.value, most))
    line = "  ".join(parts)
    if width is not None and len(line) > width:
        line = line[: max(1, width - 1)] + "…"
    return line + "\n"


def summary(view: TailView, stopped: StopReason) -> str:
    """What was read, how complete it is, and why it ended."""
    counts = view.counts
    words = [f"seen {counts.seen:,}, matched {counts.matched:,}"]
    words += [
        f"{word} {number:,}"
        for word, number in (
            ("dropped", counts.dropped),
            ("lost", counts.lost),
            ("damaged batches", counts.damaged),
            ("waiting for open transactions", counts.held_back),
        )
        if number
    ]
    words.append(_partitions(view))
    sentence = view.sentence if stopped is view.stopped else None
    words.append(f"{counts.bytes:,} bytes")
    return f"{', '.join(words)}. {sentence or 'Interrupted.'}"


def _partitions(view: TailView) -> str:
    read, evidence = view.partitions_read, view.evidence
    told = f"{len(read)} of {len(view.places)} partitions"
    if evidence.partition is not None:
        return (
            f"{told}: {evidence.partition} ({evidence.partitioner} by {evidence.samples:,} samples:"
            " evidence, not proof; --all-partitions reads all)"
        )
    return f"{told} ({evidence.why_all})" if evidence.why_all else told


def _time(at: int) -> str:
    if at < 0:
        return "-"
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return str(at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown(data: bytes | None, most: int | None) -> str:
    """Text, what is no text as hexadecimal, `null` for what is absent; empty text as two quotes."""
    if data is None:
        return "null"
    if not data:
        return '""'
    try:
        return safe(_begin(data, most).decode())
    except UnicodeDecodeError:
        return "0x" + data[:most].hex()


def _begin(data: bytes, most: int | None) -> bytes:
    """The first bytes, not cut within a character."""
    if most is None or len(data) <= most:
        return data
    end = most
    while end > most - 4 and data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end]


def _header(name: str, value: bytes | None, most: int | None) -> str:
    return f"{safe(name)}={_shown(value, most)}"
