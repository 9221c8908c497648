"""What looks the same is not drawn again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.widget import Widget

from ktui.adapters.model import ClusterSnapshot
from tests.tui.builders import quorum, small, zookeeper
from tests.tui.harness import console

VIEWS = ["1", "2", "3", "4", "5"]


@pytest.fixture
def repaints(monkeypatch: pytest.MonkeyPatch) -> list[Widget]:
    made: list[Widget] = []
    original = Widget.refresh

    def counted(self: Widget, *regions: Any, **options: Any) -> Widget:
        made.append(self)
        return original(self, *regions, **options)

    monkeypatch.setattr(Widget, "refresh", counted)
    return made


@pytest.mark.parametrize("key", VIEWS)
@pytest.mark.parametrize("snapshot", [small(), zookeeper(small().topics)], ids=["kraft", "zookeeper"])
async def test_an_idle_cluster_draws_nothing(
    key: str, snapshot: ClusterSnapshot, repaints: list[Widget]
) -> None:
    async with console(snapshot) as ui:
        await ui.press(key)
        await ui.pass_time(1)
        repaints.clear()
        for revision in range(2, 5):
            ui.feed.hear()
            await ui.give(replace(snapshot, revision=revision, taken_at=snapshot.taken_at + revision))
            await ui.pass_time(1)
        assert repaints == []


async def test_the_quorum_s_own_ticking_draws_nothing_but_on_its_own_screen(repaints: list[Widget]) -> None:
    async with console(small()) as ui:
        for key in VIEWS:
            await ui.press(key)
            repaints.clear()
            moved = replace(quorum(lag=3), high_watermark=9_999)
            await ui.give(replace(small(), quorum=moved))
            await ui.give(small())
            assert repaints == [], key


async def test_a_second_touches_only_what_it_changes(repaints: list[Widget]) -> None:
    async with console(small()) as ui:
        await ui.press("3")
        await ui.pass_time(2)
        repaints.clear()
        await ui.pass_time(1)
        assert repaints == [ui.app.header]
        assert ui.header.endswith("3s old")


async def test_hidden_views_do_nothing(repaints: list[Widget]) -> None:
    async with console(small()) as ui:
        await ui.press("4", "3")
        hidden = ui.app.stage.view
        await ui.press("1")
        repaints.clear()
        await ui.give(replace(small(), topics=zookeeper([]).topics))
        assert not any(widget in hidden.walk_children() for widget in repaints)
