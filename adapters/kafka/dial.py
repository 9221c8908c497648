"""From an address to a connected socket: name, then connect; several addresses of a name are tried side by side."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from functools import partial
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import Step
from ktui.adapters.kafka.race import first_success
from ktui.adapters.kafka.resolve import Resolver, SockAddr

_STAGGER_S: Final = 0.25
"""RFC 8305, section 5."""


@dataclass(slots=True)
class Progress:
    """How far an attempt came; read when its time is up."""

    step: Step = Step.NAME


async def dial(address: Address, resolver: Resolver, progress: Progress) -> socket.socket:
    """A connected, non-blocking socket. Raises OSError or UnicodeError; no time-out of its own."""
    found = await resolver.resolve(address)
    progress.step = Step.CONNECT
    attempts = [partial(_connect, family, sockaddr) for family, sockaddr in found]
    try:
        return await first_success(attempts, OSError, stagger_s=_STAGGER_S, discard=socket.socket.close)
    except ExceptionGroup as group:
        raise _most_telling(group) from None


async def _connect(family: socket.AddressFamily, sockaddr: SockAddr) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, sockaddr)
    except BaseException:
        sock.close()
        raise
    return sock


def _most_telling(group: ExceptionGroup[Exception]) -> Exception:
    """The first that is not a mere refusal: `localhost` is often refused at ::1 only because nobody listens there."""
    errors = group.exceptions
    telling = (error for error in errors if not isinstance(error, ConnectionRefusedError | ExceptionGroup))
    return next(telling, errors[0])
