"""The one way from the bytes of a record to text: by its schema where there is one, masked where a rule says so."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Final

from ktui.adapters.serde.masking import NO_MASKS, Masks
from ktui.adapters.serde.plain import read_plain
from ktui.adapters.serde.schemas import PREFIX, NoSchema, Schema, SchemaRegistry, schema_id
from ktui.adapters.serde.shapes import NULL, Form, Part, Reading

LARGEST: Final = 1 << 20
"""Bytes that are decoded by a schema; of more only the bytes are shown."""
_MODULES: Final = {
    "AVRO": (Form.AVRO, "ktui.adapters.serde.avro"),
    "PROTOBUF": (Form.PROTOBUF, "ktui.adapters.serde.protobuf"),
}
_MISSING: Final = "needs kafka-ktui[registry]"

Read = Callable[[bytes], str]


class Decoder:
    """Never raises for what the bytes or the registry are: what cannot be decoded is plain, with a note."""

    def __init__(
        self,
        registry: SchemaRegistry | None = None,
        masks: Masks = NO_MASKS,
        on_change: Callable[[], object] = lambda: None,
    ) -> None:
        """`on_change` is called when a schema that was missing has come, or has not."""
        self.on_change = on_change
        self._registry = registry
        self._masks = masks
        self._readers: dict[Schema, tuple[Form, Read] | str] = {}

    def read(self, data: bytes | None, topic: str, part: Part) -> Reading:
        """What to show, copy and export of a key or a value."""
        if data is None:
            return NULL
        return self._masks.applied(self._unmasked(data), topic, part)

    def is_plain(self, topic: str) -> bool:
        """Whether values are neither decoded by a schema nor masked: their beginning is enough for their beginning."""
        return self._registry is None and not self.is_masked(topic, Part.VALUE)

    def is_masked(self, topic: str, part: Part) -> bool:
        """Whether the bytes as they are must not be shown."""
        return bool(self._masks.rules_of(topic, part))

    def _unmasked(self, data: bytes) -> Reading:
        number = schema_id(data) if self._registry is not None else None
        if number is None or self._registry is None:
            return read_plain(data)
        found = self._registry.get(number, self.on_change)
        if isinstance(found, NoSchema):
            return _noted(data, found.reason)
        if len(data) > LARGEST:
            return _noted(data, f"too large to decode by schema {number}")
        reader = self._reader_of(found)
        if isinstance(reader, str):
            return _noted(data, f"schema {number}: {reader}")
        form, read = reader
        try:
            return Reading(read(data[PREFIX:]), form, f"schema {number}")
        except _failures(form) as error:
            return _noted(data, f"not by schema {number}: {_short(error)}")

    def _reader_of(self, schema: Schema) -> tuple[Form, Read] | str:
        """Made once a schema; a few words where it cannot be."""
        reader = self._readers.get(schema)
        if reader is None:
            reader = self._readers[schema] = _make_reader(schema)
        return reader


def _make_reader(schema: Schema) -> tuple[Form, Read] | str:
    if schema.kind == "JSON":
        return Form.JSON_SCHEMA, _json
    if schema.kind not in _MODULES:
        return f"{schema.kind} is not known"
    form, name = _MODULES[schema.kind]
    try:
        module = importlib.import_module(name)
    except ImportError:
        return f"{form} {_MISSING}"
    try:
        return form, module.reader_of(schema)
    except module.FAILURES as error:
        return _short(error)


def _json(payload: bytes) -> str:
    text = payload.decode()
    json.loads(text)
    return text


def _failures(form: Form) -> tuple[type[BaseException], ...]:
    for known, name in _MODULES.values():
        if known is form:
            failures: tuple[type[BaseException], ...] = importlib.import_module(name).FAILURES
            return failures
    return (ValueError, RecursionError)


def _noted(data: bytes, note: str) -> Reading:
    plain = read_plain(data)
    return Reading(plain.text, plain.form, note)


def _short(error: BaseException) -> str:
    text = str(error).partition("\n")[0] or type(error).__name__
    return text if len(text) <= 80 else text[:79] + "…"
