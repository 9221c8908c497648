from __future__ import annotations

import dataclasses

import pytest

from ktui.adapters.errors import GuardRefused
from ktui.adapters.operate.guard import Guard, GuardName
from ktui.adapters.operate.spec import Change, CreateTopic, DeleteTopic
from ktui.adapters.target import Target

CHANGES: list[Change] = [CreateTopic("orders"), DeleteTopic("orders", b"0" * 16)]


def check(
    guard: Guard,
    change: Change,
    cluster_id: str | None = "a",
    *,
    planned_for: str | None = "a",
    is_internal: bool = False,
    typed: str | None = "orders",
) -> None:
    guard.check(change, cluster_id, planned_for=planned_for, is_internal=is_internal, confirmed_name=typed)


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_in_the_way(change: Change) -> None:
    check(Guard.of(Target(expect_cluster_id="a", protected_topics=("pay*",))), change)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("guard", "name"),
    [
        (Guard(is_read_only=True), GuardName.READ_ONLY),
        (Guard(expect_cluster_id="b"), GuardName.CLUSTER),
        (Guard(protected_topics=("ord*",)), GuardName.PROTECTED),
        (Guard(protected_topics=("order?",)), GuardName.PROTECTED),
    ],
)
def test_every_change_meets_every_guard(guard: Guard, name: GuardName, change: Change) -> None:
    with pytest.raises(GuardRefused) as caught:
        check(guard, change)
    assert caught.value.guard is name
    assert [refusal.guard for refusal in guard.standing(change, "a", is_internal=False)] == [name]


@pytest.mark.parametrize("change", CHANGES)
def test_another_cluster_than_the_one_planned_for(change: Change) -> None:
    with pytest.raises(GuardRefused, match="planned for cluster a, but cluster b answers") as caught:
        check(Guard(), change, "b")
    assert caught.value.guard is GuardName.CLUSTER


@pytest.mark.parametrize("cluster_id", [None, "b"])
def test_an_expected_cluster_that_cannot_be_told_is_refused(cluster_id: str | None) -> None:
    with pytest.raises(GuardRefused):
        check(Guard(expect_cluster_id="a"), CHANGES[0], cluster_id, planned_for=cluster_id)


@pytest.mark.parametrize("name", ["__consumer_offsets", "__transaction_state", "__cluster_metadata"])
@pytest.mark.parametrize("kind", [CreateTopic, DeleteTopic])
def test_topics_of_kafka_itself(name: str, kind: type[CreateTopic] | type[DeleteTopic]) -> None:
    with pytest.raises(GuardRefused) as caught:
        check(Guard(), kind(name), typed=name)
    assert caught.value.guard is GuardName.INTERNAL


def test_a_topic_that_the_broker_calls_internal() -> None:
    with pytest.raises(GuardRefused) as caught:
        check(Guard(), DeleteTopic("orders"), is_internal=True)
    assert caught.value.guard is GuardName.INTERNAL


@pytest.mark.parametrize("typed", [None, "", "order", "Orders", "orders ", "orders\n"])
def test_deletion_needs_the_exact_name(typed: str | None) -> None:
    with pytest.raises(GuardRefused) as caught:
        check(Guard(), DeleteTopic("orders"), typed=typed)
    assert caught.value.guard is GuardName.NAME


@pytest.mark.parametrize("pattern", ["[o]rders", "orders.*", "rder", "(orders|x)", "order"])
def test_patterns_know_only_star_and_question_mark(pattern: str) -> None:
    check(Guard(protected_topics=(pattern,)), DeleteTopic("orders"))


def test_what_is_locked_cannot_be_unlocked() -> None:
    guard = Guard(is_read_only=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        guard.is_read_only = False  # type: ignore[misc]
