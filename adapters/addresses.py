"""host:port lists as users and properties files write them."""

from __future__ import annotations

from dataclasses import dataclass

from ktui.adapters.errors import BadSettings


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where something listens; the host is a name, an IPv4 or an IPv6 address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_addresses(text: str, what: str) -> tuple[Address, ...]:
    """`h:p,[v6]:p` to addresses; BadSettings names the part that is wrong and `what` it belongs to."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise BadSettings(f"{what}: no address given; write HOST:PORT")
    return tuple(_parse_one(part, what) for part in parts)


def _parse_one(part: str, what: str) -> Address:
    bare = part.split("://", 1)[-1]
    host, colon, port = bare.rpartition(":")
    if not colon or not host:
        raise BadSettings(f"{what}: {part!r} has no port; write HOST:PORT")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadSettings(f"{what}: {part!r}: the port must be a number from 1 to 65535")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise BadSettings(f"{what}: {part!r}: write an IPv6 address as [ADDRESS]:PORT")
    return Address(host, int(port))
