"""Topics, partitions and brokers changed by keyboard, on a cluster made of values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ktui.adapters.kafka.bridge import Api
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from tests.adapters.operate.fake_ground import FakeGround
from tests.adapters.operate.little_cluster import LittleCluster
from tests.tui.builders import small
from tests.tui.harness import Console, console

SNAPSHOT = small()


class Stage:
    """The topics of the snapshot behind a ground that answers the requests of operations."""

    def __init__(self, tmp_path: Path) -> None:
        self.ground = FakeGround()
        for one in SNAPSHOT.topics:
            self.ground.put(one.name, ((1, 2, 3),) * one.partition_count, is_internal=one.is_internal)
            self.ground.configs[one.name] = {}
        self.little = LittleCluster(self.ground, topics={"payments": {"retention.ms": "1000"}})
        paths = Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")
        operator = Operator(self.ground, Target(), paths=paths, patience=Patience(0.1, 0.01))
        self.cluster = SimpleNamespace(operator=operator, pool=None)

    def sent(self, api: Api) -> list[Any]:
        return [read for which, read in self.ground.link.changes if which is api]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@asynccontextmanager
async def on_topics(stage: Stage, **settings: Any) -> AsyncIterator[Console]:
    async with console(SNAPSHOT, cluster=stage.cluster, **settings) as ui:
        await ui.press("3")
        yield ui


async def opened(ui: Console, *keys: str) -> None:
    await ui.press(*keys)
    await ui.until(lambda: "╭" in ui.text)


async def test_more_partitions_by_keyboard(stage: Stage) -> None:
    async with on_topics(stage) as ui:
        await opened(ui, "G", "plus")
        assert "More partitions for payments" in ui.text
        await ui.type("12")
        await ui.press("tab")
        assert "must be more than 12" in ui.text
        await ui.press("shift+tab", "backspace")
        await ui.type("4")
        await ui.press("ctrl+s")
        await ui.until(lambda: "partitions   12 → 14" in ui.text)
        assert "Keys will move" in ui.text
        assert "Type yes to do it:" in ui.text
        assert stage.sent(Api.CREATE_PARTITIONS) == []
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "payments has 14 partitions now." in ui.text)
        assert len(stage.sent(Api.CREATE_PARTITIONS)) == 1


async def test_a_setting_is_shown_with_its_documentation_and_its_difference(stage: Stage) -> None:
    async with on_topics(stage) as ui:
        await opened(ui, "G", "e")
        assert "Settings of payments" in ui.text
        await ui.type("retention.ms")
        await ui.until(lambda: "What retention.ms does." in ui.text)
        assert "retention.ms is 1000 (topic)" in ui.text
        await ui.press("tab", "tab")
        await ui.type("5000")
        await ui.press("ctrl+s")
        await ui.until(lambda: "retention.ms   1000 (topic) → 5000" in ui.text)
        assert stage.sent(Api.INCREMENTAL_ALTER_CONFIGS) == []
        await ui.type("no")
        await ui.press("enter")
        assert "Nothing was done: that is not yes." in ui.text
        await ui.press("backspace", "backspace")
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "Changed payments: retention.ms=5000." in ui.text)
        assert stage.little.topics["payments"]["retention.ms"] == "5000"


async def test_a_refusal_of_the_dry_run_is_told_before_anything_is_typed(stage: Stage) -> None:
    stage.little.errors[Api.INCREMENTAL_ALTER_CONFIGS] = (44, "Not on a Friday.")
    async with on_topics(stage) as ui:
        await opened(ui, "G", "e")
        await ui.type("retention.ms")
        await ui.press("tab", "tab")
        await ui.type("5")
        await ui.press("ctrl+s")
        await ui.until(lambda: "✕ payments was not changed: a policy" in ui.text and "Friday" in ui.text)


async def test_several_marked_topics_are_listed_and_deleted_by_phrase(stage: Stage) -> None:
    async with on_topics(stage) as ui:
        await ui.press("G", "space", "k", "space")
        await ui.until(lambda: "2 marked" in ui.text)
        await opened(ui, "ctrl+d")
        await ui.until(lambda: "Each definition is saved" in ui.text)
        assert "Delete 2 topics" in ui.text
        assert "payments   12 partitions" in ui.text
        assert "delete 2 topics" in ui.text
        await ui.type("delete 3 topics")
        await ui.press("enter")
        assert "Nothing was done" in ui.text
        assert stage.ground.sent == []
        await ui.press(*["backspace"] * 8)
        await ui.type("2 topics")
        await ui.press("enter")
        await ui.until(lambda: "Deleted 2 topics." in ui.text)
        assert len(stage.ground.sent) == 2


async def test_marks_are_taken_away_at_once(stage: Stage) -> None:
    async with on_topics(stage) as ui:
        await ui.press("G", "space")
        await ui.until(lambda: "1 marked" in ui.text)
        await ui.press("u")
        await ui.until(lambda: "marked" not in ui.lines[2])


async def test_records_deleted_up_to_an_offset_by_the_typed_name(stage: Stage) -> None:
    async with on_topics(stage) as ui:
        await ui.press("G", "colon")
        await ui.type("delete-records payments")
        await opened(ui, "enter")
        await ui.press("tab")
        await ui.type("x")
        await ui.press("tab")
        assert "must be an offset" in ui.text
        await ui.press("shift+tab", "backspace")
        await ui.type("4")
        await ui.press("ctrl+s")
        await ui.until(lambda: "0 → 4" in ui.text)
        await ui.type("payments")
        await ui.press("enter")
        await ui.until(lambda: "Deleted the oldest records of payments" in ui.text)
        assert stage.sent(Api.DELETE_RECORDS) != []


async def test_a_marked_partition_is_given_back_to_its_preferred_leader(stage: Stage) -> None:
    stage.ground.put("payments", ((1, 2, 3),) * 12, leaders=(2,) * 12)
    async with on_topics(stage) as ui:
        await ui.press("G", "enter")
        await ui.until(lambda: "[partitions]" in ui.text)
        await ui.press("space", "j", "space")
        await ui.until(lambda: "2 marked" in ui.text)
        await opened(ui, "E")
        await ui.until(lambda: "payments-1   leader 2 → 1" in ui.text)
        assert "payments-2" not in ui.text
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "2 partitions have their preferred leader now." in ui.text)


async def test_partitions_move_by_a_plan_that_is_shown_first(stage: Stage) -> None:
    async with on_topics(stage) as ui:
        await opened(ui, "G", "M")
        await ui.press("tab")
        await ui.type("2")
        await ui.press("ctrl+s")
        await ui.until(lambda: "payments-0   1,2,3 → 1,2" in ui.text or "payments-0   1,2,3 → 1,3" in ui.text)
        assert stage.sent(Api.ALTER_PARTITION_REASSIGNMENTS) == []
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "Moved 12 partitions." in ui.text)


async def test_moves_are_shown_and_cancelled(stage: Stage) -> None:
    stage.little.moving = {("payments", 0): ((3,), (1,)), ("payments", 1): ((3,), (1,))}
    async with console(SNAPSHOT, cluster=stage.cluster) as ui:
        await ui.press("colon")
        await ui.type("moves")
        await ui.press("enter")
        await ui.until(lambda: "2 partitions" in ui.lines[2])
        await opened(ui, "X")
        await ui.until(lambda: "payments-0   no more to 3" in ui.text)
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "Cancelled the move of 1 partition." in ui.text)
        assert list(stage.little.moving) == [("payments", 1)]


async def test_settings_of_a_broker_with_where_they_come_from(stage: Stage) -> None:
    stage.little.brokers["1"] = {"log.retention.ms": "7"}
    async with console(SNAPSHOT, cluster=stage.cluster) as ui:
        await ui.press("2", "d")
        await ui.until(lambda: "Settings of broker 1" in ui.text and "broker, live" in ui.text)
        assert "***" in ui.line_with("sasl.password")
        assert "restart" in ui.line_with("node.id")
        await opened(ui, "e")
        assert "> log.retention.ms" in ui.text
        await ui.press("tab", "right", "ctrl+s")
        await ui.until(lambda: "log.retention.ms   7 (broker) → what it inherits" in ui.text)
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "Changed broker 1" in ui.text)
        assert stage.little.brokers["1"] == {}


async def test_a_dead_broker_is_unregistered_by_its_typed_id(stage: Stage) -> None:
    async with console(SNAPSHOT, cluster=stage.cluster) as ui:
        await ui.press("colon")
        await ui.type("unregister 9")
        await opened(ui, "enter")
        await ui.until(lambda: "it registers itself" in ui.text)
        await ui.type("9")
        await ui.press("enter")
        await ui.until(lambda: "Unregistered broker 9." in ui.text)
        assert 9 not in stage.little.registered


async def test_locked_and_read_only_offer_none_of_it(stage: Stage) -> None:
    async with on_topics(stage, is_read_only=True) as ui:
        await ui.press("G", "plus", "e", "M", "E")
        assert len(ui.app.screen_stack) == 1


async def test_a_deleted_topic_is_offered_again_with_what_it_had(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    stage.cluster.operator._paths = replace(stage.cluster.operator._paths, definitions=Paths().definitions)
    stage.ground.configs["payments"] = {"retention.ms": "3600000", "max.message.bytes": "9"}
    snapshot = replace(SNAPSHOT, cluster_id=stage.ground.cluster_id)
    async with console(snapshot, cluster=stage.cluster) as ui:
        await ui.press("3")
        await opened(ui, "G", "ctrl+d")
        await ui.until(lambda: "Its definition will be saved" in ui.text)
        await ui.type("payments")
        await ui.press("enter")
        await ui.until(lambda: "Deleted payments." in ui.text)
        await ui.press("escape", "colon")
        await ui.type("recreate payments")
        await opened(ui, "enter")
        await ui.until(lambda: "Create payments again, empty" in ui.text)
        assert "max.message.bytes=9" in ui.text
        assert "> 12" in ui.text
