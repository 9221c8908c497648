"""Any request that kio knows, over a link: agree on a version, write, send, read.

kio has one module for each API and version; they are imported when first needed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_args

from ktui.adapters.errors import BadAnswer, NotSupported
from ktui.adapters.kafka.answer_check import check_lengths
from ktui.adapters.kafka.link import Link

Fields = Mapping[str, object]
"""A request's fields by kio's names; entries of arrays are such mappings again. A version takes those that it has."""


class Api(IntEnum):
    """Requests by api key."""

    FETCH = 1
    LIST_OFFSETS = 2
    METADATA = 3
    LEADER_AND_ISR = 4
    STOP_REPLICA = 5
    UPDATE_METADATA = 6
    CONTROLLED_SHUTDOWN = 7
    OFFSET_COMMIT = 8
    OFFSET_FETCH = 9
    DESCRIBE_GROUPS = 15
    LIST_GROUPS = 16
    API_VERSIONS = 18
    CREATE_TOPICS = 19
    DELETE_TOPICS = 20
    DELETE_RECORDS = 21
    DESCRIBE_ACLS = 29
    CREATE_ACLS = 30
    DELETE_ACLS = 31
    DESCRIBE_CONFIGS = 32
    DESCRIBE_LOG_DIRS = 35
    CREATE_PARTITIONS = 37
    DELETE_GROUPS = 42
    ELECT_LEADERS = 43
    INCREMENTAL_ALTER_CONFIGS = 44
    ALTER_PARTITION_REASSIGNMENTS = 45
    LIST_PARTITION_REASSIGNMENTS = 46
    OFFSET_DELETE = 47
    DESCRIBE_CLIENT_QUOTAS = 48
    DESCRIBE_USER_SCRAM_CREDENTIALS = 50
    DESCRIBE_QUORUM = 55
    FETCH_SNAPSHOT = 59
    DESCRIBE_CLUSTER = 60
    UNREGISTER_BROKER = 64
    CONSUMER_GROUP_DESCRIBE = 69
    DESCRIBE_TOPIC_PARTITIONS = 75
    SHARE_GROUP_DESCRIBE = 77
    STREAMS_GROUP_DESCRIBE = 89
    DESCRIBE_SHARE_GROUP_OFFSETS = 90

    @property
    def title(self) -> str:
        """Kafka's name of the request."""
        return self.name.title().replace("_", "")


class Codec(NamedTuple):
    """How one version of a request is written and its answer read."""

    is_flexible: bool
    encode: Callable[[Fields], bytes]
    decode: Callable[[bytes], Any]


async def exchange(
    link: Link, api: Api, values: Fields, *, lowest: int = 0, highest: int | None = None
) -> Any:
    """Send at the highest version that both sides know within these bounds.

    The answer has kio's fields of that version; one that only newer versions have is missing: use `getattr`.
    BadAnswer; NotSupported.
    """
    version = await agreed_version(link, api, lowest=lowest, highest=highest)
    codec = codec_of(api, version)
    body = codec.encode(values)
    return codec.decode(await link.request(api, version, body, is_flexible=codec.is_flexible))


async def agreed_version(link: Link, api: Api, *, lowest: int = 0, highest: int | None = None) -> int:
    """The highest version that the node and we know; NotSupported when there is none."""
    offered = (await link.versions()).get(api)
    if offered is None:
        raise NotSupported(f"the server does not know {api.title}")
    known = _known_versions(api)
    top = known[-1] if highest is None else highest
    common = [v for v in known if max(lowest, offered.lowest) <= v <= min(top, offered.highest)]
    if not common:
        raise NotSupported(
            f"{api.title}: the server takes versions {offered.lowest} to {offered.highest}, "
            f"needed is one of {max(lowest, known[0])} to {top}"
        )
    return common[-1]


async def supports(link: Link, api: Api, version: int = 0) -> bool:
    """Whether the node takes this version or a newer one."""
    offered = (await link.versions()).get(api)
    return offered is not None and offered.highest >= version


@lru_cache(maxsize=256)
def codec_of(api: Api, version: int) -> Codec:
    """kio's writer and reader for a version that it knows."""
    from kio.index import load_request_schema, load_response_schema
    from kio.serial import entity_reader, entity_writer
    from kio.serial.errors import SerialError

    request, response = load_request_schema(api, version), load_response_schema(api, version)
    write, read = entity_writer(request), entity_reader(response)

    def encode(values: Fields) -> bytes:
        stream = io.BytesIO()
        write(stream, _made(request, values))
        return stream.getvalue()

    def decode(data: bytes) -> Any:
        try:
            check_lengths(response, data)
            entity, _ = read(data, 0)
        except (SerialError, ValueError, LookupError, OverflowError, TypeError) as error:
            raise BadAnswer(f"{api.title}: the answer is not what the protocol says ({error})") from error
        return entity

    return Codec(bool(request.__flexible__), encode, decode)


@lru_cache(maxsize=64)
def _known_versions(api: Api) -> tuple[int, ...]:
    from kio.schema.index import api_key_map, schema_name_map

    return tuple(sorted(schema_name_map[api_key_map[api]]))


def _made(cls: type[Any], values: Fields) -> Any:
    """An entity of this class from the values that it has fields for."""
    entries = _entry_classes(cls)
    return cls(**{name: _value(values[name], entry) for name, entry in entries.items() if name in values})


def _value(value: object, entry: type[Any] | None) -> object:
    if entry is None or value is None:
        return value
    if isinstance(value, Mapping):
        return _made(entry, value)
    assert isinstance(value, Sequence)
    return tuple(_made(entry, one) for one in value)


def _entry_classes(cls: type[Any]) -> Mapping[str, type[Any] | None]:
    """By field: the class of its entries or of itself, when that is no primitive type."""
    known = _entries.get(cls)
    if known is None:
        known = _entries[cls] = {field.name: _entity_in(field.type) for field in fields(cls)}
    return known


_entries: Final[dict[type[Any], Mapping[str, type[Any] | None]]] = {}


def _entity_in(annotation: object) -> type[Any] | None:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and hasattr(part, "__version__"):
            return part
        nested = _entity_in(part) if part is not annotation else None
        if nested is not None:
            return nested
    return None


_NO_UUID: Final = 0


def id_of(uuid: Any) -> bytes | None:
    """16 bytes of a topic id; None for the absent and for the zero one, which stands for it."""
    return uuid.bytes if uuid is not None and uuid.int != _NO_UUID else None
