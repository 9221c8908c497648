"""Groups for commands: asked once, or for a while where a trend is wanted."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from ktui.adapters.errors import AdapterError, Refused
from ktui.adapters.groups.book import GroupBook
from ktui.adapters.groups.model import GroupDetail, GroupListed, PartKey
from ktui.adapters.kafka.asks.list_groups import list_groups
from ktui.adapters.kafka.error_codes import Code, name_of
from ktui.adapters.kafka.groups.ends import Parts, by_leader, end_offsets
from ktui.adapters.kafka.groups.jobs import Kind
from ktui.adapters.kafka.groups.reading import AT_ONCE, batches, read_groups, readers_among
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.offsets_line import Links
from ktui.adapters.model import BrokerState, ClusterSnapshot, Fault

T = TypeVar("T")

PERIOD_S: Final = 5.0
"""Between two looks while a trend is measured, or less."""
LOOKS: Final = 6
"""At least so many looks make a trend."""


class GroupReader:
    """Asks all coordinators at once; one that does not answer costs only its own groups."""

    def __init__(self, pool: Links, snapshot: ClusterSnapshot, *, timeout_s: float) -> None:
        self._pool = pool
        self._snapshot = snapshot
        self._timeout_s = timeout_s
        self._faults: dict[tuple[str, str], Fault] = {}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What could not be read so far."""
        return tuple(self._faults.values())

    async def list_all(self) -> dict[str, GroupListed]:
        """By name. NoAnswer and others when no broker at all answers."""
        brokers = [b.id for b in self._snapshot.brokers if b.state is not BrokerState.MISSING]
        answers = await asyncio.gather(
            *(self._asked(Kind.LIST, broker, self._list(broker)) for broker in brokers)
        )
        found = [group for groups in answers if groups is not None for group in groups]
        return {group.name: group for group in sorted(found, key=lambda group: group.name)}

    async def find(self, name: str) -> GroupListed:
        """Refused when there is no such group, or its coordinator does not answer."""
        groups = await self.list_all()
        if name in groups:
            return groups[name]
        raise no_such_group(name, self.faults)

    async def details(
        self, groups: Sequence[GroupListed], *, over_s: float | None = None
    ) -> Mapping[str, GroupDetail]:
        """Members, offsets and lag by name; with their trend and status when watched for so many seconds."""
        book = GroupBook()
        await self._look(groups, book)
        if over_s is not None:
            pause = min(PERIOD_S, over_s / LOOKS)
            until = time.monotonic() + over_s
            while time.monotonic() < until:
                await asyncio.sleep(pause)
                await self._look(groups, book)
        return book.view.details

    async def readers_of(self, topic: str) -> list[GroupListed]:
        """The groups that committed offsets of the topic or have members which read it, by name."""
        groups = await self.list_all()
        known = self._snapshot.topics.get(topic)
        indexes = range(0 if known is None else known.partition_count)
        found: set[str] = set()

        async def look(broker: int, some: Sequence[GroupListed]) -> None:
            link = self._pool.link(broker, Lane.GROUPS, timeout_s=self._timeout_s)
            for few in batches(some, AT_ONCE):
                found.update((await readers_among(link, few, topic, indexes))[0])

        await asyncio.gather(
            *(
                self._asked(Kind.READERS, broker, look(broker, some))
                for broker, some in _by_coordinator(groups.values()).items()
            )
        )
        return [group for name, group in groups.items() if name in found]

    async def _look(self, groups: Sequence[GroupListed], book: GroupBook) -> None:
        await asyncio.gather(
            *(
                self._asked(Kind.GROUPS, broker, self._read(broker, some, book))
                for broker, some in _by_coordinator(groups).items()
            )
        )
        names = [group.name for group in groups]
        keys = {key for name in names for key in book.keys_of(name)}
        await asyncio.gather(
            *(
                self._asked(Kind.ENDS, leader, self._ends(leader, parts, names, book))
                for leader, parts in by_leader(self._snapshot.topics, keys).items()
            )
        )

    async def _list(self, broker: int) -> tuple[GroupListed, ...]:
        return await list_groups(self._pool.link(broker, Lane.GROUPS, timeout_s=self._timeout_s), broker)

    async def _read(self, broker: int, groups: Sequence[GroupListed], book: GroupBook) -> None:
        link = self._pool.link(broker, Lane.GROUPS, timeout_s=self._timeout_s)
        for name, told in (await read_groups(link, groups)).items():
            book.take_group(name, told.seen, told.offsets, told.reason, time.time())

    async def _ends(self, leader: int, parts: Parts, names: Sequence[str], book: GroupBook) -> None:
        asked: set[PartKey] = {(name, index) for name, indexes in parts.items() for index in indexes}
        book.take_ends(names, await end_offsets(self._pool, leader, parts), asked)

    async def _asked(self, kind: Kind, broker: int, ask: Awaitable[T]) -> T | None:
        try:
            return await ask
        except AdapterError as error:
            fault = Fault(kind, f"broker {broker}", str(error), time.time())
            self._faults[fault.what, fault.where] = fault
            return None


def no_such_group(name: str, faults: Sequence[Fault]) -> Refused:
    """Says so, and who could not be asked."""
    silent = ", ".join(fault.where for fault in faults)
    doubt = f" ({silent} did not answer)" if silent else ""
    code = Code.GROUP_ID_NOT_FOUND
    return Refused(
        code, name_of(code), f"there is no group {name}, or this principal may not Describe it{doubt}"
    )


def _by_coordinator(groups: Iterable[GroupListed]) -> dict[int, list[GroupListed]]:
    found: defaultdict[int, list[GroupListed]] = defaultdict(list)
    for group in groups:
        found[group.coordinator].append(group)
    return dict(found)
