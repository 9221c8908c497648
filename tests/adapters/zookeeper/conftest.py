from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.events import ClusterIdentified
from ktui.adapters.zookeeper import source as source_module
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.source import ZooKeeperSource
from tests.adapters.zookeeper.tree import Tree
from tests.adapters.zookeeper.watched import Watched

ENSEMBLE = Ensemble((Address("zk", 2181),))


@pytest.fixture(params=[True, False], ids=["told", "polled"])
async def tree(request: pytest.FixtureRequest) -> Tree:
    """A cluster, on a server that has tree watches and on one that is too old."""
    tree = Tree()
    tree.has_tree_watches = request.param
    tree.cluster()
    tree.topic("orders", [(1, 2, 3), (2, 3, 1)], topic_id="jSuOy-zLvEZ0bhX6BSJRZA")
    tree.topic("__consumer_offsets", [(3,)])
    return tree


@pytest.fixture
async def start(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Watched]]:
    """Starts a source with short periods."""
    monkeypatch.setattr(source_module, "SILENT_S", 0.2)
    monkeypatch.setattr(source_module, "LOOK_S", 0.02)
    monkeypatch.setattr(source_module, "AGAIN_S", 0.05)
    monkeypatch.setattr("ktui.adapters.zookeeper.members_follower.SAFETY_S", 0.1)
    monkeypatch.setattr("ktui.adapters.zookeeper.topics_follower.JITTER_S", 0.01)
    tasks: list[asyncio.Task[None]] = []

    def begin(*, protocol: str = "PLAINTEXT") -> Watched:
        source = ZooKeeperSource(ENSEMBLE, security_protocol=protocol, open_session=tree.open_session)
        source.pace(0.02)
        watched = Watched(tree, source)
        tasks.append(asyncio.create_task(source.run(watched.sink)))
        return watched

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def watched(start: Callable[..., Watched]) -> Watched:
    """A source that has told everything."""
    watched = start()
    await watched.until(lambda: watched.is_complete and watched.of(ClusterIdentified))
    return watched
