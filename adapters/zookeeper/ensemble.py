"""Where a ZooKeeper ensemble listens, as `zookeeper.connect` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ktui.adapters.addresses import Address, parse_addresses
from ktui.adapters.errors import BadSettings

DEFAULT_PORT: Final = 2181


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The servers of one ensemble and the folder in which the cluster keeps its nodes."""

    addresses: tuple[Address, ...]
    chroot: str = ""
    """"" or "/a/b": put before every path."""

    def __str__(self) -> str:
        return ",".join(map(str, self.addresses)) + self.chroot

    def path(self, inside: str) -> str:
        """The full path of a node of the cluster; "/" is the chroot itself."""
        return (self.chroot + inside).rstrip("/") or "/"


def parse_ensemble(text: str, what: str) -> Ensemble:
    """`h:p,h:p/chroot` to an ensemble; the port may be left out. BadSettings names what is wrong."""
    servers, slash, folder = text.strip().partition("/")
    if slash and "," in folder:
        raise BadSettings(
            f"{what}: the chroot is written once, after the last address: HOST:PORT,HOST:PORT/CHROOT"
        )
    parts = [part.strip() for part in servers.split(",") if part.strip()]
    addresses = parse_addresses(",".join(map(_with_port, parts)), what)
    return Ensemble(addresses, _chroot(folder, what))


def _with_port(part: str) -> str:
    after_brackets = part.rpartition("]")[2]
    return part if ":" in after_brackets else f"{part}:{DEFAULT_PORT}"


def _chroot(folder: str, what: str) -> str:
    names = folder.rstrip("/").split("/") if folder.strip("/") else []
    if any(name in ("", ".", "..") or not name.isprintable() for name in names):
        raise BadSettings(f"{what}: '/{folder}' is not a path of ZooKeeper")
    return "".join(f"/{name}" for name in names)
