"""Follows what is small: the brokers, the controller, the cluster's id, and whether it migrates to KRaft."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, NoAnswer, NotPermitted
from ktui.adapters.events import BrokersChanged, ClusterIdentified, ControllerChanged, Stamp
from ktui.adapters.model import Broker, Controller, Migration, Mode
from ktui.adapters.zookeeper.broker_nodes import BrokerNode, broker_of
from ktui.adapters.zookeeper.decode import (
    BROKER_IDS,
    CLUSTER_ID,
    CONTROLLER,
    CONTROLLER_EPOCH,
    MIGRATION,
    ControllerNode,
    UnreadableNode,
    cluster_id_of,
    controller_epoch_of,
    controller_of,
    migration_of,
)
from ktui.adapters.zookeeper.port import ZkSession
from ktui.adapters.zookeeper.report import Report, listed, stamp
from ktui.adapters.zookeeper.wire import NO_NODE, Node, nodes_of

SAFETY_S: Final = 5.0
"""Everything small is read again this often: a broker that left and came back between two looks fires no new watch."""
MIGRATION_S: Final = 60.0
"""So long after `/migration` last advanced the cluster counts as migrating."""
FIRST_S: Final = 0.5
"""So long what happened to partitions waits for what happened to brokers before."""
READS: Final = 3
MOST_FOLDERS: Final = 100
Reader: TypeAlias = Callable[[ZkSession], Awaitable[str | None]]
"""Reads one part and tells of it; gives the reason why it could not."""


class MembersFollower:
    """Used by one task of the source."""

    def __init__(
        self, report: Report, protocol: str, on_moved: Callable[[], None], on_whole: Callable[[], None]
    ) -> None:
        self._report = report
        self._protocol = protocol
        self._on_moved = on_moved
        self._on_whole = on_whole
        self._wake = asyncio.Event()
        self._is_read = asyncio.Event()
        self._nodes: dict[int, BrokerNode] | None = None
        self._held: tuple[ControllerNode | None, int | None] | None = None
        self._controller_stamp: tuple[float | None, int | None] = (None, None)
        """When `/controller` was written, and by which transaction."""
        self._told: ControllerChanged | None = None
        self._identity: tuple[str | None, Mode | None, Migration | None] | None = None
        self._copied: tuple[int, float | None] | None = None
        """How far the metadata log is copied to ZooKeeper, and when that was written."""
        self._advanced_at: float | None = None

    def path_changed(self, path: str) -> None:
        """A watch fired."""
        if path in (BROKER_IDS, CONTROLLER, CONTROLLER_EPOCH):
            self._is_read.clear()
            self._wake.set()

    def refresh(self) -> None:
        """Read everything now."""
        self._wake.set()

    async def have_been_read(self) -> None:
        """Wait until what the watches told of is told, but not long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_S):
                await self._is_read.wait()

    async def follow(self, session: ZkSession) -> None:
        """Read everything, and again when a watch fires. Ends with NoAnswer when the connection breaks."""
        while True:
            self._wake.clear()
            await self._part("brokers", self._read_brokers, session)
            await self._part("controller", self._read_controller, session)
            await self._part("cluster id", self._read_identity, session)
            self._judge_authority()
            self._on_whole()
            if not self._wake.is_set():
                self._is_read.set()
            try:
                async with asyncio.timeout(SAFETY_S):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _part(self, what: str, read: Reader, session: ZkSession) -> None:
        reason: str | None
        try:
            reason = await read(session)
        except NoAnswer:
            raise
        except AdapterError as error:
            reason = str(error)
        self._report.fault(what, reason)

    # -- brokers ----------------------------------------------------------------------------------------

    async def _read_brokers(self, session: ZkSession) -> str | None:
        names = await session.children(BROKER_IDS, watch=True)
        if names is None:
            return f"{BROKER_IDS} does not exist: no Kafka cluster is here{await _where_one_is(session)}"
        ids = sorted(int(name) for name in names if name.isdecimal())
        nodes = nodes_of(await session.read_many([f"{BROKER_IDS}/{broker}" for broker in ids]))
        held, unreadable = self._nodes or {}, dict[str, str]()
        fresh: dict[int, BrokerNode] = {}
        for broker, node in zip(ids, nodes, strict=True):
            if node.error == NO_NODE:
                continue
            try:
                fresh[broker] = _registration(broker, node)
            except UnreadableNode as error:
                unreadable[str(broker)] = str(error)
                fresh[broker] = held.get(broker) or BrokerNode(broker, (), None, None, node.czxid)
        self._report.fault("broker nodes", listed(unreadable, "broker nodes"))
        self._take_brokers(fresh)
        return None

    def _take_brokers(self, fresh: dict[int, BrokerNode]) -> None:
        held, self._nodes = self._nodes, fresh
        if fresh == held:
            return
        self._report.tell(BrokersChanged(_joining(held or {}, fresh), self._as_brokers()))
        self._tell_controller()
        if held is not None:
            self._on_moved()

    def _as_brokers(self) -> list[Broker]:
        return [node.as_broker(self._protocol) for node in (self._nodes or {}).values()]

    # -- controller -------------------------------------------------------------------------------------

    async def _read_controller(self, session: ZkSession) -> str | None:
        """Both nodes are written in one transaction; they are read until they are of one time."""
        for _ in range(READS):
            before = await session.get(CONTROLLER_EPOCH, watch=True)
            node = await session.get(CONTROLLER, watch=True)
            epoch = await session.get(CONTROLLER_EPOCH)
            if _version(before) == _version(epoch):
                break
        held, self._held = (
            self._held,
            (
                controller_of(node.data) if node else None,
                controller_epoch_of(epoch.data) if epoch else None,
            ),
        )
        self._controller_stamp = (node.written_at, node.mzxid) if node else (None, None)
        self._tell_controller()
        if held is not None and held != self._held:
            self._on_moved()
        return None

    def _tell_controller(self) -> None:
        if self._held is None or self._nodes is None:
            return
        node, epoch = self._held
        if node is None:
            event = ControllerChanged(
                stamp(), None, f"no broker holds {CONTROLLER} in ZooKeeper", is_absent=True
            )
        else:
            since, _ = self._controller_stamp
            event = ControllerChanged(
                stamp(*self._controller_stamp),
                Controller(node.broker_id, epoch, "zookeeper", self._endpoint(node), since),
            )
        told = self._told
        if told is None or (told.controller, told.reason) != (event.controller, event.reason):
            self._told = event
            self._report.tell(event)

    def _endpoint(self, node: ControllerNode) -> str | None:
        broker = (self._nodes or {}).get(node.broker_id)
        endpoint = broker.endpoint(self._protocol) if broker else None
        return str(Address(endpoint.host, endpoint.port)) if endpoint else None

    # -- identity ---------------------------------------------------------------------------------------

    async def _read_identity(self, session: ZkSession) -> str | None:
        node = await session.get(CLUSTER_ID)
        migration = await session.get(MIGRATION)
        if migration is not None:
            self._note_copied(migration_of(migration.data).metadata_offset, migration.written_at)
        mode = self._mode()
        identity = (cluster_id_of(node.data) if node else None, mode, self._migration(mode))
        if identity != self._identity and (node is not None or self._nodes):
            self._identity = identity
            cluster_id, _, progress = identity
            self._report.tell(ClusterIdentified(stamp(), cluster_id, mode, migration=progress))
        return None

    def _note_copied(self, offset: int, at: float | None) -> None:
        if self._copied is not None and offset > self._copied[0]:
            self._advanced_at = time.monotonic()
        self._copied = (offset, at)

    def _migration(self, mode: Mode | None) -> Migration | None:
        node = self._held[0] if self._held else None
        if mode is not Mode.MIGRATING or node is None or not node.is_kraft:
            return None
        offset, at = self._copied or (-1, None)
        has_copied = offset >= 0
        return Migration(
            node.broker_id,
            node.kraft_epoch,
            offset if has_copied else None,
            at if has_copied else None,
            tuple(sorted(self._nodes or ())),
        )

    def _mode(self) -> Mode | None:
        if self._is_left_behind():
            return None
        node = self._held[0] if self._held else None
        is_advancing = self._advanced_at is not None and time.monotonic() < self._advanced_at + MIGRATION_S
        return Mode.MIGRATING if is_advancing or (node is not None and node.is_kraft) else Mode.ZOOKEEPER

    def _is_left_behind(self) -> bool:
        """By a migration that is over: whoever asks the brokers knows what the cluster is now."""
        node = self._held[0] if self._held else None
        return node is not None and node.is_kraft and self._nodes == {}

    def _judge_authority(self) -> None:
        reason = "a KRaft controller has taken over and no broker is registered here: this ZooKeeper may be out of date"
        self._report.fault("authority", reason if self._is_left_behind() else None, blocks=True)


def _registration(broker: int, node: Node) -> BrokerNode:
    if node.error:
        raise UnreadableNode(f"{BROKER_IDS}/{broker}: not readable (ZooKeeper's error {node.error})")
    return broker_of(broker, node.data, node.czxid, node.written_at)


def _joining(before: Mapping[int, BrokerNode], now: Mapping[int, BrokerNode]) -> Stamp:
    """When brokers only came, the last one tells when; a node that is gone tells nothing."""
    fresh = [
        node for node in now.values() if (held := before.get(node.id)) is None or held.epoch != node.epoch
    ]
    newest = max(fresh, key=lambda node: node.epoch, default=None)
    if newest is None or not before.keys() <= now.keys():
        return stamp()
    return stamp(newest.written_at, newest.epoch)


def _version(node: Node | None) -> tuple[int, int] | None:
    return (node.czxid, node.version) if node else None


async def _where_one_is(session: ZkSession) -> str:
    """A hint: folders beside that hold a cluster, in case the chroot was forgotten."""
    try:
        folders = (await session.children("/") or [])[:MOST_FOLDERS]
    except NotPermitted:
        return ""
    nodes = nodes_of(await session.read_many([f"/{folder}{BROKER_IDS}" for folder in folders]))
    found = [f"/{folder}" for folder, node in zip(folders, nodes, strict=True) if not node.error]
    return f"; there is one under the chroot {' or '.join(found[:3])}" if found else ""
