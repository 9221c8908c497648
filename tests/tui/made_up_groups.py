"""Groups made by hand, for tests of what is shown."""

from __future__ import annotations

from collections.abc import Iterable

from ktui.adapters.groups.model import (
    GroupDetail,
    GroupListed,
    GroupPart,
    GroupSeen,
    GroupType,
    LagStatus,
    Member,
    TopicReaders,
)
from ktui.adapters.groups.view import GroupsView
from tests.tui.builders import NOW

READER = Member("m-1", None, "billing-1", "10.0.0.7", {"orders": (0, 1, 2), "payments": (5,)})
OTHER = Member("m-2", "static-2", "billing-2", "10.0.0.8", {"orders": (3, 5)})


def listed(name: str, state: str = "Stable", **changes: object) -> GroupListed:
    values: dict[str, object] = {
        "coordinator": 1, "type": GroupType.CLASSIC, "protocol": "consumer", "state": state, **changes,
    }  # fmt: skip
    return GroupListed(name=name, **values)  # type: ignore[arg-type]


def part(index: int, committed: int | None, end: int | None, **changes: object) -> GroupPart:
    values: dict[str, object] = {"topic": "orders", "member": READER, **changes}
    return GroupPart(index=index, committed=committed, end=end, **values)  # type: ignore[arg-type]


def detail(name: str, *parts: GroupPart, members: Iterable[Member] = (READER,)) -> GroupDetail:
    members = tuple(members)
    seen = GroupSeen(name, "Stable" if members else "Empty", members, "range" if members else "")
    return GroupDetail(name, seen, parts, None, NOW)


BILLING = detail(
    "billing",
    part(0, 900, 1_000, trend=-2.0, status=LagStatus.OK),
    part(1, 1_000, 1_000, trend=0.0, status=LagStatus.OK),
    members=(READER, OTHER),
)
ARCHIVER = detail(
    "archiver", part(0, 10, 5_010, member=None, trend=12.0, status=LagStatus.STOPPED), members=()
)


def view(*groups: GroupListed, **changes: object) -> GroupsView:
    shown = groups or (
        listed("archiver", "Empty", protocol=""),
        listed("billing"),
        listed("connect-x", protocol="connect"),
    )
    values: dict[str, object] = {
        "revision": 1,
        "is_listed": True,
        "listed": shown,
        "by_name": {group.name: group for group in shown},
        "details": {"billing": BILLING, "archiver": ARCHIVER},
        **changes,
    }
    return GroupsView(**values)  # type: ignore[arg-type]


def readers(*names: str, **changes: object) -> TopicReaders:
    values: dict[str, object] = {"asked": 3, "of": 3, "is_complete": True, **changes}
    return TopicReaders("orders", frozenset(names), **values)  # type: ignore[arg-type]
