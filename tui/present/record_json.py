"""Records as `ktui tail --json` writes them, masked where a rule says so."""

from __future__ import annotations

import json
from base64 import b64encode

from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.serde.shapes import Part
from ktui.adapters.tail.record import Record


def record_json(record: Record, decoder: Decoder) -> str:
    """One line without its break. What is masked is text; all else is byte for byte."""
    return json.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": record.timestamp,
            "timestamp_type": record.timestamp_type.value,
            "key": _part(record.key, record, decoder, Part.KEY),
            "value": _part(record.value, record, decoder, Part.VALUE),
            "headers": [[_name(name), plain_json(value)] for name, value in record.headers],
            "size": record.size,
        },
        ensure_ascii=False,
    )


def _part(data: bytes | None, record: Record, decoder: Decoder, part: Part) -> object:
    if data is not None and decoder.is_masked(record.topic, part):
        return decoder.read(data, record.topic, part).text
    return plain_json(data)


def plain_json(data: bytes | None) -> object:
    """UTF-8 as a string, other bytes in base64."""
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode()}


def _name(name: str) -> object:
    return plain_json(name.encode("utf-8", "surrogateescape"))
