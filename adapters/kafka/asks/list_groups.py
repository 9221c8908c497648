"""ListGroups (16): the groups that one broker coordinates.

Read by hand, in steps: a broker may coordinate tens of thousands. Source: ListGroupsResponse.json of Kafka 4.4.
"""

from __future__ import annotations

from typing import Final

from ktui.adapters.groups.model import GroupListed, GroupType
from ktui.adapters.kafka.bridge import Api, agreed_version, codec_of
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.steps import Pace, Steps, in_steps
from ktui.adapters.kafka.wire import WireReader, decoding

_HIGHEST: Final = 5
_FIRST_WITH_THROTTLE: Final = 1
_FIRST_FLEXIBLE: Final = 3
_FIRST_WITH_STATE: Final = 4
_FIRST_WITH_TYPE: Final = 5
_TYPES: Final = {kind.value: kind for kind in GroupType}


async def list_groups(link: Link, broker: int) -> tuple[GroupListed, ...]:
    """Those that the principal may Describe. Refused while the broker is still loading them."""
    api = Api.LIST_GROUPS
    version = await agreed_version(link, api, highest=_HIGHEST)
    codec = codec_of(api, version)
    body = codec.encode({"states_filter": [], "types_filter": []})
    data = await link.request(api, version, body, is_flexible=codec.is_flexible)
    return await in_steps(decode_groups(data, version, broker))


def decode_groups(data: bytes, version: int, broker: int) -> Steps[tuple[GroupListed, ...]]:
    """Decode an answer of versions 0 to 5."""
    found: list[GroupListed] = []
    with decoding(Api.LIST_GROUPS.title):
        pace = Pace()
        wire = WireReader(data, is_flexible=version >= _FIRST_FLEXIBLE)
        if version >= _FIRST_WITH_THROTTLE:
            wire.int32()
        code = wire.int16()
        for _ in range(wire.array_length(item_bytes=2)):
            name, protocol = wire.string(), wire.string()
            state = wire.string() if version >= _FIRST_WITH_STATE else None
            kind = wire.string() if version >= _FIRST_WITH_TYPE else GroupType.CLASSIC
            wire.tags()
            found.append(GroupListed(name, broker, type_of(kind), protocol, state or None))
            if pace.is_over():
                yield
                pace.restart()
        wire.tags()
        wire.end()
    check(code)
    return tuple(found)


def type_of(word: str) -> GroupType | None:
    """Brokers write it in small letters, some in capital ones."""
    return _TYPES.get(word.lower())
