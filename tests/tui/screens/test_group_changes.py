"""Groups and access rules changed by keyboard, on a cluster made of values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ktui.adapters.access.model import AclEntry
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from ktui.tui.screens import access
from tests.adapters.operate.fake_ground import FakeGround
from tests.adapters.operate.little_groups import READ, LittleGroups, with_groups
from tests.tui.builders import small
from tests.tui.harness import Console, console
from tests.tui.made_up_groups import view


class Stage:
    def __init__(self, folder: Path) -> None:
        ground = FakeGround()
        self.groups: LittleGroups = with_groups(ground)
        paths = Paths(folder / "audit.jsonl", folder / "deleted")
        operator = Operator(ground, Target(), paths=paths, patience=Patience(0.1, 0.01))
        self.cluster = SimpleNamespace(operator=operator, pool=None)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage(tmp_path)

    async def fetch(pool: Any) -> tuple[AclEntry, ...]:
        return tuple(made.groups.rules)

    monkeypatch.setattr(access, "fetch_acls", fetch)
    return made


@asynccontextmanager
async def on_billing(stage: Stage, **settings: Any) -> AsyncIterator[Console]:
    async with console(small(), cluster=stage.cluster, **settings) as ui:
        await ui.press("6")
        ui.feed.groups_view = view()
        ui.app.glance()
        await ui.settle()
        await ui.press("j")
        yield ui


async def opened(ui: Console, *keys: str) -> None:
    await ui.press(*keys)
    await ui.until(lambda: "╭" in ui.text)


async def test_offsets_are_set_after_each_was_shown(stage: Stage) -> None:
    async with on_billing(stage) as ui:
        await opened(ui, "R")
        assert "Set the offsets of billing" in ui.text
        await ui.press("right", "right", "tab")
        await ui.type("7x")
        await ui.press("tab")
        assert "must be an offset" in ui.text
        await ui.press("shift+tab", "backspace")
        await ui.press("ctrl+s")
        await ui.until(lambda: "orders 0   3 → 7" in ui.text)
        assert list(stage.groups.offsets["billing"].values()) == [3, 4]
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "Set the offsets of billing in 2 partitions." in ui.text)
        assert list(stage.groups.offsets["billing"].values()) == [7, 7]


async def test_a_group_is_deleted_by_its_typed_name(stage: Stage) -> None:
    async with on_billing(stage) as ui:
        await opened(ui, "ctrl+d")
        await ui.until(lambda: "2 offsets of 1 topic will be forgotten" in ui.text)
        await ui.type("billing")
        await ui.press("enter")
        await ui.until(lambda: "Deleted group billing." in ui.text)
        assert stage.groups.offsets == {}


async def test_nothing_is_offered_where_nothing_may_be_changed(stage: Stage) -> None:
    async with on_billing(stage, is_read_only=True) as ui:
        assert "R set" not in ui.keys
        await ui.press("R", "ctrl+d")
        assert "╭" not in ui.text


async def test_a_rule_is_made_and_deleted(stage: Stage) -> None:
    async with console(small(), cluster=stage.cluster, size=(100, 34)) as ui:
        await ui.press("colon")
        await ui.type("acls")
        await ui.press("enter")
        await ui.until(lambda: "User:alice" in ui.text)
        await opened(ui, "a")
        await ui.type("User:bob")
        await ui.press("tab", "tab", "tab", "tab")
        await ui.type("payments")
        await ui.press("ctrl+s")
        await ui.until(lambda: "+ Allow User:bob Read on Topic payments" in ui.text)
        assert "It is the first rule about Topic payments" in ui.text
        await ui.type("yes")
        await ui.press("enter")
        await ui.until(lambda: "Made 1 rule." in ui.text)
        assert len(stage.groups.rules) == 2
        await ui.press("enter")
        await opened(ui, "ctrl+d")
        await ui.until(lambda: "- Allow User:alice Read on Topic orders" in ui.text)
        await ui.type("User:alice")
        await ui.press("enter")
        await ui.until(lambda: "Deleted 1 rule." in ui.text)
        assert READ not in stage.groups.rules
