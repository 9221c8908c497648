"""From a socket address of a ZooKeeper server to a connected socket, blocking: for threads of a session's own."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import Step

CONNECT_S: Final = 3.0
_VERSION: Final = re.compile(rb"Zookeeper version: (\d+)\.(\d+)")


@dataclass(slots=True)
class Progress:
    """How far an attempt came, and since when this step lasts (`time.monotonic()`)."""

    address: Address
    step: Step
    since: float


def dial(
    sockaddr: tuple[str, int],
    name: str,
    tls: ssl.SSLContext | None,
    *,
    at_step: Callable[[Step], None] = lambda step: None,
) -> socket.socket:
    """Connect, and shake hands when there is a context. Raises OSError (ssl.SSLError among them)."""
    at_step(Step.CONNECT)
    sock = socket.create_connection(sockaddr, CONNECT_S)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            at_step(Step.TLS)
            sock = tls.wrap_socket(sock, server_hostname=name)
    except BaseException:
        sock.close()
        raise
    return sock


def server_version(
    sockaddr: tuple[str, int], name: str, tls: ssl.SSLContext | None
) -> tuple[int, int] | None:
    """Major and minor version by the four-letter word `srvr`; None where it is not allowed."""
    answer, deadline = b"", time.monotonic() + CONNECT_S
    with contextlib.suppress(OSError), dial(sockaddr, name, tls) as sock:
        sock.sendall(b"srvr")
        while (found := _VERSION.search(answer)) is None and time.monotonic() < deadline:
            chunk = sock.recv(4096)
            if not chunk:
                return None
            answer += chunk
        return (int(found[1]), int(found[2])) if found else None
    return None


def reason_of(error: BaseException, step: Step, *, is_tls: bool) -> str:
    """Why an attempt failed at this step, in one phrase."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is refused: {error.verify_message or error}"
    if step is Step.NAME:
        return "does not resolve"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return silence_at(step)
    if step is Step.TLS:
        return "the handshake failed; perhaps the port does not speak TLS"
    if step is Step.PROTOCOL:
        closed = "the connection was closed without an answer: not ZooKeeper, a ZooKeeper without a quorum"
        return closed + (", or it wants a client certificate" if is_tls else ", or a port that wants TLS")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__


def silence_at(step: Step) -> str:
    """What it means that nothing comes at this step."""
    if step is Step.NAME:
        return "the name server does not answer"
    if step is Step.TLS:
        return "no answer to the handshake; perhaps the port does not speak TLS"
    if step is Step.PROTOCOL:
        return "connected, but it does not answer: it hangs, or it is not ZooKeeper"
    return "no answer"
