"""Rights that are known to be missing before anything is sent, as brokers tell them (authorized operations)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Final

from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import Need, Right, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Ground
from ktui.adapters.operate.guard import GuardName, Refusal
from ktui.adapters.operate.sentences import (
    CLUSTER_AUTHORIZATION_FAILED,
    GROUP_AUTHORIZATION_FAILED,
    TOPIC_AUTHORIZATION_FAILED,
)

_CODES: Final = {
    SubjectKind.TOPIC: TOPIC_AUTHORIZATION_FAILED,
    SubjectKind.GROUP: GROUP_AUTHORIZATION_FAILED,
}
_Resource = tuple[SubjectKind, str]
_Granted = dict[_Resource, frozenset[AclOperation] | None]


async def missing_rights(ground: Ground, needs: Sequence[Need], undone: str) -> tuple[Refusal, ...]:
    """A refusal for each need of which no right is there; what is not known refuses nothing."""
    resources = {(right.kind, right.name) for need in needs for right in need.any_of}
    granted = await _granted(ground, resources)
    return tuple(
        Refusal(
            GuardName.PERMISSION,
            f"Not permitted: {undone}; needs the right {need.text}.",
            _CODES.get(need.any_of[0].kind, CLUSTER_AUTHORIZATION_FAILED),
        )
        for need in needs
        if all(_is_missing(right, granted) for right in need.any_of)
    )


async def _granted(ground: Ground, resources: Collection[_Resource]) -> _Granted:
    order = list(resources)
    told = await asyncio.gather(*(extra(ground.rights(*resource), None) for resource in order))
    return dict(zip(order, told, strict=True))


def _is_missing(right: Right, granted: _Granted) -> bool:
    known = granted[right.kind, right.name]
    return known is not None and right.operation not in known
