"""The JSON documents of `ktui group list` and `ktui group describe`. What is not known or not asked for is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ktui.adapters.groups.model import GroupDetail, GroupListed, GroupPart, Member
from ktui.adapters.model import Fault
from ktui.tui.cli.topic_json import fault_documents

Json = dict[str, Any]


def list_document(
    groups: Iterable[GroupListed], details: Mapping[str, GroupDetail] | None, faults: Iterable[Fault]
) -> Json:
    """`{"groups": […], "faults": […]}`; `members` is their number."""
    return {
        "groups": [
            _summary(group, (details or {}).get(group.name))
            | {"members": _count((details or {}).get(group.name))}
            for group in groups
        ],
        "faults": fault_documents(faults),
    }


def describe_document(
    groups: Iterable[GroupListed], details: Mapping[str, GroupDetail], faults: Iterable[Fault]
) -> Json:
    """As the list, with the members in place of their number, and the partitions."""
    return {
        "groups": [_described(group, details.get(group.name)) for group in groups],
        "faults": fault_documents(faults),
    }


def _summary(group: GroupListed, detail: GroupDetail | None) -> Json:
    seen = None if detail is None else detail.seen
    return {
        "name": group.name,
        "type": None if group.type is None else group.type.value,
        "protocol": group.protocol,
        "state": group.state if seen is None else seen.state,
        "coordinator": group.coordinator,
        "lag": None if detail is None else detail.lag,
        "trend_per_s": None if detail is None else _rounded(detail.trend),
        "catch_up_s": None if detail is None else _rounded(detail.catch_up_s),
        "status": None if detail is None or detail.status is None else detail.status.value,
        "reason": None if detail is None else detail.reason,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _count(detail: GroupDetail | None) -> int | None:
    return None if detail is None or detail.seen is None else len(detail.seen.members)


def _described(group: GroupListed, detail: GroupDetail | None) -> Json:
    seen = None if detail is None else detail.seen
    parts = None if detail is None else detail.parts
    return _summary(group, detail) | {
        "assignor": None if seen is None else seen.assignor or None,
        "members": None if seen is None else [_member(member) for member in seen.members],
        "partitions": None if parts is None else [_part(part) for part in parts],
    }


def _member(member: Member) -> Json:
    assigned = member.assigned
    return {
        "id": member.id,
        "instance_id": member.instance_id,
        "client_id": member.client_id,
        "host": member.host,
        "assigned": None if assigned is None else {topic: list(parts) for topic, parts in assigned.items()},
    }


def _part(part: GroupPart) -> Json:
    return {
        "topic": part.topic,
        "partition": part.index,
        "committed": part.committed,
        "end": part.end,
        "lag": part.lag,
        "trend_per_s": _rounded(part.trend),
        "status": None if part.status is None else part.status.value,
        "member": None if part.member is None else part.member.id,
    }
