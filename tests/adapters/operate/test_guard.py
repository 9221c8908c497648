from __future__ import annotations

import dataclasses

import pytest

from ktui.adapters.errors import GuardRefused
from ktui.adapters.operate.change import NO_CONFIRMATION, YES, Confirmation, Subject, SubjectKind
from ktui.adapters.operate.guard import Asked, Guard, GuardName, check_cluster, check_typed
from ktui.adapters.target import Target

ORDERS = Subject.topics("orders")


def asked(subject: Subject = ORDERS, cluster_id: str | None = "a", *, is_internal: bool = False) -> Asked:
    return Asked(subject, "deleted", cluster_id, True, is_internal)


def names(guard: Guard, question: Asked) -> list[GuardName]:
    return [refusal.guard for refusal in guard.standing(question)]


def test_nothing_in_the_way() -> None:
    assert names(Guard.of(Target(expect_cluster_id="a", protected_topics=("pay*",))), asked()) == []


@pytest.mark.parametrize("cluster_id", [None, "b"])
def test_an_expected_cluster_that_cannot_be_told_is_refused(cluster_id: str | None) -> None:
    assert names(Guard(expect_cluster_id="a"), asked(cluster_id=cluster_id)) == [GuardName.CLUSTER]


def test_another_cluster_than_the_one_planned_for() -> None:
    check_cluster("a", "a")
    with pytest.raises(GuardRefused, match="planned for cluster a, but cluster b answers"):
        check_cluster("a", "b")


@pytest.mark.parametrize("name", ["__consumer_offsets", "__transaction_state", "__cluster_metadata"])
def test_topics_of_kafka_itself(name: str) -> None:
    assert names(Guard(), asked(Subject.topics("orders", name))) == [GuardName.INTERNAL]
    assert names(Guard(), dataclasses.replace(asked(Subject.topics(name)), spares_internal=False)) == []


def test_a_topic_that_the_broker_calls_internal() -> None:
    assert names(Guard(), asked(is_internal=True)) == [GuardName.INTERNAL]


@pytest.mark.parametrize("typed", [None, "", "order", "Orders", "orders ", "orders\n"])
def test_a_name_is_typed_exactly(typed: str | None) -> None:
    with pytest.raises(GuardRefused, match="orders was not deleted") as caught:
        check_typed(ORDERS, "deleted", Confirmation.name("orders"), typed)
    assert caught.value.guard is GuardName.NAME


def test_what_is_typed_for_each_kind_of_confirmation() -> None:
    check_typed(ORDERS, "deleted", NO_CONFIRMATION, None)
    check_typed(ORDERS, "deleted", YES, "yes")
    several = Subject.topics("a", "b")
    check_typed(several, "deleted", Confirmation.phrase("delete 2 topics"), "delete 2 topics")
    with pytest.raises(
        GuardRefused, match=r"2 topics were not deleted: the phrase typed was 'delete 3 topics'\."
    ):
        check_typed(several, "deleted", Confirmation.phrase("delete 2 topics"), "delete 3 topics")
    with pytest.raises(GuardRefused, match=r"not deleted: it was not confirmed\."):
        check_typed(ORDERS, "deleted", YES, None)


@pytest.mark.parametrize("pattern", ["[o]rders", "orders.*", "rder", "(orders|x)", "order"])
def test_patterns_know_only_star_and_question_mark(pattern: str) -> None:
    assert names(Guard(protected_topics=(pattern,)), asked()) == []
    assert names(Guard(protected_topics=("order?",)), asked()) == [GuardName.PROTECTED]


def test_patterns_are_about_topics_only() -> None:
    guard = Guard(protected_topics=("*",))
    assert names(guard, asked(Subject(SubjectKind.GROUP, ("orders",)))) == []


def test_what_is_read_only_cannot_be_undone() -> None:
    guard = Guard(is_read_only=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        guard.is_read_only = False  # type: ignore[misc]
