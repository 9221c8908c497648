"""Names to socket addresses, without the default executor: a silent name server holds up nothing else."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import Any, TypeAlias

from ktui.adapters import daemon_thread
from ktui.adapters.addresses import Address

SockAddr: TypeAlias = tuple[Any, ...]
"""What `connect` of a socket takes; its shape depends on the address family."""
Found: TypeAlias = list[tuple[socket.AddressFamily, SockAddr]]


class Resolver:
    """Looks names up, one thread a name at most; a lookup that is under way is shared by all who ask."""

    def __init__(self) -> None:
        self._under_way: dict[Address, asyncio.Future[Found | Exception]] = {}

    async def resolve(self, address: Address) -> Found:
        """All socket addresses in the system's order. Raises OSError or UnicodeError when there are none."""
        try:
            return _ask(address, socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            pass
        lookup = self._under_way.get(address)
        if lookup is None:
            lookup = daemon_thread.start(partial(_ask, address, 0), f"resolve {address.host}")
            self._under_way[address] = lookup
            lookup.add_done_callback(lambda _: self._under_way.pop(address, None))
        outcome = await asyncio.shield(lookup)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def _ask(address: Address, flags: int) -> Found:
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, sockaddr) for family, _, _, _, sockaddr in found]
