"""Avro by fastavro, of the extra `registry`; the one import of it."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException

from ktui.adapters.serde.schemas import Schema

FAILURES = (
    EOFError, ValueError, LookupError, TypeError, OverflowError, ArithmeticError, RecursionError, MemoryError,
    AttributeError, SchemaParseException,
)  # fmt: skip
"""What fastavro raises for schemas and bytes that do not fit each other."""


def reader_of(schema: Schema) -> Callable[[bytes], str]:
    """From the payload to JSON text. Both raise one of FAILURES."""
    named: dict[str, Any] = {}
    _parse_references(schema, named)
    parsed = fastavro.parse_schema(json.loads(schema.text), named_schemas=named)

    def read(payload: bytes) -> str:
        source = io.BytesIO(payload)
        content = fastavro.schemaless_reader(source, parsed, None)
        if source.tell() != len(payload):
            raise ValueError(f"{len(payload) - source.tell()} bytes are left over")
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)

    return read


def _parse_references(schema: Schema, named: dict[str, Any]) -> None:
    for reference in schema.references:
        _parse_references(reference.schema, named)
        content = json.loads(reference.schema.text)
        if not (isinstance(content, dict) and _full_name(content) in named):
            fastavro.parse_schema(content, named_schemas=named)


def _full_name(content: dict[str, Any]) -> str:
    name, space = str(content.get("name")), content.get("namespace")
    return name if "." in name or not space else f"{space}.{name}"


def _plain(value: object) -> object:
    """Logical types as people write them; bytes as text where they are, else as base64."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": b64encode(value).decode()}
    return str(value)
