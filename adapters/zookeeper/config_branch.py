"""`/config`: what is set on topics, brokers, users, clients and addresses, and what changed there. No I/O.

Source: Kafka's `ConfigEntityZNode` and `DynamicConfigManager`: names of users and clients are written as in a URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final
from urllib.parse import unquote

from ktui.adapters.events import ClusterEvent, ConfigsChanged
from ktui.adapters.redaction import is_sensitive, shown_value
from ktui.adapters.zookeeper.branch import Branch, Names
from ktui.adapters.zookeeper.decode import CONFIG, CONFIG_CHANGES, DEFAULT_ENTITY, config_of
from ktui.adapters.zookeeper.report import stamp
from ktui.adapters.zookeeper.wire import NO_NODE, Node

_TYPES: Final = {
    "topics": "topic", "brokers": "broker", "users": "user", "clients": "client-id", "ips": "ip",
}  # fmt: skip
_NOTHING: Final[Mapping[str, str]] = {}


class ConfigBranch(Branch):
    """Overrides by node; of a secret only a mark is kept, by which a change of it is seen."""

    what: ClassVar[str] = "configuration"
    roots: ClassVar[tuple[str, ...]] = (CONFIG,)
    announced_at: ClassVar[tuple[str, ...]] = (CONFIG_CHANGES,)

    def __init__(self) -> None:
        self._held: dict[str, Mapping[str, str]] = {}

    def covers(self, path: str) -> bool:
        return _resource(path) is not None

    async def paths(self, names: Names) -> list[str]:
        """A user's clients are not among them: they are learned of when they change."""
        found: list[str] = []
        for folder in _TYPES:
            found += [f"{CONFIG}/{folder}/{name}" for name in await names(f"{CONFIG}/{folder}")]
        return found

    def held(self) -> Iterable[str]:
        return self._held

    def take(self, path: str, node: Node) -> list[ClusterEvent]:
        resource = _resource(path)
        if resource is None:
            return []
        before = self._held.get(path, _NOTHING)
        if node.error == NO_NODE:
            self._held.pop(path, None)
            is_topics = resource[0] == "topic"  # its settings go with it
            return [] if is_topics else _changed(resource, node, dict.fromkeys(before))
        written = config_of(node.data, path)
        after = {name: _kept(resource[0], name, value) for name, value in written.items()} or _NOTHING
        self._held[path] = after
        changes: dict[str, str | None] = {
            name: shown_value(resource[0], name, written[name])
            for name, value in after.items()
            if before.get(name) != value
        }
        changes |= dict.fromkeys(before.keys() - after.keys())
        return _changed(resource, node, changes)


def _changed(resource: tuple[str, str], node: Node, changes: Mapping[str, str | None]) -> list[ClusterEvent]:
    if not changes:
        return []
    position = node.mzxid if node.mzxid >= 0 else None
    return [ConfigsChanged(stamp(node.written_at, position), *resource, changes)]


def _kept(resource_type: str, name: str, value: str) -> str:
    return f"#{hash(value)}" if is_sensitive(resource_type, name) else value


def _resource(path: str) -> tuple[str, str] | None:
    """Type and name, as `ConfigsChanged` has them, of `/config/topics/T` or `/config/users/U/clients/C`."""
    parts = path.removeprefix(f"{CONFIG}/").split("/")
    if not path.startswith(f"{CONFIG}/") or parts[0] not in _TYPES:
        return None
    if len(parts) == 2:
        return _TYPES[parts[0]], _name(parts[1])
    if len(parts) == 4 and (parts[0], parts[2]) == ("users", "clients"):
        return "user", f"{_name(parts[1])}, client-id {_name(parts[3]) or DEFAULT_ENTITY}"
    return None


def _name(written: str) -> str:
    return "" if written == DEFAULT_ENTITY else unquote(written)
