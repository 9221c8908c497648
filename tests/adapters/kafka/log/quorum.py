"""A quorum of controllers in memory: it answers Fetch and FetchSnapshot as real ones do, through kio's own writers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.kafka.link import Lane, Link, VersionRange
from tests.adapters.kafka.scripted_link import Sent, response

FETCH, FETCH_SNAPSHOT = 1, 59
LEADER_EPOCH_OLD, NOT_LEADER = 74, 6


@dataclass
class Quorum:
    """Three controllers on ports 1, 2 and 3 with ids 101 to 103; the test moves its parts."""

    leader: int | None = 101
    epoch: int = 1
    log: list[tuple[int, bytes]] = field(default_factory=list)
    """Base offset and bytes of each batch."""
    end: int = 0
    high_watermark: int = -1
    snapshot: tuple[int, int, bytes] | None = None
    """End offset, epoch and bytes; what asks for less is sent here."""
    diverging: tuple[int, int] | None = None
    """Is told once."""
    top_level_error: int = 0
    down: set[int] = field(default_factory=set)
    fetch_version: int = 17
    sent: list[Sent] = field(default_factory=list)
    slice_bytes: int = 1000

    def append(self, data: bytes, records: int, *, is_committed: bool = True) -> None:
        self.log.append((self.end, data))
        self.end += records
        if is_committed:
            self.high_watermark = self.end

    def link(self, node: Any, lane: Lane, *, timeout_s: float, is_urgent: bool = False) -> Link:
        return _Link(self, 100 + node.port)

    def fetch(self, node: int, sent: Sent) -> Mapping[str, Any]:
        asked = sent.read().topics[0].partitions[0]
        partition: dict[str, Any] = {
            "error_code": 0, "current_leader": {"leader_id": self.leader or -1, "leader_epoch": self.epoch},
            "high_watermark": self.high_watermark, "log_start_offset": self.log[0][0] if self.log else 0,
            "records": b"", "preferred_read_replica": -1,
        }  # fmt: skip
        offset = int(asked.fetch_offset)
        if int(asked.current_leader_epoch) != self.epoch:
            partition["error_code"] = LEADER_EPOCH_OLD
        elif node != self.leader:
            partition["error_code"] = NOT_LEADER
        elif self.diverging is not None:
            partition["diverging_epoch"] = {"end_offset": self.diverging[0], "epoch": self.diverging[1]}
            self.diverging = None
        elif self.snapshot is not None and offset < self.snapshot[0]:
            partition["snapshot_id"] = {"end_offset": self.snapshot[0], "epoch": self.snapshot[1]}
        else:
            partition["records"] = b"".join(data for base, data in self.log if base >= offset)
        endpoints = (
            [{"node_id": self.leader, "host": "quorum", "port": self.leader - 100}]
            if self.leader is not None
            else []
        )
        return {
            "error_code": self.top_level_error, "node_endpoints": endpoints,
            "responses": [{"topic_id": None, "partitions": [partition]}],
        }  # fmt: skip

    def fetch_snapshot(self, node: int, sent: Sent) -> Mapping[str, Any]:
        asked = sent.read().topics[0].partitions[0]
        assert self.snapshot is not None
        end, epoch, data = self.snapshot
        is_it = (int(asked.snapshot_id.end_offset), int(asked.snapshot_id.epoch)) == (end, epoch)
        position = int(asked.position)
        partition = {
            "error_code": 0 if is_it else 98, "snapshot_id": {"end_offset": end, "epoch": epoch}, "size": len(data),
            "position": position, "unaligned_records": data[position : position + self.slice_bytes],
            "current_leader": {"leader_id": self.leader or -1, "leader_epoch": self.epoch},
        }  # fmt: skip
        return {"error_code": 0, "topics": [{"name": "__cluster_metadata", "partitions": [partition]}]}


class _Link:
    def __init__(self, quorum: Quorum, node: int) -> None:
        self._quorum = quorum
        self._node = node

    async def versions(self) -> Mapping[int, VersionRange]:
        if self._node in self._quorum.down:
            raise ConnectFailed(f"quorum:{self._node - 100}", Step.CONNECT, "connection refused")
        return {FETCH: VersionRange(4, self._quorum.fetch_version), FETCH_SNAPSHOT: VersionRange(0, 1)}

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        await asyncio.sleep(0)
        sent = Sent(api_key, version, body, is_flexible)
        self._quorum.sent.append(sent)
        answer = self._quorum.fetch if api_key == FETCH else self._quorum.fetch_snapshot
        return response(api_key, version, answer(self._node, sent))


ADDRESSES = tuple(Address("quorum", port) for port in (1, 2, 3))
