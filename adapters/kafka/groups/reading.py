"""What one coordinator says of some of its groups: members and committed offsets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from ktui.adapters.errors import AdapterError, NotSupported, Refused
from ktui.adapters.groups.model import EMPTY_STATES, GroupListed, GroupSeen, GroupType
from ktui.adapters.kafka.asks.describe_groups import describe_groups
from ktui.adapters.kafka.asks.group_offsets import Offsets, fetch_offsets, fetch_share_offsets
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.link import Link

T = TypeVar("T")

AT_ONCE: Final = 100
"""Groups in one request."""


@dataclass(frozen=True, slots=True)
class GroupTold:
    """One group, as far as it may be seen."""

    seen: GroupSeen | None
    offsets: Offsets | None
    """Committed ones by topic and index; None: not read."""
    reason: str | None = None
    has_moved: bool = False
    """Whether another broker coordinates it now."""


def batches(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """So many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


async def read_groups(link: Link, groups: Iterable[GroupListed]) -> dict[str, GroupTold]:
    """Members and offsets. AdapterError when the coordinator does not answer."""
    by_type: defaultdict[GroupType | None, list[str]] = defaultdict(list)
    for group in groups:
        by_type[group.type].append(group.name)
    told: dict[str, GroupTold] = {}
    for kind, names in by_type.items():
        if kind is None:
            told |= {name: GroupTold(None, None, "a kind of group that is not known here") for name in names}
            continue
        for some in batches(names, AT_ONCE):
            told |= await _read(link, kind, some)
    return told


async def _read(link: Link, kind: GroupType, names: Sequence[str]) -> dict[str, GroupTold]:
    described: Mapping[str, GroupSeen | Refused | NotSupported]
    try:
        described = await describe_groups(link, kind, names)
    except NotSupported as error:
        described = dict.fromkeys(names, error)
    offsets = await offsets_of(link, kind, names)
    return {name: _told(described.get(name), offsets.get(name)) for name in names}


async def offsets_of(
    link: Link, kind: GroupType, names: Sequence[str], parts: Mapping[str, Sequence[int]] | None = None
) -> Mapping[str, Offsets | Refused | NotSupported]:
    """Committed offsets of these groups, or of these partitions alone; a share group's are always all."""
    try:
        if kind is GroupType.SHARE:
            return await fetch_share_offsets(link, names)
        return await fetch_offsets(link, names, parts)
    except NotSupported as error:
        return dict.fromkeys(names, error)


def _told(seen: GroupSeen | AdapterError | None, offsets: Offsets | AdapterError | None) -> GroupTold:
    errors = [error for error in (seen, offsets) if isinstance(error, AdapterError)]
    return GroupTold(
        seen if isinstance(seen, GroupSeen) else None,
        offsets if isinstance(offsets, dict) else None,
        str(errors[0]) if errors else None,
        any(isinstance(error, Refused) and error.code == Code.NOT_COORDINATOR for error in errors),
    )


async def readers_among(
    link: Link, groups: Sequence[GroupListed], topic: str, indexes: Sequence[int]
) -> tuple[set[str], str | None]:
    """Which of these groups of one coordinator read the topic; and why one could not be asked, if so."""
    found: set[str] = set()
    reason: str | None = None
    for kind in GroupType:
        names = [group.name for group in groups if group.type is kind]
        if not names:
            continue
        for name, told in (await offsets_of(link, kind, names, {topic: indexes})).items():
            if isinstance(told, AdapterError):
                reason = str(told)
            elif any(key[0] == topic for key in told):
                found.add(name)
        live = [g.name for g in groups if g.type is kind and g.state not in EMPTY_STATES]
        if live:
            found |= await _holders(link, kind, live, topic)
    return found, reason


async def _holders(link: Link, kind: GroupType, names: Sequence[str], topic: str) -> set[str]:
    try:
        described = await describe_groups(link, kind, names)
    except NotSupported:
        return set()
    return {n for n, seen in described.items() if isinstance(seen, GroupSeen) and seen.reads(topic)}
