"""A link that answers from a list, and kio's way of making such answers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any, NamedTuple, get_args

from kio.index import load_request_schema, load_response_schema
from kio.schema.errors import ErrorCode
from kio.serial import entity_reader, entity_writer

from ktui.adapters.kafka.link import VersionRange


class Sent(NamedTuple):
    """A request as it was handed to the link."""

    api_key: int
    version: int
    body: bytes
    is_flexible: bool

    def read(self) -> Any:
        """As kio reads it."""
        entity, size = entity_reader(load_request_schema(self.api_key, self.version))(self.body, 0)
        assert size == len(self.body)
        return entity


class ScriptedLink:
    """Takes the place of a connection."""

    def __init__(self, ranges: Mapping[int, VersionRange], answers: Sequence[bytes]) -> None:
        self.ranges = ranges
        self.answers = list(answers)
        self.sent: list[Sent] = []

    async def versions(self) -> Mapping[int, VersionRange]:
        return self.ranges

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        self.sent.append(Sent(api_key, version, body, is_flexible))
        return self.answers.pop(0)


def scripted(api_key: int, version: int, *answers: Mapping[str, Any]) -> ScriptedLink:
    """A link to a node that knows this one request in this one version."""
    encoded = [response(api_key, version, one) for one in answers]
    return ScriptedLink({api_key: VersionRange(version, version)}, encoded)


def response(api_key: int, version: int, values: Mapping[str, Any]) -> bytes:
    """An answer; fields that are not given are empty, 0 or false, and those that the version lacks are left out."""
    cls = load_response_schema(api_key, version)
    stream = io.BytesIO()
    entity_writer(cls)(stream, made(cls, values))
    return stream.getvalue()


def made(cls: type[Any], values: Mapping[str, Any]) -> Any:
    given = {}
    for field in fields(cls):
        nested = _entity_in(field.type)
        if field.name in values:
            value = values[field.name]
            if nested is not None and value is not None:
                value = (
                    made(nested, value)
                    if isinstance(value, Mapping)
                    else tuple(made(nested, v) for v in value)
                )
            elif field.metadata.get("kafka_type") == "error_code":
                value = ErrorCode(value)
            given[field.name] = value
        elif field.default is MISSING:
            given[field.name] = _empty(field.metadata.get("kafka_type"), field.type)
    return cls(**given)


def _entity_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and hasattr(annotation, "__version__"):
        return annotation
    return next((found for part in get_args(annotation) if (found := _entity_in(part))), None)


def _empty(kafka_type: str | None, annotation: Any) -> Any:
    if type(None) in get_args(annotation):
        return None
    if kafka_type is None or str(annotation).startswith("tuple"):
        return ()
    empties: dict[str, Any] = {
        "string": "",
        "bytes": b"",
        "bool": False,
        "error_code": ErrorCode(0),
        "uuid": None,
    }
    return timedelta(0) if kafka_type.startswith("timedelta") else empties.get(kafka_type, 0)
