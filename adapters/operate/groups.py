"""Groups as those who change them need them: where a group is kept, who is in it, and the way to its coordinator."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from ktui.adapters.errors import ConnectFailed, NotPermitted, Refused
from ktui.adapters.groups.model import GroupListed, GroupSeen, GroupType, PartKey
from ktui.adapters.kafka.asks.list_groups import list_groups
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.error_codes import Code, name_of
from ktui.adapters.kafka.groups.reading import read_groups
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Ground
from ktui.adapters.operate.looking import counted

T = TypeVar("T")
_PAUSE_S: Final = 0.3
_ELSEWHERE: Final = frozenset(
    {Code.COORDINATOR_LOAD_IN_PROGRESS, Code.COORDINATOR_NOT_AVAILABLE, Code.NOT_COORDINATOR}
)
LIVE: Final = frozenset({
    Code.NON_EMPTY_GROUP, Code.UNKNOWN_MEMBER_ID, Code.ILLEGAL_GENERATION, Code.REBALANCE_IN_PROGRESS,
    Code.FENCED_MEMBER_EPOCH, Code.STALE_MEMBER_EPOCH,
})  # fmt: skip
"""Codes that say: the group has members by now."""


@dataclass(frozen=True, slots=True)
class GroupThere:
    """A group as its coordinator tells of it now."""

    listed: GroupListed
    seen: GroupSeen
    offsets: Mapping[PartKey, int]
    """Committed ones."""

    @property
    def coordinator_text(self) -> str:
        return f"broker {self.listed.coordinator}, the coordinator of the group"


async def find_group(ground: Ground, name: str) -> GroupListed:
    """Who keeps it, asked of all brokers at once. Refused when there is none of that name."""
    brokers = list((await ground.identity()).brokers)
    told = await asyncio.gather(
        *(
            extra(ground.at_broker(broker, partial(list_groups, broker=broker), Lane.GROUPS), None)
            for broker in brokers
        )
    )
    for groups in told:
        for group in groups or ():
            if group.name == name:
                return group
    silent = [str(broker) for broker, groups in zip(brokers, told, strict=True) if groups is None]
    doubt = f" (broker {', '.join(silent)} did not answer)" if silent else ""
    code = Code.GROUP_ID_NOT_FOUND
    text = f"There is no group {name}, or this principal may not Describe it{doubt}."
    raise Refused(code, name_of(code), text)


async def group_there(ground: Ground, name: str) -> GroupThere:
    """Refused when there is no such group; NotPermitted when it may not be seen."""
    listed = await find_group(ground, name)
    told = (
        await ground.at_broker(listed.coordinator, lambda link: read_groups(link, [listed]), Lane.GROUPS)
    )[name]
    if told.seen is None or told.offsets is None:
        text = f"{name} was not changed: its members or offsets could not be read ({told.reason})."
        raise NotPermitted(Code.GROUP_AUTHORIZATION_FAILED, name_of(Code.GROUP_AUTHORIZATION_FAILED), text)
    return GroupThere(listed, told.seen, told.offsets)


async def at_coordinator(
    ground: Ground,
    name: str,
    send: Callable[[Link], Awaitable[T]],
    codes: Callable[[T], set[int]],
    wait_s: float,
) -> T:
    """Let `send` use a link to the coordinator, looked for again while it moves or loads.

    `codes`: those in an answer. What was sent and had no answer is not sent again.
    """
    deadline = time.monotonic() + wait_s
    while True:
        is_last = time.monotonic() + _PAUSE_S > deadline
        listed = await find_group(ground, name)
        try:
            told = await ground.at_broker(listed.coordinator, send)
        except ConnectFailed:
            if is_last:
                raise
        else:
            if is_last or not codes(told) & _ELSEWHERE:
                return told
        await asyncio.sleep(_PAUSE_S)


def refuse_live(there: GroupThere, undone: str) -> None:
    """Refused while members are there: what they commit would undo it, and Kafka does not take it."""
    seen = there.seen
    if not seen.is_live:
        return
    clients = sorted({member.client_id for member in seen.members})
    shown = ", ".join(clients[:3]) + (", …" if len(clients) > 3 else "")
    who = f"{counted(len(seen.members), 'member')} now ({shown})" if seen.members else f"state {seen.state}"
    raise Refused(
        Code.NON_EMPTY_GROUP,
        name_of(Code.NON_EMPTY_GROUP),
        f"{undone}: it has {who}; stop them first. Offsets can be changed only while nobody reads.",
    )


def refuse_share(there: GroupThere, undone: str) -> None:
    """A share group keeps another kind of offsets."""
    if there.listed.type is GroupType.SHARE:
        text = f"{undone}: it is a share group, whose offsets are of another kind."
        raise Refused(Code.INVALID_REQUEST, name_of(Code.INVALID_REQUEST), text)


def code_set(told: Mapping[PartKey, Told]) -> set[int]:
    return {one.code for one in told.values()}


def part_text(key: PartKey) -> str:
    return f"{key[0]} {key[1]}"
