"""Everything kept about one address: its lanes and its back-off."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ktui.adapters.addresses import Address
from ktui.adapters.kafka.backoff import BackOff
from ktui.adapters.kafka.connection import Connection
from ktui.adapters.kafka.lane import LaneConnection, Open, Traffic
from ktui.adapters.kafka.link import Lane


class Endpoint:
    """One address; a lane is made when it is first used."""

    def __init__(
        self, address: Address, open_: Open, *, traffic: Mapping[Lane, Traffic], idle_s: float
    ) -> None:
        self.address = address
        self.back_off = BackOff(time.monotonic)
        self.failed_at = 0.0
        """`time.monotonic()` of the last time that it disappointed somebody who had a choice."""
        self.was_reached = False
        self._open = open_
        self._traffic = traffic
        self._idle_s = idle_s
        self._lanes: dict[Lane, LaneConnection] = {}

    def lane(self, lane: Lane) -> LaneConnection:
        if lane not in self._lanes:
            traffic = self._traffic[lane]
            self._lanes[lane] = LaneConnection(
                self.address, lane, self._open_noted, self.back_off, traffic=traffic, idle_s=self._idle_s
            )
        return self._lanes[lane]

    @property
    def is_connected(self) -> bool:
        return any(lane.is_connected for lane in self._lanes.values())

    def close(self) -> list[Connection]:
        """Close all lanes; returns what was open."""
        return [connection for lane in self._lanes.values() for connection in lane.close()]

    async def _open_noted(self, address: Address, timeout_s: float) -> Connection:
        connection = await self._open(address, timeout_s)
        self.was_reached = True
        return connection
