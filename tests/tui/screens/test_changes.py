"""The form of a new topic and the dialog of a deletion, on a cluster made of values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ktui.adapters.kafka import topic_details
from ktui.adapters.kafka.asks.config_values import ConfigSource
from ktui.adapters.kafka.topic_details import TopicDetails
from ktui.adapters.operate.ground import Answer
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from tests.adapters.operate.fake_ground import FIRST_ID, FakeGround
from tests.tui.builders import small, topic
from tests.tui.harness import Console, console
from tests.tui.present.test_topic import value

SNAPSHOT = small()


@pytest.fixture
def ground() -> FakeGround:
    made = FakeGround()
    for one in SNAPSHOT.topics:
        rows = ((1, 2, 3),) * one.partition_count
        made.put(one.name, rows, is_internal=one.is_internal)
        made.configs[one.name] = {}
    return made


@pytest.fixture
def cluster(ground: FakeGround, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    async def fetch(pool: Any, asked: Any, *, timeout_s: float) -> TopicDetails:
        configs = (
            value("retention.ms", "129600000", ConfigSource.TOPIC),
            value("max.message.bytes", "9", ConfigSource.TOPIC),
        )
        return TopicDetails(configs=configs)

    monkeypatch.setattr(topic_details, "fetch_topic_details", fetch)
    paths = Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")
    return SimpleNamespace(
        operator=Operator(ground, Target(), paths=paths, patience=Patience(0.1, 0.01)), pool=None
    )


@asynccontextmanager
async def topics(cluster: Any, **settings: Any) -> AsyncIterator[Console]:
    async with console(SNAPSHOT, cluster=cluster, connection_words=("-b", "h:9092"), **settings) as ui:
        await ui.press("3")
        yield ui


async def opened(ui: Console, *keys: str) -> None:
    await ui.press(*keys)
    await ui.until(lambda: "╭" in ui.text)


async def test_the_form_names_the_brokers_defaults(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        await opened(ui, "n")
        assert "Create a topic" in ui.text
        assert ui.text.count("the brokers' default") >= 4
        await ui.press("escape")
        assert "╭" not in ui.text
        assert ground.sent == []
        assert ground.dry_runs == []


async def test_a_topic_is_tried_created_and_shown(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        ground.on_change = lambda: ui.feed.give(_with("fresh"))
        await opened(ui, "n")
        await ui.type("fresh")
        assert "ktui topic create fresh --partitions 1 --replication-factor 3 -b h:9092" in ui.text
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.lines[2].startswith("fresh  id "))
        wanted = CreateTopic("fresh", 1, 3, {})
        assert ground.dry_runs == [wanted]
        assert ground.sent == [wanted]
        assert ui.feed.refreshes == 1
        await ui.until(lambda: "Created fresh" in ui.text)


def _with(name: str) -> Any:
    from dataclasses import replace

    return replace(SNAPSHOT, topics=SNAPSHOT.topics.updated([topic(name, 1)]))


async def test_mistakes_are_told_while_typing_and_nothing_is_sent(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        await opened(ui, "n")
        await ui.type("orders")
        await ui.press("tab")
        assert "! There is a topic of this name already." in ui.text
        await ui.press("ctrl+s")
        assert "needs attention" in ui.text
        assert ground.sent == []


async def test_the_controllers_own_words_when_it_refuses(cluster: Any, ground: FakeGround) -> None:
    ground.answer = Answer(44, "POLICY_VIOLATION", "No topic without an owner.")
    async with topics(cluster) as ui:
        await opened(ui, "n")
        await ui.type("fresh")
        await ui.press("ctrl+s")
        await ui.until(lambda: "a policy of the cluster forbids it: No topic" in ui.text)
        assert "> fresh" in ui.text
        assert ground.sent == []


async def test_a_topic_like_the_one_under_the_cursor(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        await opened(ui, "G", "N")
        assert "Create a topic like payments" in ui.text
        assert "max.message.bytes=9" in ui.text
        await ui.type("fresh")
        await ui.press("ctrl+s")
        await ui.until(lambda: bool(ground.sent))
        assert ground.sent == [
            CreateTopic("fresh", 12, 3, {"max.message.bytes": "9", "retention.ms": "129600000"})
        ]


async def test_the_command_can_be_copied(cluster: Any) -> None:
    async with topics(cluster) as ui:
        await opened(ui, "n")
        await ui.type("fresh")
        await ui.press("ctrl+y")
        assert ui.app.clipboard == "ktui topic create fresh --partitions 1 --replication-factor 3 -b h:9092"


async def test_the_form_opens_when_the_defaults_cannot_be_read(ground: FakeGround) -> None:
    async with topics(None) as ui:
        await opened(ui, "n")
        assert "default, not readable" in ui.text
        await ui.type("fresh")
        await ui.press("ctrl+s")
        await ui.until(lambda: "there is no cluster behind this feed" in ui.text)


async def test_no_form_without_a_connection(cluster: Any) -> None:
    async with console(cluster=cluster) as ui:
        await ui.press("n")
        await ui.until(lambda: "There is no connection to the cluster yet." in ui.text)
        assert "╭" not in ui.text


async def test_a_topic_is_deleted_by_its_typed_name_only(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster, environment="production") as ui:
        await opened(ui, "G", "ctrl+d")
        await ui.until(lambda: "Its definition will be saved" in ui.text)
        assert "payments   in  local (production)" in ui.text
        assert "12 partitions   RF 3   size 4.0 KiB" in ui.text
        await ui.type("payment")
        await ui.press("enter")
        assert "Nothing was done: that is not the full name." in ui.text
        assert ground.sent == []
        await ui.type("s")
        await ui.press("enter")
        await ui.until(lambda: "Deleted payments." in ui.text)
        assert ground.sent == [DeleteTopic("payments", FIRST_ID)]
        await ui.press("escape")
        assert ui.feed.refreshes == 1


async def test_ctrl_d_alone_never_finishes_it(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        await opened(ui, "G", "ctrl+d")
        await ui.press("ctrl+d", "ctrl+d", "enter", "escape")
        assert ground.sent == []
        assert ui.lines[2].startswith("Topics")


async def test_leaving_a_topic_that_was_deleted_leads_back(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        await ui.press("G", "enter")
        await opened(ui, "ctrl+d")
        await ui.type("payments")
        await ui.press("enter")
        await ui.until(lambda: "Deleted payments." in ui.text)
        await ui.press("enter")
        await ui.until(lambda: ui.lines[2].startswith("Topics"))


async def test_what_guards_refuse_is_said_and_not_sent(cluster: Any, ground: FakeGround) -> None:
    async with topics(cluster) as ui:
        await opened(ui, "ctrl+d")
        await ui.until(lambda: "is not deleted" in ui.text)
        await ui.type("__consumer_offsets")
        await ui.press("enter")
        await ui.until(lambda: ui.text.count("is not deleted") >= 2)
        assert ground.sent == []


async def test_a_deletion_is_told_also_when_its_dialog_was_closed(cluster: Any, ground: FakeGround) -> None:
    ground.takes_effect = False
    cluster.operator._patience = Patience(1.0, 0.01)
    async with topics(cluster) as ui:
        await opened(ui, "G", "ctrl+d")
        await ui.type("payments")
        await ui.press("enter", "escape")
        await ui.until(lambda: "╭" not in ui.text)
        await ui.until(lambda: any("payments" in line and "▌" in line for line in ui.lines))
        assert len(ground.sent) == 1


async def test_a_topic_that_is_not_there(cluster: Any) -> None:
    async with topics(cluster) as ui:
        await ui.press("colon")
        await ui.type("delete nothing")
        await ui.press("enter")
        await ui.until(lambda: "There is no topic nothing in this cluster." in ui.text)
        await ui.press("1", "colon")
        await ui.type("delete")
        await ui.press("enter")
        await ui.until(lambda: ":delete needs a topic's name." in ui.text)
