from __future__ import annotations

from itertools import product

import pytest

from ktui.adapters.access.evaluate import IMPLYING, OPERATIONS, Answer, may, verdicts
from ktui.adapters.access.model import ALL, AclEntry, Pattern, Permission, ResourceKind
from ktui.adapters.access.operation import Operation

ALICE, BOB, ALL_USERS = "User:alice", "User:bob", "User:*"


def rule(operation: str, **changes: str) -> AclEntry:
    values = {
        "principal": ALICE, "kind": ResourceKind.TOPIC, "name": "orders", "pattern": Pattern.LITERAL,
        "operation": operation, "permission": Permission.ALLOW, **changes,
    }  # fmt: skip
    return AclEntry(**values)


def answer(entries: list[AclEntry], operation: Operation, topic: str = "orders", **given: str) -> Answer:
    return may(entries, given.pop("principal", ALICE), operation, ResourceKind.TOPIC, topic, **given).answer  # type: ignore[arg-type]


def test_without_any_rule_about_it_the_authorizers_setting_decides() -> None:
    assert answer([], Operation.READ) is Answer.NO_RULE
    assert answer([rule(Operation.READ, name="other")], Operation.READ) is Answer.NO_RULE
    assert answer([rule(Operation.READ, kind=ResourceKind.GROUP)], Operation.READ) is Answer.NO_RULE


def test_a_rule_for_somebody_else_closes_the_resource() -> None:
    assert answer([rule(Operation.READ, principal=BOB)], Operation.READ) is Answer.NOT_ALLOWED
    assert answer([rule(Operation.WRITE)], Operation.READ) is Answer.NOT_ALLOWED


@pytest.mark.parametrize(
    "entry",
    [
        rule(Operation.READ),
        rule(ALL),
        rule(Operation.READ, principal=ALL_USERS),
        rule(Operation.READ, name="*"),
        rule(Operation.READ, name="ord", pattern=Pattern.PREFIXED),
        rule(Operation.READ, name="orders", pattern=Pattern.PREFIXED),
    ],
)
def test_names_prefixes_and_wildcards(entry: AclEntry) -> None:
    told = may([entry], ALICE, Operation.READ, ResourceKind.TOPIC, "orders")
    assert (told.answer, told.decided_by) == (Answer.ALLOWED, (entry,))
    assert entry.text in told.sentence


def test_a_prefix_that_is_a_star_and_a_name_that_is_one() -> None:
    assert (
        answer([rule(Operation.READ, name="*", pattern=Pattern.PREFIXED)], Operation.READ) is Answer.NO_RULE
    )
    assert answer([rule(Operation.READ, name="ord")], Operation.READ) is Answer.NO_RULE


def test_a_denial_wins_over_everything_that_allows() -> None:
    denial = rule(ALL, permission=Permission.DENY, principal=ALL_USERS, name="ord", pattern=Pattern.PREFIXED)
    told = may([rule(ALL), denial], ALICE, Operation.READ, ResourceKind.TOPIC, "orders")
    assert (told.answer, told.decided_by) == (Answer.DENIED, (denial,))


@pytest.mark.parametrize(("implied", "by"), [(i, by) for i, many in IMPLYING.items() for by in many])
def test_what_is_implied_by_an_allowance_is_not_denied_by_a_denial(implied: Operation, by: Operation) -> None:
    assert answer([rule(by)], implied) is Answer.ALLOWED
    assert answer([rule(implied)], by) is Answer.NOT_ALLOWED
    denied = [rule(ALL), rule(by, permission=Permission.DENY)]
    assert answer(denied, implied) is Answer.ALLOWED
    assert answer(denied, by) is Answer.DENIED


def test_hosts() -> None:
    here = rule(Operation.READ, host="10.0.0.1")
    assert answer([here], Operation.READ, host="10.0.0.1") is Answer.ALLOWED
    assert answer([here], Operation.READ, host="10.0.0.2") is Answer.NOT_ALLOWED
    told = may([here], ALICE, Operation.READ, ResourceKind.TOPIC, "orders")
    assert (told.answer, told.elsewhere) == (Answer.NOT_ALLOWED, (here,))
    denied = rule(Operation.READ, host="10.0.0.1", permission=Permission.DENY)
    told = may([rule(ALL), denied], ALICE, Operation.READ, ResourceKind.TOPIC, "orders")
    assert (told.answer, told.elsewhere) == (Answer.ALLOWED, (denied,))
    assert "Not from everywhere" in told.sentence


def test_every_operation_of_a_kind_is_judged() -> None:
    for kind in ResourceKind:
        assert list(verdicts([], ALICE, kind, "x")) == list(OPERATIONS[kind])


def plainly(entries: list[AclEntry], operation: Operation) -> Answer:
    """The same rules written another way: as loops over the rules, one after the other."""
    about = False
    allowed = False
    for entry in entries:
        is_named = entry.name == "orders" or (entry.pattern == "literal" and entry.name == "*")
        is_prefix = entry.pattern == "prefixed" and "orders"[: len(entry.name)] == entry.name
        if entry.kind != "Topic" or not (is_prefix if entry.pattern == "prefixed" else is_named):
            continue
        about = True
        if entry.principal not in (ALICE, ALL_USERS):
            continue
        if entry.permission == "Deny" and entry.operation in ("All", operation.value):
            return Answer.DENIED
        if entry.permission == "Allow":
            implied = {"Describe": "Read Write Delete Alter", "DescribeConfigs": "AlterConfigs"}
            words = implied.get(operation.value, "").split()
            allowed = allowed or entry.operation in ("All", operation.value, *words)
    return (Answer.ALLOWED if allowed else Answer.NOT_ALLOWED) if about else Answer.NO_RULE


def test_against_a_plain_reading_of_the_rules() -> None:
    shapes = product(
        (ALICE, BOB, ALL_USERS),
        ("orders", "ord", "*", "other"),
        Pattern,
        (ALL, Operation.READ, Operation.DESCRIBE, Operation.ALTER_CONFIGS),
        Permission,
    )
    every = [
        rule(op, principal=who, name=name, pattern=pattern, permission=permission)
        for who, name, pattern, op, permission in shapes
    ]
    for number, first in enumerate(every):
        pair = [first, every[(number * 37 + 11) % len(every)]]
        for operation in OPERATIONS[ResourceKind.TOPIC]:
            assert answer(pair, operation) is plainly(pair, operation), (pair, operation)
