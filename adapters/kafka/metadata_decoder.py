"""Metadata answers to what changed: a topic whose bytes are as they were in the last answer is not decoded again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.events import TopicState
from ktui.adapters.kafka.metadata import RawMetadata
from ktui.adapters.kafka.metadata_header import MetadataHeader, read_header, read_trailer
from ktui.adapters.kafka.metadata_layout import Layout, layout_of, topic_head
from ktui.adapters.kafka.metadata_tables import Regions
from ktui.adapters.kafka.metadata_topics import TopicReader, Trouble
from ktui.adapters.kafka.operations import Operation, operations_of
from ktui.adapters.kafka.steps import Pace, Steps, in_steps
from ktui.adapters.kafka.wire import WireReader, decoding

__all__ = ["MetadataDecoder", "NamedMetadata", "WholeMetadata", "in_steps"]

_RUN: Final = 1024
"""Unchanged topics between two looks at the clock."""
_CHANGED_AT_ONCE: Final = 64
"""Changed ones."""


@dataclass(frozen=True, slots=True)
class WholeMetadata:
    """What an answer about all topics told."""

    header: MetadataHeader
    changed: list[TopicState]
    """Topics that are new or differ from the last whole answer, in no order."""
    removed: list[str]
    topic_errors: Mapping[str, int]
    """Codes of topics that the broker named without telling of them; they count neither as changed nor as removed."""
    partition_errors: Mapping[int, int]
    """Code to number of partitions in the cluster, without LEADER_NOT_AVAILABLE, which is a row without a leader."""
    topic_count: int


@dataclass(frozen=True, slots=True)
class NamedMetadata:
    """What an answer about named topics told."""

    header: MetadataHeader
    topics: list[TopicState]
    topic_errors: Mapping[str, int]
    """UNKNOWN_TOPIC_OR_PARTITION: there is none. TOPIC_AUTHORIZATION_FAILED: it may not be seen."""
    partition_errors: Mapping[int, int]
    operations: Mapping[str, frozenset[Operation]]
    """What the principal may do with a topic, where that was asked for and told."""


@dataclass(slots=True)
class _Kept:
    """The topics of the last whole answer."""

    layout: Layout | None
    topics: list[bytes]
    """As they were on the wire, in the order of the answer."""
    troubles: dict[bytes, Trouble]


class MetadataDecoder:
    """Decodes the answers of one cluster, one at a time; nothing changes until an answer was read to its end."""

    def __init__(self) -> None:
        self._kept = _Kept(None, [], {})
        self._regions: dict[Layout, Regions] = {}

    def forget(self) -> None:
        """Make the next whole answer tell of every topic; what is gone by then is not told as removed."""
        self._kept = _Kept(None, [], {})

    def whole(self, raw: RawMetadata) -> Steps[WholeMetadata]:
        """Decode an answer about all topics. BadAnswer; Refused for an error of the whole answer."""
        with decoding("Metadata"):
            walk = _Walk(raw, self._kept, self._regions_of(raw.version))
            answer = yield from walk.run()
            self._kept = walk.kept()
        return answer

    def named(self, raw: RawMetadata) -> Steps[NamedMetadata]:
        """Decode an answer about named topics; what is kept of the last whole answer is not touched."""
        with decoding("Metadata"):
            return (yield from _named(raw, self._regions_of(raw.version)))

    def _regions_of(self, version: int) -> Regions:
        layout = layout_of(version)
        return self._regions.setdefault(layout, Regions(layout))


class _Walk:
    """One whole answer, topic by topic, beside the topics that are kept."""

    def __init__(self, raw: RawMetadata, kept: _Kept, regions: Regions) -> None:
        layout = layout_of(raw.version)
        self._data: Final = raw.data
        self._layout: Final = layout
        self._pace: Final = Pace()
        self._reader: Final = TopicReader(raw.data, layout, regions, self._pace)
        self._old: Final = kept
        self._is_comparable: Final = kept.layout is layout
        self._seen: Final = bytearray(len(kept.topics))
        self._needs_index = False
        self._index: dict[bytes, int] | None = None
        self._expected = 0
        """The kept topic that probably comes next."""
        self._troubles: dict[bytes, Trouble] = {}
        self._order: Final[list[bytes]] = []
        self._changed: Final[set[bytes]] = set()

    def run(self) -> Steps[WholeMetadata]:
        wire = WireReader(self._data, is_flexible=self._layout.is_flexible)
        header = read_header(wire, self._layout)
        count = wire.array_length(item_bytes=7)
        position, left = wire.position, count
        while left:
            position, same = self._pass_unchanged(position, min(left, _RUN))
            left -= same
            for _ in range(min(left, _CHANGED_AT_ONCE)):
                end = self._read_quickly(position)
                if end is None:
                    end = yield from self._read_slowly(position)
                position = end
                left -= 1
                if self._expects(position):
                    break
            if self._reader.is_full:
                yield from self._reader.flush()
            if self._pace.is_over():
                yield
                self._pace.restart()
        yield from self._reader.flush()
        wire.position = position
        header = read_trailer(wire, self._layout, header)
        removed = yield from self._removed()
        self._troubles = self._standing_troubles(removed)
        return WholeMetadata(
            header,
            self._reader.states,
            [name.decode() for name in removed],
            *_errors(self._troubles),
            count,
        )

    def kept(self) -> _Kept:
        """What to keep, once `run` is over."""
        return _Kept(self._layout, self._order, self._troubles)

    def _pass_unchanged(self, position: int, most: int) -> tuple[int, int]:
        """The position after the topics that are as they were and in the same order, and how many they are."""
        if not self._is_comparable:
            return position, 0
        first, starts_with = self._expected, self._data.startswith
        same = 0
        run = self._old.topics[first : first + most]
        for topic in run:
            if not starts_with(topic, position):
                break
            position += len(topic)
            same += 1
        self._seen[first : first + same] = b"\1" * same
        self._order.extend(run if same == len(run) else run[:same])
        self._expected += same
        return position, same

    def _expects(self, position: int) -> bool:
        """Whether the kept topic that probably comes next is here as it was."""
        if not self._is_comparable or self._expected >= len(self._old.topics):
            return False
        return self._data.startswith(self._old.topics[self._expected], position)

    def _read_quickly(self, position: int) -> int | None:
        """The position after this topic; None: read it slowly."""
        head = topic_head(self._data, position, self._layout)
        topics, place = self._old.topics, self._expected
        if place >= len(topics) or self._name_of(topics[place]) != head.name:
            if topics and self._index is None:
                self._needs_index = True
                return None
            place = -1 if self._index is None else self._index.get(head.name, -1)
        if place >= 0:
            self._seen[place] = 1
            self._expected = place + 1
            topic = topics[place]
            if self._is_comparable and self._data.startswith(topic, position):
                self._order.append(topic)
                return position + len(topic)
        end = self._reader.read_uniform(head)
        if end is not None:
            self._note(head.name, position, end)
        return end

    def _read_slowly(self, position: int) -> Steps[int]:
        if self._needs_index and self._index is None:
            yield from self._make_index()
            end = self._read_quickly(position)
            if end is not None:
                return end
        head = topic_head(self._data, position, self._layout)
        end = yield from self._reader.read_mixed(head)
        self._note(head.name, position, end)
        return end

    def _note(self, name: bytes, position: int, end: int) -> None:
        if name in self._changed:
            raise ValueError("a topic is told twice")
        self._order.append(self._data[position:end])
        self._changed.add(name)

    def _make_index(self) -> Steps[None]:
        """Find kept topics by name from now on: this answer's order is another one."""
        index: dict[bytes, int] = {}
        for place, topic in enumerate(self._old.topics):
            index[self._name_of(topic)] = place
            if not place % _RUN and self._pace.is_over():
                yield
                self._pace.restart()
        self._index = index

    def _name_of(self, topic: bytes) -> bytes:
        assert self._old.layout is not None
        return topic_head(topic, 0, self._old.layout).name

    def _removed(self) -> Steps[list[bytes]]:
        removed: list[bytes] = []
        place = self._seen.find(0)
        while place >= 0:
            removed.append(self._name_of(self._old.topics[place]))
            place = self._seen.find(0, place + 1)
            if not len(removed) % _RUN and self._pace.is_over():
                yield
                self._pace.restart()
        return removed

    def _standing_troubles(self, removed: list[bytes]) -> dict[bytes, Trouble]:
        """Those of topics that did not change stand."""
        troubles = dict(self._old.troubles)
        for name in (*self._changed, *removed) if troubles else ():
            troubles.pop(name, None)
        return troubles | self._reader.troubles


def _named(raw: RawMetadata, regions: Regions) -> Steps[NamedMetadata]:
    layout, pace = layout_of(raw.version), Pace()
    wire = WireReader(raw.data, is_flexible=layout.is_flexible)
    header = read_header(wire, layout)
    reader = TopicReader(raw.data, layout, regions, pace)
    for _ in range(wire.array_length(item_bytes=7)):
        head = topic_head(raw.data, wire.position, layout)
        end = reader.read_uniform(head)
        wire.position = end if end is not None else (yield from reader.read_mixed(head))
        if reader.is_full:
            yield from reader.flush()
    yield from reader.flush()
    header = read_trailer(wire, layout, header)
    told = {name: operations_of(bits) for name, bits in reader.operations.items()}
    operations = {name: rights for name, rights in told.items() if rights is not None}
    return NamedMetadata(header, reader.states, *_errors(reader.troubles), operations)


def _errors(troubles: Mapping[bytes, Trouble]) -> tuple[dict[str, int], dict[int, int]]:
    partition_errors: Counter[int] = Counter()
    for trouble in troubles.values():
        partition_errors.update(trouble.partition_errors)
    of_topics = {
        name.decode(): trouble.topic_error for name, trouble in troubles.items() if trouble.topic_error
    }
    return of_topics, dict(partition_errors)
