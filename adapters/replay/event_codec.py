"""Events as they stand in a recording: the bulk ones in columns, all others by the types of their fields."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import (
    SENSITIVE,
    ClusterEvent,
    ConfigsChanged,
    LogDirsObserved,
    SettingsChanged,
    Stamp,
    TopicsReplaced,
    TopicState,
)
from ktui.adapters.replay.payload import Blobs
from ktui.adapters.replay.plain import from_plain, to_plain
from ktui.adapters.replay.tables import Tables, from_little_endian, little_endian, native, portable
from ktui.adapters.topics import TopicSettings

KINDS: Final[Mapping[str, type[ClusterEvent]]] = {kind.__name__: kind for kind in get_args(ClusterEvent)}
ID_BYTES: Final = 16
_SECRET_WORDS: Final = ("password", "secret", "credential", "jaas", "token", "private.key", "ssl.key")
"""A setting with such a name is not recorded even if a source should tell its value."""


def write_event(event: ClusterEvent, blobs: Blobs) -> list[Any]:
    """[kind, fields]; what is bulk goes to the blobs."""
    name = type(event).__name__
    if isinstance(event, TopicsReplaced):
        return [name, {**to_plain(replace(event, topics=())), "topics": write_topics(event.topics, blobs)}]
    if isinstance(event, LogDirsObserved):
        sizes = write_sizes(event.replica_bytes, blobs)
        return [name, {**to_plain(replace(event, replica_bytes={})), "replica_bytes": sizes}]
    if isinstance(event, SettingsChanged):
        return [name, {"stamp": to_plain(event.stamp), "settings": write_settings(event.settings)}]
    if isinstance(event, ConfigsChanged):
        event = replace(event, changes={key: _harmless(key, value) for key, value in event.changes.items()})
    return [name, to_plain(event)]


def read_event(written: Any, blobs: Sequence[bytes]) -> ClusterEvent | None:
    """None for a kind of event that this program does not know; BadAnswer for one that is damaged."""
    try:
        name, fields = written
        kind = KINDS.get(name)
        if kind is None:
            return None
        if kind is TopicsReplaced:
            held = from_plain({**fields, "topics": []}, TopicsReplaced)
            return replace(held, topics=read_topics(fields["topics"], blobs))
        if kind is LogDirsObserved:
            told = from_plain({**fields, "replica_bytes": []}, LogDirsObserved)
            return replace(told, replica_bytes=read_sizes(fields["replica_bytes"], blobs))
        if kind is SettingsChanged:
            return SettingsChanged(from_plain(fields["stamp"], Stamp), read_settings(fields["settings"]))
        return from_plain(fields, kind)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise BadAnswer(f"an event cannot be read: {error}") from error


def _harmless(key: str, value: str | None) -> str | None:
    lowered = key.lower()
    return SENSITIVE if value is not None and any(word in lowered for word in _SECRET_WORDS) else value


def write_topics(topics: Sequence[TopicState], blobs: Blobs) -> Any:
    """Names and flags as lists, ids and columns as blobs."""
    counts, sets, columns = portable([topic.table for topic in topics])
    blobs += [b"".join(topic.id or b"\0" * ID_BYTES for topic in topics), columns]
    return {
        "names": [topic.name for topic in topics],
        "ids": len(blobs) - 2,
        "without_id": [place for place, topic in enumerate(topics) if topic.id is None],
        "internal": [place for place, topic in enumerate(topics) if topic.is_internal],
        "deleting": [place for place, topic in enumerate(topics) if topic.is_deleting],
        "moving": [
            [place, list(topic.moving)] for place, topic in enumerate(topics) if topic.moving is not None
        ],
        "counts": counts,
        "sets": sets,
        "columns": len(blobs) - 1,
    }


def read_topics(written: Any, blobs: Sequence[bytes]) -> tuple[TopicState, ...]:
    tables = native(Tables(written["counts"], written["sets"], blobs[written["columns"]]))
    names, ids = written["names"], blobs[written["ids"]]
    if len(names) != len(tables) or len(ids) != ID_BYTES * len(names):
        raise BadAnswer("topics and their tables do not fit together")
    without_id, internal, deleting = (set(written[key]) for key in ("without_id", "internal", "deleting"))
    moving = {place: tuple(indexes) for place, indexes in written["moving"]}
    return tuple(
        TopicState(
            name,
            None if place in without_id else ids[place * ID_BYTES : (place + 1) * ID_BYTES],
            place in internal,
            table,
            moving.get(place),
            place in deleting,
        )
        for place, (name, table) in enumerate(zip(names, tables, strict=True))
    )


def write_settings(settings: Mapping[str, TopicSettings]) -> Any:
    """Few topics have settings of their own: those that occur, and which of them each topic has."""
    places: dict[TopicSettings, int] = {}
    which = [places.setdefault(each, len(places)) for each in settings.values()]
    return {"names": list(settings), "which": which, "distinct": list(map(to_plain, places))}


def read_settings(written: Any) -> dict[str, TopicSettings]:
    distinct = [from_plain(each, TopicSettings) for each in written["distinct"]]
    pairs = zip(written["names"], written["which"], strict=True)
    return {name: distinct[which] for name, which in pairs}


def write_sizes(sizes: Mapping[str, Mapping[int, int]], blobs: Blobs) -> Any:
    """Topics as a list; partition indexes and bytes as two blobs."""
    indexes, values = array("i"), array("q")
    for of_topic in sizes.values():
        indexes.extend(of_topic)
        values.extend(of_topic.values())
    blobs += [little_endian(indexes), little_endian(values)]
    return {"names": list(sizes), "counts": [len(each) for each in sizes.values()], "blobs": len(blobs) - 2}


def read_sizes(written: Any, blobs: Sequence[bytes]) -> dict[str, dict[int, int]]:
    first = written["blobs"]
    indexes, values = from_little_endian("i", blobs[first]), from_little_endian("q", blobs[first + 1])
    if not len(indexes) == len(values) == sum(written["counts"]):
        raise BadAnswer("sizes and their partitions do not fit together")
    sizes, start = {}, 0
    for name, count in zip(written["names"], written["counts"], strict=True):
        sizes[name] = dict(zip(indexes[start : start + count], values[start : start + count], strict=True))
        start += count
    return sizes
