from __future__ import annotations

import pytest

from ktui.adapters.events import ConfigsChanged
from ktui.adapters.timeline.story import Story
from ktui.tui.present.event_words import consequences, deed, folded, outcome, story_tone, subject, title
from ktui.widgets.cells import Tone
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import POLL, Scene, topic, without


def dead_broker() -> Scene:
    scene = Scene(POLL)
    scene.load(topic("a"), topic("b"))
    scene.tell(scene.brokers(1, 3), scene.topics(without(topic("a"), 2), without(topic("b"), 2)))
    scene.wait(1)
    return scene


def healed() -> Story:
    scene = dead_broker()
    scene.wait(40)
    rows = (partition(0), partition(1, 1, epoch=1), partition(2, 3))
    scene.tell(scene.brokers(1, 2, 3), scene.topics(topic("a", *rows), topic("b", *rows)))
    return scene.stories[0]


def test_a_dead_broker_in_one_line() -> None:
    (story,) = dead_broker().stories
    assert title(story) == "broker 2 left"
    assert consequences(story) == "2 leaders moved, 6 ISR shrinks"
    assert outcome(story, story.started_at + 41) == "open, 41s"
    assert folded(story) == "broker 2 left: 2 leaders moved, 6 ISR shrinks, open"
    assert story_tone(story) is Tone.WARN


def test_the_same_line_when_it_is_back() -> None:
    story = healed()
    assert folded(story) == "broker 2 left: 2 leaders moved, 6 ISR shrinks, healed after 41 s"
    assert story_tone(story) is Tone.NORMAL


def test_single_entries_say_what_happened_to_whom() -> None:
    story = healed()
    said = {f"{subject(entry)} {deed(entry)}" for entry in map(story.entry, range(story.size))}
    assert {
        "broker 2 left",
        "broker 2 joined",
        "a-1 leader 2 → 1  epoch 1",
        "b-0 ISR 1,2,3 → 1,3",
        "b-0 ISR 1,3 → 1,2,3",
    } <= said


def test_many_changes_without_a_cause_are_counted_and_their_topics_named() -> None:
    scene = Scene(POLL)
    scene.load()
    scene.tell(scene.topics(*(topic(f"t{number}") for number in range(5))))
    scene.wait(1.5)
    scene.tell(scene.topics(topic("u")))
    many, one = scene.stories
    assert folded(many) == "5 topics created of t0, t1, t2, …"
    assert folded(one) == "u  topic created  3 partitions, RF 3"


@pytest.mark.parametrize(
    ("kind", "name", "changes", "said"),
    [
        ("topic", "a", {"retention.ms": "86400000"}, "a  retention.ms = 86400000"),
        ("topic", "a", {"retention.ms": None}, "a  retention.ms taken off"),
        ("broker", "2", {"log.cleaner.threads": "2"}, "broker 2  log.cleaner.threads = 2"),
        ("broker", "", {"sasl.jaas.config": "***"}, "sasl.jaas.config of broker (default) = ***"),
        ("topic", "a\x1b[31m", {"x": "y\x07"}, None),
    ],
)
def test_configuration(kind: str, name: str, changes: dict[str, str | None], said: str | None) -> None:
    scene = Scene(POLL)
    scene.load(topic("a"))
    scene.tell(ConfigsChanged(scene.stamp(), kind, name, changes))
    words = folded(scene.stories[0])
    assert words.isprintable()
    assert said is None or words == said
