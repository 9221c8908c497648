"""`/feature`: the finalized levels of features. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from ktui.adapters.events import ClusterEvent, FeaturesChanged
from ktui.adapters.zookeeper.branch import Branch, Names
from ktui.adapters.zookeeper.decode import FEATURE, feature_of
from ktui.adapters.zookeeper.report import stamp
from ktui.adapters.zookeeper.wire import NO_NODE, Node


class FeatureBranch(Branch):
    """One node, which brokers from 2.7 on make."""

    what: ClassVar[str] = "features"
    roots: ClassVar[tuple[str, ...]] = (FEATURE,)
    announced_at: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._held: Mapping[str, int] = {}

    def covers(self, path: str) -> bool:
        return path == FEATURE

    async def paths(self, names: Names) -> list[str]:
        return [FEATURE]

    def held(self) -> Iterable[str]:
        return (FEATURE,)

    def take(self, path: str, node: Node) -> list[ClusterEvent]:
        before, after = self._held, dict[str, int]()
        if node.error != NO_NODE:
            feature = feature_of(node.data)
            after = dict(feature.levels) if feature.is_enabled else {}
        self._held = after
        levels = {name: level for name, level in after.items() if before.get(name) != level}
        levels |= dict.fromkeys(before.keys() - after.keys(), 0)
        position = node.mzxid if node.mzxid >= 0 else None
        return [FeaturesChanged(stamp(node.written_at, position), levels)] if levels else []
