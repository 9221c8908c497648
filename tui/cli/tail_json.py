"""The lines of `ktui tail --json`: one object a record, and one about all of it."""

from __future__ import annotations

import json
from typing import Any

from ktui.adapters.tail.record import Record
from ktui.adapters.tail.view import StopReason, TailView

Json = dict[str, Any]


def record_line(record: Record) -> str:
    """Only ASCII: what records hold can neither steer a terminal nor split a line."""
    return json.dumps(record_document(record)).replace("\x7f", "\\u007f") + "\n"


def record_document(record: Record) -> Json:
    """Bytes that are not UTF-8 as `{"base64": …}`; a timestamp that there is none of as null."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp if record.timestamp >= 0 else None,
        "timestamp_type": str(record.timestamp_type),
        "key": _bytes(record.key),
        "value": _bytes(record.value),
        "headers": [
            [_bytes(name.encode("utf-8", "surrogateescape")), _bytes(value)] for name, value in record.headers
        ],
        "size": record.size,
    }


def summary_document(view: TailView, stopped: StopReason) -> Json:
    """What was read, and how complete it is."""
    counts, evidence = view.counts, view.evidence
    return {
        "seen": counts.seen,
        "matched": counts.matched,
        "dropped": counts.dropped,
        "bytes": counts.bytes,
        "partitions_read": list(view.partitions_read),
        "partitions": len(view.places) if view.places else None,
        "partitioner": evidence.partitioner,
        "samples": evidence.samples,
        "complete": view.is_complete,
        "stopped": str(stopped),
        "why_all": evidence.why_all,
        "lost": counts.lost,
        "damaged": counts.damaged,
        "held_back": counts.held_back,
        "notes": list(view.notes),
    }


def _bytes(data: bytes | None) -> str | Json | None:
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        import base64

        return {"base64": base64.b64encode(data).decode()}
