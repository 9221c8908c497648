"""100,000 partitions change at once: compared column by column, tied to their cause and folded."""

from __future__ import annotations

import time

import pytest

from ktui.adapters.events import SourceName, TopicsReplaced, TopicState
from ktui.adapters.partitions import table_of
from ktui.adapters.reduce import Reducer
from ktui.adapters.timeline.kinds import Kind
from ktui.adapters.timeline.story import Story
from ktui.adapters.timeline.timeline import Timeline
from ktui.tui.present.event_words import folded
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import Scene, without
from tests.figures import Report

pytestmark = pytest.mark.bench

PARTITIONS = 100_000
LIMIT_S = 1.0


def states(each: int) -> list[TopicState]:
    rows = [partition(index, 1 + index % 3, replicas=(1, 2, 3)) for index in range(each)]
    table = table_of(rows)
    return [
        TopicState(f"topic-{number:06d}", number.to_bytes(16, "big"), False, bytes(bytearray(table)))
        for number in range(PARTITIONS // each)
    ]


def struck(held: list[TopicState]) -> list[TopicState]:
    """The same topics after broker 2 died."""
    after = without(held[0], 2).table
    return [TopicState(s.name, s.id, False, bytes(bytearray(after))) for s in held]


@pytest.mark.parametrize("each", [3, 20, 100])
def test_a_storm_is_folded_in_well_under_a_second(each: int, report: Report) -> None:
    before = states(each)
    took: list[float] = []
    for _ in range(3):
        seconds, story = _folded(before)
        took.append(seconds)
    words = f"{each} partitions a topic: 100,000 change at once"
    report(f"{words}, diffed and folded", f"{min(took):.3f} s", f"under {LIMIT_S} s")
    report(f"{words}, {story.size:,} entries", f"{sum(p.byte_count for p in story.parts) / 1e6:.1f} MB")
    assert story.counts[Kind.ISR_SHRANK] == PARTITIONS // each * each
    assert folded(story).startswith("broker 2 left: 3")
    assert min(took) < LIMIT_S


def _folded(before: list[TopicState]) -> tuple[float, Story]:
    """Everything that the timeline does with one storm, and nothing else; gives the seconds."""
    scene = Scene(SourceName.METADATA_LOG)
    scene.reducer = Reducer(timeline=Timeline(clock=lambda: scene.now))
    scene.load(*before)
    view = scene.reducer._held.view(SourceName.METADATA_LOG)
    held, stamp = view.topics, scene.stamp()
    pairs = view.take(TopicsReplaced(stamp, struck(before)), {}, {})
    timeline = scene.reducer.timeline
    started = time.perf_counter()
    timeline.topics_changed(stamp, SourceName.METADATA_LOG, held, view.topics, pairs, may_take_over=True)
    timeline.brokers_changed(stamp, SourceName.METADATA_LOG, scene.brokers(1, 3).brokers, is_fresh=True)
    timeline.settle({})
    seconds = time.perf_counter() - started
    (story,) = timeline.view.stories
    return seconds, story
