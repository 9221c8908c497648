"""What bytes were read as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How bytes were turned into text."""

    NULL = "null"
    TEXT = "text"
    JSON = "json"
    HEX = "hex"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    UUID = "uuid"
    AVRO = "avro"
    PROTOBUF = "protobuf"
    JSON_SCHEMA = "json schema"


class Part(StrEnum):
    """Of a record."""

    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Reading:
    """Text made of bytes. It is not safe for a terminal yet: control characters stand in it as they came."""

    text: str
    form: Form
    note: str = ""
    """Why it is not read better, in a few words: the registry is down, the schema is not known, …"""
    is_masked: bool = False

    @property
    def is_json(self) -> bool:
        return self.form in (Form.JSON, Form.AVRO, Form.PROTOBUF, Form.JSON_SCHEMA)


NULL = Reading("", Form.NULL)
