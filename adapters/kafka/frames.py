"""Any request at any version in the shape that the transport sends, its answer as undecoded bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from io import BytesIO
from typing import Final, NamedTuple

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.link import VersionRange

API_VERSIONS: Final = 18


class Correlation(NamedTuple):
    """What a response header says."""

    correlation_id: int


class RawRequest:
    """A request body that is encoded already. Headers: Kafka protocol guide, "Request Header" and "Response Header".

    Request header v1, or v2 (with tagged fields) for flexible versions; response header v0, or v1 for flexible
    versions, but always v0 for ApiVersions (KIP-511). The method names are those that aiokafka's `send` calls.
    """

    __slots__ = ("_api_key", "_body", "_is_flexible", "_version")

    def __init__(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> None:
        self._api_key = api_key
        self._version = version
        self._body = body
        self._is_flexible = is_flexible

    @property
    def RESPONSE_TYPE(self) -> RawRequest:
        return self

    def prepare(self, versions: Mapping[int, tuple[int, int]]) -> RawRequest:
        return self

    def build_request_header(self, correlation_id: int, client_id: str) -> _Encoded:
        name = client_id.encode()
        header = struct.pack(
            f">hhih{len(name)}s", self._api_key, self._version, correlation_id, len(name), name
        )
        return _Encoded(header + b"\0" if self._is_flexible else header)

    def encode(self) -> bytes:
        return self._body

    def parse_response_header(self, buffer: BytesIO) -> Correlation:
        (correlation_id,) = struct.unpack(">i", buffer.read(4))
        if self._is_flexible and self._api_key != API_VERSIONS:
            for _ in range(_varint(buffer)):
                _varint(buffer)
                buffer.seek(_varint(buffer), 1)
        return Correlation(correlation_id)

    def decode(self, buffer: BytesIO) -> bytes:
        return buffer.read()


class _Encoded(NamedTuple):
    data: bytes

    def encode(self) -> bytes:
        return self.data


def _varint(buffer: BytesIO) -> int:
    value = 0
    for shift in range(0, 35, 7):
        (byte,) = buffer.read(1)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise ValueError("a varint of more than five bytes")


def decode_versions(body: bytes) -> dict[int, VersionRange]:
    """ApiVersions v0: int16 error, then an array of three int16. Raises BadAnswer."""
    try:
        error, count = struct.unpack_from(">hi", body)
        if error:
            raise BadAnswer(f"ApiVersions was answered with error {error}")
        if count < 0 or len(body) != 6 + 6 * count:
            raise BadAnswer("the answer to ApiVersions is not what the protocol says")
        return {key: VersionRange(low, high) for key, low, high in struct.iter_unpack(">hhh", body[6:])}
    except struct.error as error_:
        raise BadAnswer("the answer to ApiVersions is too short") from error_
