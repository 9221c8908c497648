"""One record, whole: its key, its value in one of three ways, its headers, and what is known beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.serde.json_text import is_json, laid_out
from ktui.adapters.serde.plain import hex_lines, possible_forms, read_as
from ktui.adapters.serde.shapes import Form, Part, Reading
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.view import TailView
from ktui.tui.present.formats import counted, size_in_words
from ktui.tui.present.sanitise import safe
from ktui.tui.present.times import Times
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.fitting import head, text_width

FIRST_BYTES: Final = 16 << 10
"""Of a value that are shown at once."""
MOST_BYTES: Final = 1 << 20
"""Of a value that are shown at all; an export has all of it."""
_HEADERS: Final = 1_000
_HEADER_BYTES: Final = 4_096
_LABEL: Final = 11
_NAMED: Final = frozenset({Form.INT32, Form.INT64, Form.FLOAT32, Form.FLOAT64, Form.UUID})
_SHORT: Final = 16
"""Bytes that may be a number or an identity."""


class Mode(StrEnum):
    """How the value is written."""

    PRETTY = "pretty"
    TEXT = "text"
    HEX = "hex"


@dataclass(frozen=True, slots=True)
class RecordLook:
    """How one record is written."""

    decoder: Decoder
    times: Times
    mode: Mode = Mode.PRETTY
    most_bytes: int = FIRST_BYTES
    width: int = 80

    def value_of(self, record: Record) -> Reading:
        return self.decoder.read(record.value, record.topic, Part.VALUE)

    def key_of(self, record: Record) -> Reading:
        return self.decoder.read(record.key, record.topic, Part.KEY)


def record_title(record: Record) -> Line:
    return (
        Run(safe(record.topic), Tone.TITLE),
        Run(f"  partition {record.partition}  offset {record.offset:,}"),
    )


def record_lines(record: Record, look: RecordLook, why: str) -> tuple[Line, ...]:
    """All of it, already cut and wrapped to the width."""
    return tuple(piece for whole in _sections(record, look, why) for piece in _wrapped(whole, look.width))


def _sections(record: Record, look: RecordLook, why: str) -> Iterator[Line]:
    yield _labelled("time", time_words(record, look.times))
    yield _labelled("size", f"{size_in_words(record.size)} of key, value and headers")
    yield _labelled("partition", why)
    yield ()
    key = look.key_of(record)
    yield _heading("key", key, record.key)
    yield from _lines(_cut_text(key.text, look.most_bytes), key)
    yield from _alternatives(record.key, key, look, record.topic, Part.KEY)
    yield ()
    yield from _headers(record)
    value = look.value_of(record)
    yield (*_heading("value", value, record.value), *_modes(look, value))
    yield from _value_lines(record, value, look)


def _value_lines(record: Record, value: Reading, look: RecordLook) -> Iterator[Line]:
    size = len(record.value or b"") + record.cut
    if look.mode is Mode.HEX and not value.is_masked and record.value is not None:
        shown = record.value[: look.most_bytes]
        yield from ((Run(text),) for text in hex_lines(shown))
        left = size - len(shown)
    else:
        text = _cut_text(value.text, look.most_bytes)
        left = max(0, len(value.text) - len(text)) + record.cut
        whole = left == 0 and look.mode is Mode.PRETTY and (value.is_json or is_json(text))
        yield from ((Run(safe(part)),) for part in laid_out(text)) if whole else _lines(text, value)
    yield from _alternatives(record.value, value, look, record.topic, Part.VALUE)
    if left > 0:
        more = (
            f"… {left:,} more; a shows them"
            if look.most_bytes < MOST_BYTES
            else f"… {left:,} more; ^e writes them"
        )
        yield (Run(more, Tone.WARN),)


def time_words(record: Record, times: Times) -> str:
    """`2026-11-23 14:02:11.481 UTC, CreateTime (1763906531481)`."""
    if record.timestamp < 0:
        return "none"
    try:
        moment = times.moment(record.timestamp / 1000)
    except (ValueError, OverflowError, OSError):
        return f"{record.timestamp:,} ms since 1970, {record.timestamp_type}"
    at = f"{moment:%Y-%m-%d %H:%M:%S}.{record.timestamp % 1000:03d} {moment:%Z}"
    return f"{at}, {record.timestamp_type} ({record.timestamp})"


def why_partition(record: Record, view: TailView | None) -> str:
    """Why the record is in this partition, as far as the evidence says."""
    if record.key is None:
        return f"{record.partition}: without a key, the producer chose any"
    evidence = view.evidence if view is not None else None
    if evidence is None or evidence.partitioner is None:
        seen = (
            f"; {counted(evidence.samples, 'sample')} fit no one partitioner"
            if evidence and evidence.samples
            else ""
        )
        return f"{record.partition}: the producer's choice{seen}"
    return (
        f"{record.partition}: by {evidence.partitioner} of the key, as in "
        f"{counted(evidence.samples, 'sample')}: evidence, not proof"
    )


def _heading(word: str, reading: Reading, data: bytes | None) -> Line:
    form = "null" if data is None else "empty" if not data else str(reading.form)
    runs = [Run(f"{word:<{_LABEL}}", Tone.TITLE), Run("masked" if reading.is_masked else form, Tone.MUTED)]
    if reading.note:
        tone = Tone.MUTED if reading.is_json and reading.form is not Form.JSON else Tone.WARN
        runs.append(Run(f"  {safe(reading.note)}", tone))
    return tuple(runs)


def _modes(look: RecordLook, value: Reading) -> Line:
    runs = [Run("   ")]
    for mode in Mode:
        if mode is Mode.HEX and value.is_masked:
            continue
        is_here = mode is look.mode
        runs.append(Run(f"[{mode}]" if is_here else f" {mode} ", Tone.ACCENT if is_here else Tone.MUTED))
    return tuple(runs)


def _headers(record: Record) -> Iterator[Line]:
    if not record.headers:
        return
    yield (Run(f"{'headers':<{_LABEL}}", Tone.TITLE), Run(f"{len(record.headers):,}", Tone.MUTED))
    names = [safe(name) for name, _ in record.headers[:_HEADERS]]
    wide = min(24, max(map(text_width, names)))
    for name, (_, value) in zip(names, record.headers, strict=False):
        shown = Run("null", Tone.MUTED) if value is None else Run(_header_text(value))
        yield (Run(f"  {name}{' ' * max(0, wide - text_width(name))}  ", Tone.ACCENT), shown)
    if len(record.headers) > _HEADERS:
        yield (Run(f"  … {len(record.headers) - _HEADERS:,} more", Tone.WARN),)
    yield ()


def _header_text(value: bytes) -> str:
    text = safe(value[:_HEADER_BYTES].decode("utf-8", "backslashreplace"))
    left = len(value) - _HEADER_BYTES
    return f"{text}… {left:,} bytes more" if left > 0 else text


def _alternatives(
    data: bytes | None, shown: Reading, look: RecordLook, topic: str, part: Part
) -> Iterator[Line]:
    """What short bytes that are no text may be besides."""
    if data is None or len(data) > _SHORT or look.decoder.is_masked(topic, part) or shown.is_json:
        return
    if shown.form is Form.TEXT and shown.text.isprintable() and "\\x" not in shown.text:
        return
    others = [
        read_as(data, form) for form in possible_forms(data) if form in _NAMED and form is not shown.form
    ]
    others.append(read_as(data, Form.HEX))
    yield (Run("or " + "  ".join(f"{other.form} {other.text}" for other in others), Tone.MUTED),)


def _lines(text: str, reading: Reading) -> Iterator[Line]:
    if reading.form is Form.NULL or not text:
        return
    for part in text.split("\n"):
        yield (Run(safe(part)),)


def _labelled(word: str, text: str) -> Line:
    return (Run(f"{word:<{_LABEL}}", Tone.MUTED), Run(safe(text)))


def _cut_text(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most]


def _wrapped(whole: Line, width: int) -> Sequence[Line]:
    """Broken at the width, not at words: what is copied from the screen is what is there."""
    if len(whole) != 1 or text_width(whole[0].text) <= width or width < 1:
        return (whole,)
    rest, tone = whole[0].text, whole[0].tone
    pieces: list[Line] = []
    if rest.isascii():
        return [(Run(rest[at : at + width], tone),) for at in range(0, len(rest), width)]
    while rest:
        piece = head(rest[: width + 1], width) or rest[0]
        pieces.append((Run(piece, tone),))
        rest = rest[len(piece) :]
    return pieces


def copied_value(record: Record, look: RecordLook) -> str:
    """The value as it stands in the mode that is shown, whole."""
    value = look.value_of(record)
    if look.mode is Mode.HEX and not value.is_masked:
        return (record.value or b"").hex(" ")
    if look.mode is Mode.PRETTY and (value.is_json or is_json(value.text)):
        return "\n".join(laid_out(value.text))
    return value.text
