"""A tree of nodes in memory, and a session that reads it: what the source sees of ZooKeeper, without one."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence

from ktui.adapters.errors import ConnectFailed, NoAnswer, NotPermitted, Step
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.port import SessionState
from ktui.adapters.zookeeper.wire import NO_AUTH, NO_NODE, Node, joined
from ktui.adapters.zookeeper.zk_config import ZkConfig
from tests.adapters.zookeeper.raw import got_data

WRITTEN_AT_MS = 1_700_000_000_000
"""Every transaction is a millisecond later than the one before."""


class Tree:
    """Nodes by path, and everyone who watches."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.hidden: set[str] = set()
        self.zxid = 0
        self.listeners: list[Callable[[str, str], None]] = []
        """Called with ("data" | "children", path)."""
        self.sessions: list[FakeSession] = []
        self.flows = asyncio.Event()
        self.flows.set()
        self.is_up = True
        self.has_tree_watches = True
        self.delay_s = 0.0

    def put(self, path: str, data: bytes | str | dict[str, object] = b"") -> None:
        """Make or change a node, its parents with it."""
        raw = (
            json.dumps(data).encode()
            if isinstance(data, dict)
            else data.encode()
            if isinstance(data, str)
            else data
        )
        self.zxid += 1
        held = self.nodes.get(path)
        czxid = held.czxid if held else self.zxid
        parent = path.rpartition("/")[0] or "/"
        if held is None and path != "/" and parent not in self.nodes:
            self.put(parent)
        at, below = WRITTEN_AT_MS + self.zxid, held.pzxid if held else self.zxid
        self.nodes[path] = Node(raw, held.version + 1 if held else 0, czxid, self.zxid, 0, at, below)
        if held is None and path != "/":
            self._child_changed(parent)
        self._tell("data", path)
        if held is None and path != "/":
            self._tell("children", parent)

    def _child_changed(self, parent: str) -> None:
        if parent in self.nodes:
            self.nodes[parent] = self.nodes[parent]._replace(pzxid=self.zxid)

    def delete(self, path: str) -> None:
        """Take away a node and all below."""
        for below in [name for name in reversed(self.nodes) if name.startswith(f"{path}/")]:
            del self.nodes[below]
            self._tell("data", below)
        del self.nodes[path]
        self.zxid += 1
        parent = path.rpartition("/")[0] or "/"
        self._child_changed(parent)
        self._tell("data", path)
        self._tell("children", parent)

    def names(self, path: str) -> list[str]:
        prefix = path.rstrip("/") + "/"
        inside = (name.removeprefix(prefix) for name in self.nodes if name.startswith(prefix))
        return [name for name in inside if name and "/" not in name]

    def _tell(self, kind: str, path: str) -> None:
        for listener in list(self.listeners):
            listener(kind, path)

    def open_session(
        self,
        ensemble: Ensemble,
        config: ZkConfig,
        on_state: Callable[[SessionState], None],
        on_change: Callable[[str], None],
    ) -> FakeSession:
        session = FakeSession(self, ensemble, on_state, on_change)
        self.sessions.append(session)
        return session

    # -- what a cluster keeps in it ---------------------------------------------------------------------

    def cluster(self) -> None:
        self.put("/cluster/id", {"version": "1", "id": "st1C5ysiS-iZI1dMWpEtBg"})
        for path in (
            "/admin/delete_topics",
            "/brokers/ids",
            "/brokers/topics",
            "/config/topics",
            "/config/changes",
        ):
            self.put(path)
        for broker in (1, 2, 3):
            self.broker(broker)
        self.controller(1, 7)

    def broker(self, number: int, **more: object) -> None:
        self.put(f"/brokers/ids/{number}", {
            "listener_security_protocol_map": {"PLAINTEXT": "PLAINTEXT"},
            "endpoints": [f"PLAINTEXT://b{number}:9092"], "jmx_port": -1, "features": {}, "host": f"b{number}",
            "timestamp": "1700000000000", "port": 9092, "version": 5, **more,
        })  # fmt: skip

    def controller(self, broker: int, epoch: int, kraft_epoch: int = -1) -> None:
        if "/controller" in self.nodes:
            self.delete("/controller")
        self.put("/controller_epoch", str(epoch))
        held = {"version": 2, "brokerid": broker, "timestamp": "1", "kraftControllerEpoch": kraft_epoch}
        self.put("/controller", held)

    def topic(self, name: str, replicas: Sequence[Sequence[int]], **more: object) -> None:
        partitions = {str(index): list(brokers) for index, brokers in enumerate(replicas)}
        self.put(f"/brokers/topics/{name}", {"version": 3, "partitions": partitions, **more})
        for index, brokers in enumerate(replicas):
            self.state(name, index, brokers[0], brokers)

    def state(self, name: str, index: int, leader: int, isr: Sequence[int], epoch: int = 0) -> None:
        held = {
            "controller_epoch": 7,
            "leader": leader,
            "version": 1,
            "leader_epoch": epoch,
            "isr": list(isr),
        }
        self.put(f"/brokers/topics/{name}/partitions/{index}/state", held)


class FakeSession:
    """A `ZkSession` on a tree; a test breaks and restores it."""

    def __init__(
        self,
        tree: Tree,
        ensemble: Ensemble,
        on_state: Callable[[SessionState], None],
        on_change: Callable[[str], None],
    ) -> None:
        self._tree = tree
        self._ensemble = ensemble
        self._on_state = on_state
        self._on_change = on_change
        self._watched: set[tuple[str, str]] = set()
        self._trees: set[str] = set()
        self._open: dict[object, float] = {}
        self._started_at = 0.0
        self.asked: Counter[str] = Counter()
        self.most_open = 0
        """So many questions were under way at once."""
        self.state = SessionState.CONNECTING
        self.failure: ConnectFailed | None = None
        self.failed_rounds = 0
        self.heard_at: float | None = None
        tree.listeners.append(self._fired)

    def start(self) -> None:
        self._started_at = time.monotonic()
        if self._tree.is_up:
            asyncio.get_running_loop().call_soon(self.become, SessionState.CONNECTED)

    async def close(self) -> None:
        self.state = SessionState.ENDED

    def become(self, state: SessionState, failure: ConnectFailed | None = None) -> None:
        if self.state is not SessionState.ENDED:
            self.state, self.failure = state, failure
            if state is not SessionState.CONNECTED:
                self._watched.clear()
                self._trees.clear()
            self._on_state(state)

    def waiting_since(self) -> float | None:
        if self.state is not SessionState.CONNECTED:
            return self._started_at
        return min(self._open.values(), default=None)

    def under_way(self) -> ConnectFailed:
        return ConnectFailed(str(self._ensemble), Step.CONNECT, "no answer")

    async def get(self, path: str, *, watch: bool = False) -> Node | None:
        await self._answer(path)
        if watch:
            self._watched.add(("data", path))
        if path in self._tree.hidden:
            raise NotPermitted(NO_AUTH, "NO_AUTH", f"{path} is hidden by an ACL of ZooKeeper")
        return self._tree.nodes.get(path)

    async def children(self, path: str, *, watch: bool = False) -> list[str] | None:
        await self._answer(path)
        if path in self._tree.hidden:
            raise NotPermitted(NO_AUTH, "NO_AUTH", f"{path} is hidden by an ACL of ZooKeeper")
        if watch:
            self._watched.add(("children" if path in self._tree.nodes else "data", path))
        return self._tree.names(path) if path in self._tree.nodes else None

    async def read_many(self, paths: Sequence[str]) -> bytes:
        await self._answer("many")
        return joined(self._one(path) for path in paths)

    async def watch_tree(self, path: str) -> bool:
        await self._answer(f"tree {path}")
        if self._tree.has_tree_watches:
            self._trees.add(path)
        return self._tree.has_tree_watches

    def _one(self, path: str) -> bytes | int:
        if path in self._tree.hidden:
            return NO_AUTH
        node = self._tree.nodes.get(path)
        return NO_NODE if node is None else got_data(node)

    async def _answer(self, asked: str) -> None:
        self.asked[asked] += 1
        question = object()
        self._open[question] = time.monotonic()
        self.most_open = max(self.most_open, len(self._open))
        try:
            await asyncio.sleep(self._tree.delay_s)
            await self._tree.flows.wait()
        finally:
            del self._open[question]
        if self.state is not SessionState.CONNECTED:
            raise NoAnswer("the connection to ZooKeeper broke")
        self.heard_at = time.monotonic()

    def _fired(self, kind: str, path: str) -> None:
        is_in_tree = kind == "data" and any(f"{path}/".startswith(f"{tree}/") for tree in self._trees)
        if is_in_tree or (kind, path) in self._watched:
            self._watched.discard((kind, path))
            asyncio.get_running_loop().call_soon(self._on_change, path)
