from __future__ import annotations

import dataclasses
import json
import random
from typing import get_args

import pytest

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import SENSITIVE, ClusterEvent, ConfigsChanged, TopicsReplaced, TopicState
from ktui.adapters.partitions import partitions
from ktui.adapters.replay.event_codec import KINDS, read_event, write_event
from ktui.adapters.replay.payload import Blobs, join, split
from ktui.adapters.replay.plain import codec, to_plain
from ktui.adapters.replay.tables import native, portable
from tests.adapters.clusters import partition, stamp, state, table
from tests.adapters.replay.samples import bare, filled

KIND_OF_EVENT = sorted(KINDS.values(), key=lambda kind: kind.__name__)


def through_a_file(event: ClusterEvent) -> ClusterEvent | None:
    blobs: Blobs = []
    document, found = split(join([write_event(event, blobs)], blobs))
    return read_event(document[0], found)


@pytest.mark.parametrize("make", [filled, bare])
@pytest.mark.parametrize("kind", get_args(ClusterEvent), ids=lambda kind: kind.__name__)
def test_every_event_of_the_union_is_the_same_after_reading(kind: type[ClusterEvent], make: object) -> None:
    event = filled(kind) if make is filled else bare(kind)
    assert through_a_file(event) == event


def test_a_type_without_an_encoding_is_refused() -> None:
    @dataclasses.dataclass(frozen=True)
    class Odd:
        what: complex

    @dataclasses.dataclass(frozen=True)
    class Sly:
        table: bytes

    with pytest.raises(TypeError, match="cannot be recorded"):
        codec(Odd)
    with pytest.raises(TypeError, match="something else in another process"):
        to_plain(Sly(b""))


def test_replica_sets_are_written_as_values() -> None:
    tables = [table(2, isr=(3, 1)), b"", table(1, isr=()), table(70, isr=(9, 8, 7))]
    written = portable(tables)
    assert sorted(written.sets) == sorted([[1, 2, 3], [3, 1], [9, 8, 7], []])
    assert native(written) == tables
    renamed = native(written._replace(sets=[[10 * broker for broker in members] for members in written.sets]))
    assert next(partitions(renamed[0])).isr == (30, 10)


def test_topics_without_an_id_and_without_partitions() -> None:
    topics = (
        TopicState("a", None, True, b""),
        state("b"),
        TopicState("c\udc80", None, False, table(), (), True),
    )
    event = TopicsReplaced(stamp(), topics, ("d",), is_complete=True, unclean=(("a", 3),))
    assert through_a_file(event) == event


def test_what_a_later_program_added_is_left_out() -> None:
    written = write_event(ConfigsChanged(stamp(), "topic", "t", {"a": "b"}), [])
    assert read_event(["SomethingNew", {"x": 1}], []) is None
    written[1]["new_field"] = {"anything": 1}
    assert read_event(written, []) == ConfigsChanged(stamp(), "topic", "t", {"a": "b"})


def test_a_value_with_a_secret_name_is_not_written() -> None:
    told = {
        "sasl.jaas.config": "planted",
        "ssl.keystore.password": None,
        "retention.ms": "1",
        "X.Secret": "planted",
    }
    blobs: Blobs = []
    payload = join(write_event(ConfigsChanged(stamp(), "broker", "1", told), blobs), blobs)
    assert b"planted" not in payload
    event = read_event(*split(payload))
    assert isinstance(event, ConfigsChanged)
    assert event.changes == {
        "sasl.jaas.config": SENSITIVE, "ssl.keystore.password": None, "retention.ms": "1", "X.Secret": SENSITIVE,
    }  # fmt: skip


def test_damaged_events_are_one_kind_of_error() -> None:
    rng = random.Random(7)
    events = [filled(kind) for kind in KIND_OF_EVENT]
    for _ in range(2_000):
        blobs: Blobs = []
        payload = bytearray(join([write_event(rng.choice(events), blobs)], blobs))
        for _ in range(rng.randint(1, 4)):
            payload[rng.randrange(len(payload))] = rng.randrange(256)
        try:
            document, found = split(
                bytes(payload[: rng.randint(0, len(payload))] if rng.random() < 0.2 else payload)
            )
            read_event(document[0] if isinstance(document, list) and document else document, found)
        except BadAnswer:
            continue


def test_only_what_differs_from_the_default_is_written() -> None:
    assert json.dumps(to_plain(partition(3))) == json.dumps(
        {
            "index": 3, "leader": 1, "leader_epoch": 0, "replicas": [1, 2, 3], "isr": [1, 2, 3], "offline": [],
            "version": -1,
        }
    )  # fmt: skip
    assert to_plain(stamp()) == {"source": "poll", "seen_at": 100.0}
