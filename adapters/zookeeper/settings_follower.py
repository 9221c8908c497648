"""Follows the settings of topics below `/config`: only for a console that talks to no broker, which would know more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import Final

from ktui.adapters.errors import AdapterError, NoAnswer, NotPermitted
from ktui.adapters.events import SettingsChanged
from ktui.adapters.topics import TopicSettings
from ktui.adapters.zookeeper.decode import (
    CONFIG_BROKERS,
    CONFIG_CHANGES,
    CONFIG_TOPICS,
    DEFAULT_ENTITY,
    UnreadableNode,
    changed_entity_of,
    config_of,
    settings_of,
)
from ktui.adapters.zookeeper.port import ZkSession
from ktui.adapters.zookeeper.report import Report, listed, stamp
from ktui.adapters.zookeeper.wire import NO_NODE, Node, nodes_of

AT_ONCE: Final = 500
_PREFIX: Final = "config_change_"


class SettingsFollower:
    """Used by one task of the source."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wake = asyncio.Event()
        self._overrides: dict[str, dict[str, str]] = {}
        self._defaults: dict[str, str] = {}
        self._told: dict[str, TopicSettings] = {}
        self._unreadable: dict[str, str] = {}
        self._last = -1
        """Number of the newest notification that was taken in."""

    def path_changed(self, path: str) -> None:
        """A watch fired."""
        if path in (CONFIG_CHANGES, CONFIG_TOPICS):
            self._wake.set()

    def refresh(self) -> None:
        """Read everything now."""
        self._last = -1
        self._wake.set()

    async def follow(self, session: ZkSession) -> None:
        """Read everything, then what is announced. Ends with NoAnswer when the connection breaks."""
        self._last = -1
        while True:
            self._wake.clear()
            try:
                await self._read(session)
                reason = listed(self._unreadable, "settings")
            except NoAnswer:
                raise
            except AdapterError as error:
                reason = str(error)
            self._report.fault("settings", reason)
            await self._wake.wait()

    async def _read(self, session: ZkSession) -> None:
        announced = await self._announced(session)
        topics = await session.children(CONFIG_TOPICS, watch=True) or []
        for name in self._overrides.keys() - set(topics):
            del self._overrides[name]
            self._told.pop(name, None)
        if announced is None:
            await self._read_defaults(session)
            await self._read_topics(session, topics)
            return
        if any(kind == "brokers" for kind, _ in announced):
            await self._read_defaults(session)
        named = {name for kind, name in announced if kind == "topics"}
        await self._read_topics(
            session, [name for name in topics if name in named or name not in self._overrides]
        )

    async def _announced(self, session: ZkSession) -> set[tuple[str, str]] | None:
        """What changed since the last look; None: not known, so everything may have."""
        names = await session.children(CONFIG_CHANGES, watch=True) or []
        numbers = {
            int(name.removeprefix(_PREFIX)): name for name in names if name.removeprefix(_PREFIX).isdecimal()
        }
        last, self._last = self._last, max(numbers, default=-1)
        if last < 0 or self._last < last:
            return None
        new = [numbers[number] for number in sorted(numbers) if number > last]
        if len(new) != self._last - last or len(new) > AT_ONCE:
            return None
        nodes = nodes_of(await session.read_many([f"{CONFIG_CHANGES}/{name}" for name in new]))
        try:
            return {changed_entity_of(node.data, CONFIG_CHANGES) for node in nodes}
        except UnreadableNode:
            return None

    async def _read_defaults(self, session: ZkSession) -> None:
        try:
            node = await session.get(f"{CONFIG_BROKERS}/{DEFAULT_ENTITY}")
        except NotPermitted:
            node = None  # the usual case on secured clusters: only explicit overrides are known then
        defaults = config_of(node.data, CONFIG_BROKERS) if node else {}
        if defaults != self._defaults:
            self._defaults = defaults
            self._tell(self._overrides)

    async def _read_topics(self, session: ZkSession, names: Collection[str]) -> None:
        ordered = list(names)
        for first in range(0, len(ordered), AT_ONCE):
            some = ordered[first : first + AT_ONCE]
            nodes = nodes_of(await session.read_many([f"{CONFIG_TOPICS}/{name}" for name in some]))
            for name, node in zip(some, nodes, strict=True):
                self._take(name, node)
            self._tell(some)

    def _take(self, name: str, node: Node) -> None:
        self._unreadable.pop(name, None)
        if node.error == NO_NODE:
            return
        try:
            if node.error:
                raise UnreadableNode(f"{CONFIG_TOPICS}/{name} is hidden by an ACL of ZooKeeper")
            self._overrides[name] = config_of(node.data, f"{CONFIG_TOPICS}/{name}")
        except UnreadableNode as error:
            self._unreadable[name] = str(error)

    def _tell(self, names: Iterable[str]) -> None:
        fresh = {
            name: settings_of(self._overrides[name], self._defaults)
            for name in names
            if name in self._overrides
        }
        changed = {name: settings for name, settings in fresh.items() if self._told.get(name) != settings}
        if changed:
            self._told.update(changed)
            self._report.tell(SettingsChanged(stamp(), changed))
