"""Entries of the timeline as JSON objects: the shape of `ktui events --json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ktui.adapters.timeline.entries import Entry, Value

OBSERVED = "observed"
"""Stands in `detail` where a change was found by comparing two answers."""


def entry_line(entry: Entry) -> str:
    """One line, without its end."""
    return json.dumps(entry_document(entry), ensure_ascii=False)


def entry_document(entry: Entry) -> dict[str, Any]:
    """Fields that are not known or do not apply are left out."""
    cause = entry.cause
    happened_at = entry.stamp.happened_at
    detail = [entry.detail] if entry.detail else []
    if entry.is_observed:
        detail.append(OBSERVED)
    document = {
        "seq": entry.seq,
        "at": None if happened_at is None else _iso(happened_at),
        "seen_at": _iso(entry.stamp.seen_at),
        "kind": str(entry.kind),
        "broker": entry.broker,
        "topic": entry.topic,
        "partition": entry.partition,
        "from": _plain(entry.before),
        "to": _plain(entry.after),
        "cause": None if cause is None else _given({"seq": cause.seq, "kind": str(cause.kind), "broker": cause.broker}),
        "detail": ", ".join(detail) or None,
    }  # fmt: skip
    return _given(document)


def _given(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
