from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.timeline.scenes import Scene, topic, without
from tests.tui.builders import NOW, small
from tests.tui.harness import Console, console

A = topic("orders")


def scene_at_noon() -> Scene:
    scene = Scene()
    scene.now = NOW - 300
    scene.load(A, topic("payments"))
    return scene


async def show(running: Console, scene: Scene) -> None:
    """The feed has a newer timeline, and the screen looks."""
    running.feed.timeline_view = scene.reducer.timeline.view
    running.app.glance()
    await running.settle()


def dies(scene: Scene) -> None:
    scene.wait(10)
    scene.tell(scene.brokers(1, 3))
    scene.tell(scene.topics(without(A, 2)))


async def test_nothing_has_happened_yet() -> None:
    async with console(small()) as running:
        await running.press("7")
        assert "Nothing has been read yet." in running.text
        await show(running, scene_at_noon())
        assert "Nothing has happened since this console began to watch." in running.text
        assert running.line_with("Events").startswith("Events  0 kept, 0 dropped  since 13:55:00")


async def test_a_story_opens_and_closes_and_an_entry_leads_to_its_topic() -> None:
    scene = scene_at_noon()
    dies(scene)
    async with console(small()) as running:
        await show(running, scene)
        await running.press("7")
        line = running.line_with("broker 2 left")
        assert "▸" in line
        assert "1 leader moved, 3 ISR shrinks" in line
        assert "open 4m" in line
        await running.press("enter")
        assert "▾" in running.line_with("broker 2 left")
        assert "leader 2 → 1  epoch 1" in running.line_with("orders-1")
        await running.press("enter")
        assert "orders-1" not in running.text
        await running.press("enter", "down", "down", "enter")
        assert running.app.trail.here.subject == "orders"
        await running.press("escape")
        assert "▾" in running.line_with("broker 2 left")


async def test_the_brokers_own_entry_leads_to_the_broker() -> None:
    scene = scene_at_noon()
    dies(scene)
    async with console(small()) as running:
        await show(running, scene)
        await running.press("7", "enter", "down", "enter")
        assert running.app.trail.here.subject == 2


async def test_new_stories_come_on_top_and_the_cursor_stays_where_one_reads() -> None:
    scene = scene_at_noon()
    dies(scene)
    async with console(small()) as running:
        await show(running, scene)
        await running.press("7", "enter", "down")
        scene.wait(5)
        scene.tell(scene.topics(topic("new")))
        await show(running, scene)
        lines = running.lines
        first = next(index for index, text in enumerate(lines) if "topic created" in text)
        assert "broker 2 left" in lines[first + 1]
        assert running.app.stage.view.table.cursor_index == 2  # type: ignore[attr-defined]


async def test_a_pause_holds_the_events_too() -> None:
    scene = scene_at_noon()
    async with console(small()) as running:
        await running.press("7", "p")
        dies(scene)
        await show(running, scene)
        assert "broker 2 left" not in running.text
        await running.press("p")
        assert "broker 2 left" in running.text


async def test_a_filter_by_the_command_line() -> None:
    scene = scene_at_noon()
    dies(scene)
    scene.wait(5)
    scene.tell(scene.topics(topic("new")))
    async with console(small()) as running:
        await show(running, scene)
        await running.press("colon")
        await running.type("events new")
        await running.press("enter")
        assert "broker 2 left" not in running.text
        assert "topic created" in running.line_with("new  ")


async def test_export_writes_both_folded_and_raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scene = scene_at_noon()
    dies(scene)
    async with console(small(), uses_utc=True) as running:
        await show(running, scene)
        await running.press("7", "ctrl+e")
        await running.until(lambda: len(list(tmp_path.iterdir())) == 2)
        await running.app.workers.wait_for_complete()
    folded = (tmp_path / "ktui-events-20261123-140000.txt").read_text()
    assert folded == "≈2026-11-23 13:55:10 UTC  broker 2 left: 1 leader moved, 3 ISR shrinks, open\n"
    raw = (tmp_path / "ktui-events-20261123-140000.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in raw] == [1, 2, 3, 4, 5]


async def test_the_overview_shows_the_last_changes() -> None:
    scene = scene_at_noon()
    dies(scene)
    async with console(small()) as running:
        await show(running, scene)
        assert running.line_with("Last changes")
        line = running.line_with("broker 2 left")
        assert line.strip().startswith("13:55:10  broker 2 left  1 leader moved, 3 ISR shrinks, open")


async def test_the_history_of_a_topic_is_a_tab_and_a_key_away() -> None:
    scene = scene_at_noon()
    dies(scene)
    scene.wait(5)
    scene.tell(scene.topics(topic("new")))
    async with console(small(), size=(120, 30)) as running:
        await show(running, scene)
        await running.press("colon")
        await running.type("topics orders")
        await running.press("enter", "h")
        assert "[history]" in running.text
        lines = [line for line in running.lines if "13:55:10" in line]
        assert len(lines) == 4
        assert "ISR 1,2,3 → 1,3" in lines[0]
        assert "broker 2 left" in lines[0]
        assert "topic created" not in running.text
        await running.press("enter")
        assert running.app.trail.here.subject == 2


async def test_a_topic_without_a_history_says_so() -> None:
    async with console(small()) as running:
        await show(running, scene_at_noon())
        await running.press("colon")
        await running.type("topics audit")
        await running.press("enter", "h")
        assert "Nothing has happened to this topic since this console began to watch." in running.text


async def test_the_history_of_a_broker() -> None:
    scene = scene_at_noon()
    dies(scene)
    scene.wait(5)
    scene.tell(scene.topics(topic("new")))
    async with console(small()) as running:
        await show(running, scene)
        await running.press("2", "down", "h")
        assert running.line_with("Events of broker 2")
        assert "broker 2 left" in running.text
        assert "topic created" not in running.text
        await running.press("escape", "up", "h")
        assert "Nothing has happened to broker 1" in running.text
        await running.press("7")
        assert "topic created" in running.text
