from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import TopicState
from ktui.adapters.partitions import NOT_LOADED, Partition, partition_at, partitions
from ktui.adapters.zookeeper.topic_store import NODES_AT_ONCE, Outcome, Question, TopicStore
from ktui.adapters.zookeeper.wire import NO_AUTH, NO_NODE, Node
from tests.adapters.zookeeper.raw import got_many


def topic(replicas: Sequence[Sequence[int]], version: int = 0, czxid: int = 1, **more: object) -> Node:
    assigned = {str(index): list(brokers) for index, brokers in enumerate(replicas)}
    return Node(json.dumps({"partitions": assigned, **more}).encode(), version, czxid, czxid)


def state(leader: int, isr: Sequence[int], epoch: int = 0, version: int = 0) -> Node:
    held = {"leader": leader, "leader_epoch": epoch, "isr": list(isr)}
    return Node(json.dumps(held).encode(), version, 1, 1)


def only(questions: Sequence[Question]) -> Question:
    assert len(questions) == 1
    return questions[0]


@pytest.fixture
def store() -> TopicStore:
    """One topic, orders, of two partitions, read."""
    store = TopicStore()
    store.add("orders", topic([[1, 2], [2, 1]]))
    take(store, [topic([[1, 2], [2, 1]]), state(1, [1, 2]), state(2, [2, 1])])
    return store


def take(store: TopicStore, answers: Sequence[Node | int]) -> Outcome:
    return store.take(only(list(store.questions())), got_many(answers))


def rows(topic: TopicState) -> list[Partition]:
    return list(partitions(topic.table))


def test_a_new_topic_is_not_loaded_until_its_states_are_read() -> None:
    store = TopicStore()
    store.add("orders", topic([[1, 2], [2, 1]], topic_id="jSuOy-zLvEZ0bhX6BSJRZA"))
    question = only(list(store.questions()))
    assert question.paths() == [
        "/brokers/topics/orders",
        "/brokers/topics/orders/partitions/0/state",
        "/brokers/topics/orders/partitions/1/state",
    ]
    outcome = store.take(question, got_many([topic([[1, 2], [2, 1]]), state(1, [2, 1], 4, 9), NO_NODE]))
    assert rows(outcome.changed[0]) == [
        Partition(0, 1, 4, (1, 2), (2, 1), (), 9),
        Partition(1, NOT_LOADED, NOT_LOADED, (2, 1), (), (), -1),
    ]
    assert outcome.unsettled == {"orders"}
    assert (outcome.changed[0].moving, outcome.changed[0].is_internal) == ((), False)


def test_an_answer_that_did_not_change_is_not_decoded(
    store: TopicStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = only(list(store.questions()))
    monkeypatch.setattr("ktui.adapters.zookeeper.topic_store.nodes_of", lambda answer: pytest.fail("decoded"))
    answer = got_many([topic([[1, 2], [2, 1]]), state(1, [1, 2]), state(2, [2, 1])])
    assert store.take(question, answer) == Outcome()


def test_only_what_changed_is_told(store: TopicStore) -> None:
    store.add("single", topic([[3]], czxid=2))
    orders = [topic([[1, 2], [2, 1]]), state(1, [1, 2]), state(2, [2, 1])]
    first = take(store, [*orders, topic([[3]], czxid=2), state(3, [3])])
    assert [changed.name for changed in first.changed] == ["single"]
    outcome = take(store, [*orders[:2], state(1, [1], 1, 1), topic([[3]], czxid=2), state(3, [3])])
    assert [changed.name for changed in outcome.changed] == ["orders"]
    assert partition_at(outcome.changed[0].table, 1) == Partition(1, 1, 1, (2, 1), (1,), (), 1)
    assert partition_at(outcome.changed[0].table, 0).isr == (1, 2)


def test_a_topic_that_grows_is_asked_again_for_the_new_partitions(store: TopicStore) -> None:
    grown = topic([[1, 2], [2, 1], [1, 3]], version=1)
    outcome = take(store, [grown, state(1, [1, 2]), state(2, [2, 1])])
    assert [row.is_loaded for row in rows(outcome.changed[0])] == [True, True, False]
    assert outcome.unsettled == {"orders"}
    outcome = take(store, [grown, state(1, [1, 2]), state(2, [2, 1]), state(1, [1, 3])])
    assert rows(outcome.changed[0])[2] == Partition(2, 1, 0, (1, 3), (1, 3), (), 0)
    assert outcome.unsettled == set()


def test_a_topic_that_was_deleted_and_made_again_begins_anew(store: TopicStore) -> None:
    again = topic([[3]], version=0, czxid=50)
    outcome = take(store, [again, state(3, [3]), NO_NODE])
    assert rows(outcome.changed[0]) == [Partition(0, 3, 0, (3,), (3,), (), 0)]


def test_an_older_state_never_wins(store: TopicStore) -> None:
    orders = topic([[1, 2], [2, 1]])
    newer = state(2, [2], epoch=4, version=7)._replace(mzxid=40)
    assert rows(take(store, [orders, newer, state(2, [2, 1])]).changed[0])[0].version == 7
    for older in (state(1, [1, 2], epoch=3, version=6)._replace(mzxid=39), state(1, [1, 2])):
        assert take(store, [orders, older, state(2, [2, 1])]).changed == []
    made_again = state(1, [1], epoch=0, version=0)._replace(czxid=50, mzxid=50)
    assert rows(take(store, [orders, made_again, state(2, [2, 1])]).changed[0])[0].leader == 1


def test_an_older_topic_never_wins(store: TopicStore) -> None:
    again = topic([[3], [3]], version=0, czxid=50)
    take(store, [again, state(3, [3]), state(3, [3])])
    older = [topic([[1, 2], [2, 1]], version=9, czxid=1), state(1, [1], 9, 9), state(1, [1], 9, 9)]
    assert take(store, older).changed == []


def test_single_partitions_are_asked_with_their_topic(store: TopicStore) -> None:
    (question,) = store.questions_of({"orders": {1}, "unknown": {0}})
    assert question.paths() == ["/brokers/topics/orders", "/brokers/topics/orders/partitions/1/state"]
    outcome = store.take(question, got_many([topic([[1, 2], [2, 1]]), state(1, [1], 1, 1)]))
    assert [row.leader for row in rows(outcome.changed[0])] == [1, 1]


def test_what_was_not_asked_of_a_topic_that_grew_is_named(store: TopicStore) -> None:
    (question,) = store.questions_of({"orders": {0}})
    grown = topic([[1], [2], [3]], version=1)
    outcome = store.take(question, got_many([grown, state(1, [1])]))
    assert outcome.missing == {"orders": {1, 2}}


def test_changed_topics_come_in_the_order_of_their_writes(store: TopicStore) -> None:
    store.add("single", topic([[3]], czxid=2))
    late = state(2, [2], 1, 1)._replace(mzxid=90, mtime=5_000)
    soon = state(1, [1], 1, 1)._replace(mzxid=80, mtime=4_000)
    outcome = take(store, [topic([[1, 2], [2, 1]]), late, state(2, [2, 1]), topic([[3]], czxid=2), soon])
    assert [topic.name for topic in outcome.changed] == ["single", "orders"]
    assert outcome.written == [(80, 4.0), (90, 5.0)]


def test_a_topic_that_is_being_deleted_keeps_its_last_state(store: TopicStore) -> None:
    store.mark_deleting(["orders"])
    assert take(store, [topic([[1, 2], [2, 1]]), NO_NODE, state(2, [2, 1])]).changed == []


def test_reassignment_shows_as_moving(store: TopicStore) -> None:
    moving = topic([[1, 2, 3], [2, 1]], version=1, adding_replicas={"0": [3]}, removing_replicas={"0": [2]})
    outcome = take(store, [moving, state(1, [1, 2]), state(2, [2, 1])])
    assert outcome.changed[0].moving == (0,)
    assert rows(outcome.changed[0])[0].replicas == (1, 2, 3)


def test_unreadable_nodes_leave_what_was_held(store: TopicStore) -> None:
    answers: list[list[Node | int]] = [
        [Node(b"{", 1, 1, 2), state(3, [3]), state(3, [3])],
        [NO_AUTH, state(3, [3]), state(3, [3])],
    ]
    for broken in answers:
        assert take(store, broken).changed == []
        assert list(store.unreadable) == ["orders"]
    outcome = take(store, [topic([[1, 2], [2, 1]]), Node(b"?", 5, 1, 2), state(1, [1], 1, 1)])
    assert rows(outcome.changed[0])[0] == Partition(0, 1, 0, (1, 2), (1, 2), (), 0)
    assert rows(outcome.changed[0])[1].isr == (1,)
    assert "orders-0" in store.unreadable["orders"]
    take(store, [topic([[1, 2], [2, 1]]), state(1, [1, 2]), state(1, [1], 1, 1)])
    assert store.unreadable == {}


def test_a_topic_that_was_never_readable_is_a_fault_and_not_a_topic() -> None:
    store = TopicStore()
    store.add("orders", Node(b"rubbish", 0, 1, 1))
    assert "orders" not in store
    assert list(store.unreadable) == ["orders"]


def test_a_topic_that_vanished_asks_for_a_new_list(store: TopicStore) -> None:
    outcome = take(store, [NO_NODE, NO_NODE, NO_NODE])
    assert outcome.vanished == ["orders"]
    assert outcome.changed == []


def test_lists_are_compared_and_topics_removed(store: TopicStore) -> None:
    store.add("single", topic([[3]]))
    assert store.compare(["single", "b", "a"]) == ({"a", "b"}, {"orders"})
    late = only(list(store.questions()))
    store.remove(["orders"])
    assert len(store) == 1
    orders = [topic([[1, 2], [2, 1]]), state(2, [1, 2]), state(2, [2, 1])]
    outcome = store.take(late, got_many([*orders, topic([[3]]), state(3, [3])]))
    assert [changed.name for changed in outcome.changed] == ["single"]


def test_exactly_the_listed_topics_are_being_deleted(store: TopicStore) -> None:
    assert [(t.name, t.is_deleting) for t in store.mark_deleting(["orders", "unknown"])] == [("orders", True)]
    assert store.mark_deleting(["orders"]) == []
    assert [(t.name, t.is_deleting) for t in store.mark_deleting([])] == [("orders", False)]


def test_questions_are_bounded_and_cover_everything() -> None:
    store = TopicStore()
    for number in range(300):
        store.add(f"t{number}", topic([[1]] * 20))
    store.add("wide", topic([[1]] * 2_500))
    questions = list(store.questions())
    assert all(len(question.paths()) <= NODES_AT_ONCE + 1 for question in questions)
    assert sum(len(question.paths()) for question in questions) == 300 * 21 + 2_501
    wide = [question.spans[0].rows for question in questions if question.spans[0][0].name == "wide"]
    assert wide == [range(1_000), range(1_000, 2_000), range(2_000, 2_500)]


def test_a_wide_topic_is_put_together_from_several_answers() -> None:
    store = TopicStore()
    node = topic([[1, 2]] * 1_500)
    store.add("wide", node)
    first, second = store.questions()
    assert store.take(first, got_many([node, *[state(1, [1, 2])] * 1_000])).unsettled == {"wide"}
    outcome = store.take(second, got_many([state(2, [2])] * 500))
    assert outcome.unsettled == set()
    leaders = [row.leader for row in rows(outcome.changed[0])]
    assert leaders == [1] * 1_000 + [2] * 500


def test_side_questions_are_bounded_by_nodes() -> None:
    store = TopicStore()
    for number in range(100):
        store.add(f"t{number}", topic([[1]] * 99))
    asked = list(store.questions_for([f"t{number}" for number in range(100)], 1_050))
    assert sum(len(question.paths()) for question in asked) == 1_000
    assert list(store.questions_for(["unknown"], 1_000)) == []


def test_an_answer_that_does_not_fit_is_a_bad_answer(store: TopicStore) -> None:
    with pytest.raises(BadAnswer):
        take(store, [topic([[1, 2], [2, 1]]), state(1, [1])])
