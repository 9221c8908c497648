"""DescribeGroups (15), ConsumerGroupDescribe (69), ShareGroupDescribe (77), StreamsGroupDescribe (89): members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ktui.adapters.errors import BadAnswer, Refused
from ktui.adapters.groups.model import GroupSeen, GroupType, Member
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.wire import WireReader, decoding

Described = dict[str, GroupSeen | Refused]

_CONSUMER: Final = "consumer"
_WITHOUT_RIGHTS: Final = {"include_authorized_operations": False}
_APIS: Final = {
    GroupType.CONSUMER: Api.CONSUMER_GROUP_DESCRIBE,
    GroupType.SHARE: Api.SHARE_GROUP_DESCRIBE,
    GroupType.STREAMS: Api.STREAMS_GROUP_DESCRIBE,
}


async def describe_groups(link: Link, kind: GroupType, names: Sequence[str]) -> Described:
    """Groups of one type, all of this coordinator. A group that is not there is refused, or "Dead" (classic)."""
    if kind is GroupType.CLASSIC:
        answer = await exchange(link, Api.DESCRIBE_GROUPS, {"groups": list(names), **_WITHOUT_RIGHTS})
        return {str(group.group_id): _classic(group) for group in answer.groups}
    answer = await exchange(link, _APIS[kind], {"group_ids": list(names), **_WITHOUT_RIGHTS})
    read = _streams_member if kind is GroupType.STREAMS else _member
    return {str(group.group_id): _described(group, read) for group in answer.groups}


def _refused(group: Any) -> Refused | None:
    if not group.error_code:
        return None
    message = getattr(group, "error_message", None)
    return refusal(group.error_code, message, needs=f"Describe on group {group.group_id}")


def _classic(group: Any) -> GroupSeen | Refused:
    refused = _refused(group)
    if refused is not None:
        return refused
    is_consumer = group.protocol_type == _CONSUMER
    members = tuple(
        Member(
            str(member.member_id),
            getattr(member, "group_instance_id", None),
            member.client_id,
            member.client_host.lstrip("/"),
            read_assignment(bytes(member.member_assignment)) if is_consumer else None,
        )
        for member in group.members
    )
    return GroupSeen(str(group.group_id), group.group_state, members, group.protocol_data)


def read_assignment(data: bytes) -> Mapping[str, tuple[int, ...]] | None:
    """ConsumerProtocolAssignment as members of classic groups get it; None for bytes that are none.

    Source: ConsumerProtocolAssignment.json. All versions begin alike, and what newer ones add comes behind.
    """
    if not data:
        return {}
    wire = WireReader(data, is_flexible=False)
    assigned: dict[str, tuple[int, ...]] = {}
    try:
        with decoding("ConsumerProtocolAssignment"):
            wire.int16()
            for _ in range(wire.array_length(item_bytes=6)):
                topic = wire.string()
                assigned[topic] = tuple(wire.int32() for _ in range(wire.array_length(item_bytes=4)))
    except BadAnswer:
        return None
    return assigned


def _described(group: Any, read: Any) -> GroupSeen | Refused:
    refused = _refused(group)
    if refused is not None:
        return refused
    members = tuple(read(member) for member in group.members)
    return GroupSeen(
        str(group.group_id), group.group_state, members, getattr(group, "assignor_name", "") or ""
    )


def _member(member: Any) -> Member:
    assigned = {
        str(topic.topic_name): tuple(topic.partitions) for topic in member.assignment.topic_partitions
    }
    return Member(
        str(member.member_id),
        getattr(member, "instance_id", None),
        member.client_id,
        member.client_host.lstrip("/"),
        assigned,
    )


def _streams_member(member: Any) -> Member:
    """Tasks are named by subtopology, not by topic."""
    return Member(
        str(member.member_id), member.instance_id, member.client_id, member.client_host.lstrip("/"), None
    )
