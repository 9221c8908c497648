from __future__ import annotations

import pytest

from ktui.adapters.zookeeper.changed_topics import ChangedTopics

STATE = "/brokers/topics/{}/partitions/{}/state"


def test_paths_are_gathered_by_topic_and_each_once() -> None:
    changed = ChangedTopics()
    for topic, partition in (("b", 2), ("a", 0), ("b", 0), ("b", 2)):
        assert changed.note(STATE.format(topic, partition))
    assert changed.note("/brokers/topics/c")
    assert changed.take(100) == {"b": {0, 2}, "a": {0}, "c": set()}
    assert not changed
    assert changed.take(100) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/brokers/topics", "/brokers/topics/a/partitions", "/brokers/topics/a/partitions/0",
        "/brokers/topics/a/partitions/x/state", "/brokers/topics/a/partitions/0/other", "/admin/delete_topics/a", "/",
    ],
)  # fmt: skip
def test_other_paths_tell_nothing(path: str) -> None:
    changed = ChangedTopics()
    assert not changed.note(path)
    assert not changed


def test_what_changed_first_is_taken_first_and_not_too_much() -> None:
    changed = ChangedTopics()
    for number in range(100):
        changed.note(STATE.format(f"t{number}", number))
    assert list(changed.take(10)) == [f"t{number}" for number in range(5)]
    assert changed
    assert len(changed.take(1_000)) == 95
