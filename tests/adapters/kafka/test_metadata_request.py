"""Requests as kio reads them, and what is never sent."""

from __future__ import annotations

from typing import Any

import pytest
from kio.index import load_request_schema
from kio.serial import entity_reader

from ktui.adapters.errors import NotSupported
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.metadata import encode_metadata, fetch_metadata
from tests.adapters.kafka.scripted_link import ScriptedLink


def read(version: int, data: bytes) -> Any:
    entity, size = entity_reader(load_request_schema(3, version))(data, 0)
    assert size == len(data)
    return entity


@pytest.mark.parametrize("version", range(1, 14))
def test_all_and_none(version: int) -> None:
    everything, nothing = (read(version, encode_metadata(version, topics)) for topics in (None, []))
    assert (everything.topics, nothing.topics) == (None, ())
    assert not getattr(everything, "allow_auto_topic_creation", False)


@pytest.mark.parametrize("version", range(4, 14))
def test_named_topics_are_never_created(version: int) -> None:
    request = read(version, encode_metadata(version, ["a", "ü" * 200]))
    assert [topic.name for topic in request.topics] == ["a", "ü" * 200]
    assert request.allow_auto_topic_creation is False
    assert not getattr(request, "include_topic_authorized_operations", False)


@pytest.mark.parametrize("version", range(8, 14))
def test_operations_are_asked_for(version: int) -> None:
    request = read(version, encode_metadata(version, ["a"], include_operations=True))
    assert request.include_topic_authorized_operations is True


@pytest.mark.parametrize("version", [1, 2, 3])
def test_names_are_not_sent_to_brokers_that_might_create_them(version: int) -> None:
    with pytest.raises(NotSupported):
        encode_metadata(version, ["a"])


@pytest.mark.parametrize(("offered", "used"), [((0, 9), 9), ((0, 13), 13), ((0, 20), 13), ((0, 1), 1)])
async def test_the_highest_common_version_is_used(offered: tuple[int, int], used: int) -> None:
    link = ScriptedLink({3: VersionRange(*offered)}, [b"answer"])
    raw = await fetch_metadata(link, None)
    assert (raw.version, raw.data) == (used, b"answer")
    assert link.sent[0][:2] == (3, used)
    assert link.sent[0].is_flexible == (used >= 9)


@pytest.mark.parametrize("ranges", [{}, {3: VersionRange(14, 15)}, {3: VersionRange(0, 0)}])
async def test_no_common_version(ranges: dict[int, VersionRange]) -> None:
    with pytest.raises(NotSupported):
        await fetch_metadata(ScriptedLink(ranges, []), None)
