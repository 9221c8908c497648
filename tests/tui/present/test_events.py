from __future__ import annotations

from datetime import UTC
from random import Random

import pytest

from ktui.adapters.timeline.story import TimelineView
from ktui.tui.present.events import EventLook, EventRows, StorySearch, is_folded, last_changes, title_line
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.slices import Run, Steps
from ktui.tui.present.times import Times
from ktui.widgets.cells import plain
from tests.adapters.timeline.scenes import Scene, topic, without

LOOK = EventLook(Times(is_utc=True, zone=UTC), 5_000.0)


def eventful(stories: int = 6) -> Scene:
    """Topics come, brokers go and return: stories of one entry and of many."""
    scene = Scene()
    scene.load(topic("a"), topic("b"))
    for number in range(stories):
        scene.wait(30)
        if number % 3:
            scene.tell(scene.topics(topic(f"new-{number}")))
        else:
            scene.tell(scene.brokers(1, 3))
            scene.tell(scene.topics(without(topic("a"), 2), without(topic("b"), 2)))
            scene.tell(scene.brokers(1, 2, 3))
    return scene


def rows(view: TimelineView, text: str = "", opened: set[int] | None = None) -> EventRows:
    search = StorySearch(NameFilter(text))
    return EventRows(_result(search.choose(view, opened or set())), LOOK)


def _result(steps: Steps[object]):  # type: ignore[no-untyped-def]
    run = Run(steps)
    while not run.go_on():
        pass
    return run.result


def texts(model: EventRows) -> list[str]:
    return [
        "|".join(plain(cell).strip() for cell in model.row(index).cells[1:]).rstrip("|")
        for index in range(model.count)
    ]


def test_the_newest_story_comes_first_in_one_line() -> None:
    model = rows(eventful(4).reducer.timeline.view)
    assert texts(model)[1:] == [
        "new-2|topic created  3 partitions, RF 3",
        "new-1|topic created  3 partitions, RF 3",
        "broker 2 left|2 leaders moved, 6 ISR shrinks",
    ]


def test_an_open_story_is_followed_by_its_entries_the_cause_first() -> None:
    view = eventful(1).reducer.timeline.view
    model = rows(view, opened={view.stories[0].id})
    assert texts(model)[:3] == [
        "broker 2 left|2 leaders moved, 6 ISR shrinks|open 1h",
        "broker 2|left",
        "a-1|leader 2 → 1  epoch 1",
    ]
    assert model.count == 1 + view.stories[0].size


@pytest.mark.parametrize("seed", range(20))
def test_every_row_is_found_again_by_its_key(seed: int) -> None:
    random = Random(seed)
    view = eventful(9).reducer.timeline.view
    opened = {story.id for story in view if is_folded(story) and random.random() < 0.6}
    model = rows(view, random.choice(["", "a", "!new"]), opened)
    keys = [model.row(index).key for index in range(model.count)]
    assert len(set(keys)) == model.count
    assert [model.index_of(key) for key in keys] == list(range(model.count))
    assert model.index_of(10_000) is None
    assert model.index_of((keys[-1], 10_000)) is None


def test_a_filter_keeps_the_stories_and_entries_that_name_a_topic() -> None:
    view = eventful(3).reducer.timeline.view
    storm = view.stories[0].id
    assert texts(rows(view, "new-1")) == ["new-1|topic created  3 partitions, RF 3"]
    assert [line.split("|")[0] for line in texts(rows(view, "~^b$", {storm}))][1:] == [
        "b-1",
        "b-0",
        "b-1",
        "b-2",
    ]
    assert texts(rows(view, "nothing")) == []
    assert [line.split("|")[0] for line in texts(rows(view, "!new"))] == ["broker 2 left"]
    assert len(texts(rows(view, "broker 2", {storm}))) == 1 + view.stories[0].size


def test_the_stories_of_one_broker() -> None:
    view = eventful(3).reducer.timeline.view
    chosen = _result(StorySearch(NameFilter(), broker=2).choose(view, set()))
    assert [story.id for story in chosen.stories] == [view.stories[0].id]
    assert _result(StorySearch(NameFilter(), broker=3).choose(view, set())).stories == []


def test_the_title_says_how_much_is_kept_and_what_was_dropped() -> None:
    view = TimelineView(kept=1_204, dropped=3, since=4_000.0)
    assert plain(title_line(view, LOOK.times, LOOK.now)) == "Events  1,204 kept, 3 dropped  since 01:06:40"
    assert "nothing has been read" in plain(title_line(TimelineView(), LOOK.times, LOOK.now))


def test_the_last_changes_in_one_line_each() -> None:
    lines = [plain(line) for line in last_changes(eventful(5).reducer.timeline.view, LOOK, 3)]
    assert lines[0] == " 00:19:10  new-4  topic created  3 partitions, RF 3"
    assert lines[1].startswith(" 00:18:40  broker 2 left  open")
    assert len(lines) == 3
