"""`/kafka-acl` and `/kafka-acl-extended`: the access rules, and which of them came and went. No I/O.

Source: Kafka's `ZkAclStore` in `kafka/zk/ZkData.scala`: literal patterns, and from 2.0 the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from ktui.adapters.events import AclsChanged, ClusterEvent
from ktui.adapters.zookeeper.branch import Branch, Names
from ktui.adapters.zookeeper.decode import UnreadableNode, object_of
from ktui.adapters.zookeeper.report import stamp
from ktui.adapters.zookeeper.wire import NO_NODE, Node

ACL: Final = "/kafka-acl"
EXTENDED_ACL: Final = "/kafka-acl-extended"
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class AclBranch(Branch):
    """Rules as sentences, by the node that holds those of one resource."""

    what: ClassVar[str] = "access rules"
    roots: ClassVar[tuple[str, ...]] = (ACL, EXTENDED_ACL)
    announced_at: ClassVar[tuple[str, ...]] = ("/kafka-acl-changes", "/kafka-acl-extended-changes")

    def __init__(self) -> None:
        self._held: dict[str, frozenset[str]] = {}

    def covers(self, path: str) -> bool:
        return _resource(path) is not None

    async def paths(self, names: Names) -> list[str]:
        folders = [f"{ACL}/{kind}" for kind in await names(ACL)]
        for pattern in await names(EXTENDED_ACL):
            folders += [
                f"{EXTENDED_ACL}/{pattern}/{kind}" for kind in await names(f"{EXTENDED_ACL}/{pattern}")
            ]
        return [f"{folder}/{name}" for folder in folders for name in await names(folder)]

    def held(self) -> Iterable[str]:
        return self._held

    def take(self, path: str, node: Node) -> list[ClusterEvent]:
        resource = _resource(path)
        if resource is None:
            return []
        before = self._held.pop(path, frozenset())
        after: frozenset[str] = frozenset()
        if node.error != NO_NODE:
            try:
                after = frozenset(_sentences(node.data, path, resource))
            except UnreadableNode:
                self._held[path] = before
                raise
            self._held[path] = after
        if before == after:
            return []
        position = node.mzxid if node.mzxid >= 0 else None
        added, removed = sorted(after - before), sorted(before - after)
        return [AclsChanged(stamp(node.written_at, position), added, removed)]


def _resource(path: str) -> str | None:
    """ "TOPIC LITERAL orders" of `/kafka-acl/Topic/orders`."""
    parts = path.split("/", 4)
    if path.startswith(f"{ACL}/") and len(parts) == 4:
        return f"{_word(parts[2])} LITERAL {parts[3]}"
    if path.startswith(f"{EXTENDED_ACL}/") and len(parts) == 5 and "/" not in parts[4]:
        return f"{_word(parts[3])} {parts[2].upper()} {parts[4]}"
    return None


def _sentences(data: bytes, path: str, resource: str) -> Iterable[str]:
    rules = object_of(data, path).get("acls")
    if not isinstance(rules, list):
        raise UnreadableNode(f"{path} has no rules")
    for rule in rules:
        if not isinstance(rule, dict):
            raise UnreadableNode(f"{path} has a rule that is none")
        yield (
            f"{_of(rule, 'principal')} {_word(_of(rule, 'permissionType'))} {_word(_of(rule, 'operation'))}"
            f" on {resource} from {_of(rule, 'host')}"
        )


def _of(rule: dict[str, Any], key: str) -> str:
    return str(rule.get(key, "?"))


def _word(text: str) -> str:
    """ "DESCRIBE_CONFIGS" of "DescribeConfigs"."""
    return _HUMP.sub("_", text).upper()
