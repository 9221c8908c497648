"""Headers of requests and answers, and the ApiVersions answer."""

from __future__ import annotations

from io import BytesIO

import pytest

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.frames import API_VERSIONS, RawRequest, decode_versions
from ktui.adapters.kafka.link import VersionRange
from tests.adapters.kafka.stub import versions_body


def test_header_of_a_version_that_is_not_flexible() -> None:
    header = RawRequest(3, 8, b"body", is_flexible=False).build_request_header(7, "ktui").encode()
    assert header == bytes.fromhex("0003 0008 00000007 0004") + b"ktui"


def test_header_of_a_flexible_version_ends_with_no_tags() -> None:
    header = RawRequest(3, 12, b"body", is_flexible=True).build_request_header(7, "ktui").encode()
    assert header == bytes.fromhex("0003 000c 00000007 0004") + b"ktui" + b"\0"


@pytest.mark.parametrize(
    ("api_key", "is_flexible", "header"),
    [
        (3, False, b"\0\0\0\x07"),
        (3, True, b"\0\0\0\x07\0"),
        (3, True, b"\0\0\0\x07\x02\x00\x01a\x05\x02bc"),
        (API_VERSIONS, True, b"\0\0\0\x07"),
    ],
    ids=["v0", "v1", "v1 with tags", "ApiVersions is always v0"],
)
def test_response_headers(api_key: int, is_flexible: bool, header: bytes) -> None:
    request = RawRequest(api_key, 3, b"", is_flexible=is_flexible)
    buffer = BytesIO(header + b"\1the body")
    assert request.parse_response_header(buffer).correlation_id == 7
    assert request.decode(buffer) == b"\1the body"


def test_versions() -> None:
    assert decode_versions(versions_body({3: (0, 13), 18: (0, 4)})) == {
        3: VersionRange(0, 13),
        18: VersionRange(0, 4),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0\0",
        versions_body({}, error=35),
        versions_body({3: (0, 1)})[:-1],
        versions_body({}) + b"x",
        b"\0\0\xff\xff\xff\xff",
        b"\0\0\x7f\xff\xff\xff",
    ],
)
def test_versions_that_are_not(body: bytes) -> None:
    with pytest.raises(BadAnswer, match="ApiVersions"):
        decode_versions(body)
