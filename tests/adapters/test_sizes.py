from __future__ import annotations

from ktui.adapters.events import LogDirsObserved
from ktui.adapters.sizes import SizeStore
from ktui.adapters.topics import TopicMap
from tests.adapters.clusters import stamp, topic


def observed(broker: int, **sizes: int) -> LogDirsObserved:
    return LogDirsObserved(stamp(), broker, (), {name: {0: size} for name, size in sizes.items()})


def test_a_topic_is_as_large_as_its_leaders_replicas() -> None:
    store, topics = SizeStore(), TopicMap.of([topic("a"), topic("b")])
    store.take(observed(1, a=100, b=0))
    store.take(observed(2, a=999, b=999))
    assert store.follow(topics).by_topic == {"a": 100, "b": 0}


def test_a_size_that_is_not_known_is_absent_and_not_zero() -> None:
    store, topics = SizeStore(), TopicMap.of([topic("a", 2)])
    store.take(observed(1, a=100))
    assert store.follow(topics).by_topic == {}


def test_the_same_answer_gives_the_same_object() -> None:
    store, topics = SizeStore(), TopicMap.of([topic("a")])
    store.take(observed(1, a=100))
    first = store.follow(topics)
    store.take(observed(1, a=100))
    assert store.follow(topics) is first
    store.take(observed(1, a=101))
    assert store.follow(topics).revision == first.revision + 1


def test_topics_that_come_after_the_sizes_get_theirs() -> None:
    store = SizeStore()
    store.take(observed(1, a=100))
    assert store.follow(TopicMap()).by_topic == {}
    assert store.follow(TopicMap.of([topic("a")])).by_topic == {"a": 100}
