"""The seam between requests and connections: a link carries any request at any version to one node."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol


class VersionRange(NamedTuple):
    """The versions of one request that a node takes, both ends included."""

    lowest: int
    highest: int


class Lane(StrEnum):
    """A node serves one request of a connection at a time, so slow requests get connections of their own."""

    READ = "read"
    """Metadata, DescribeCluster, ListOffsets: what is answered from memory."""
    WHOLE = "whole"
    """Metadata of all topics: megabytes on a large cluster."""
    FORWARD = "forward"
    """Whatever a broker forwards to the controller: it may hang for a minute."""
    BULK = "bulk"
    """Log directories and configurations."""
    OFFSETS = "offsets"
    """End offsets of many partitions, every second."""
    TAIL = "tail"
    """Fetches that wait for records."""
    GROUPS = "groups"
    """What group coordinators answer."""
    LOG = "log"
    """The metadata log of a controller: an answer may take seconds to come."""
    ADMIN = "admin"
    """Changes."""


class Link(Protocol):
    """One lane to one node, connected when first used and again after it broke.

    Both methods raise `ConnectFailed` (not connected, or not a Kafka node), `NoAnswer` (nothing was sent),
    `ConnectionBroke` (sent, and no answer in time or the connection broke), `NotSupported` (this node does not
    offer the request in any version) and `BadAnswer` (bytes that are not what the protocol says).
    """

    async def versions(self) -> Mapping[int, VersionRange]:
        """By api key, from the ApiVersions answer of this connection."""

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        """Send one request (body after the request header) and return the body after the response header."""
