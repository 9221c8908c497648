from __future__ import annotations

from ktui.adapters.reduce import Reducer
from ktui.adapters.timeline.timeline import Timeline
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import Scene, counts, topic, without

LIMIT = 60_000


def small_memory() -> Scene:
    scene = Scene()
    scene.reducer = Reducer(timeline=Timeline(clock=lambda: scene.now, limit_bytes=LIMIT))
    scene.reducer.timeline.listen(scene._hear)
    return scene


def test_the_oldest_stories_go_first_and_are_counted() -> None:
    scene = small_memory()
    scene.load(topic("a"))
    for number in range(200):
        scene.wait(60)
        isr = (1, 3) if number % 2 == 0 else (1, 2, 3)
        scene.tell(scene.topics(topic("a", partition(0, isr=isr), partition(1, 2), partition(2, 3))))
    scene.wait(60)
    view = scene.reducer.timeline.view
    assert view.kept + view.dropped == len(scene.told) == 200
    assert 20 < view.kept < 60
    last = view.stories[-1].entry(0)
    assert last.seq == 200
    assert view.since is not None
    assert view.since <= view.stories[0].started_at


def test_a_story_that_goes_on_loses_its_details_and_keeps_its_counts() -> None:
    scene = small_memory()
    large = topic("a", *(partition(index, 2) for index in range(4_000)))
    scene.load(large)
    scene.tell(scene.brokers(1, 3), scene.topics(without(large, 2)))
    scene.wait(1)
    (story,) = scene.stories
    assert counts(story) == {"broker-left": 1, "leader-moved": 4_000, "isr-shrank": 4_000}
    assert (story.size, story.dropped) == (1, 8_000)
    assert len(scene.told) == 8_001


def test_while_nothing_happens_the_view_is_the_same_object() -> None:
    scene = Scene()
    scene.load(topic("a"))
    before = scene.reducer.timeline.view
    scene.wait(10)
    scene.tell(scene.brokers(1, 2, 3), scene.topics(topic("a"), is_complete=True))
    assert scene.reducer.timeline.view is before
    assert scene.reducer.timeline.due is None
