"""Every kind of change meets every guard: made from the registry, so that a new one cannot be forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ktui.adapters.errors import GuardRefused, NotPermitted
from ktui.adapters.model import Mode
from ktui.adapters.operate.change import Change, ConfirmKind, SubjectKind
from ktui.adapters.operate.guard import GuardName
from ktui.adapters.operate.lock import Lock
from ktui.adapters.operate.operation import Operation
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.plan import Plan
from ktui.adapters.operate.registry import BY_NAME, OPERATIONS, operation_of
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from ktui.tui.commands import COMMANDS
from tests.adapters.operate.audit_lines import phases
from tests.adapters.operate.examples import EXAMPLES, Example
from tests.adapters.operate.fake_ground import FakeGround

EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
ABOUT_TOPICS = pytest.mark.parametrize(
    "operation",
    [o for o in OPERATIONS if o.subject(EXAMPLES[o.name].change).kind is SubjectKind.TOPIC],
    ids=lambda operation: operation.name,
)


class Gate:
    """An operator on a cluster made of values that the example fits to."""

    def __init__(self, tmp_path: Path, operation: Operation[Any]) -> None:
        self.example: Example = EXAMPLES[operation.name]
        self.operation = operation
        self.ground = FakeGround()
        self.example.prepare(self.ground)
        self.paths = Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")

    def operator(self, target: Target | None = None, lock: Lock | None = None) -> Operator:
        patience = Patience(0.02, 0.005)
        return Operator(self.ground, target or Target(), lock=lock, paths=self.paths, patience=patience)

    async def plan(self, operator: Operator | None = None, change: Change | None = None) -> Plan:
        plan = await (operator or self.operator()).plan(change or self.example.change)
        assert self.ground.link.changes == []
        return plan

    async def refused(self, operator: Operator, plan: Plan, guard: GuardName, **typed: str | None) -> None:
        given = typed.get("typed", plan.confirmation.expected)
        kind = NotPermitted if guard is GuardName.PERMISSION else GuardRefused
        with pytest.raises(kind) as caught:
            await operator.apply(plan, typed=given)
        if isinstance(caught.value, GuardRefused):
            assert caught.value.guard is guard
        assert self.ground.sent == []
        assert self.ground.link.changes == []
        if guard is not GuardName.AUDIT:
            assert phases(self.paths)[-1][0] == "refused"


@pytest.fixture
def gate(tmp_path: Path, operation: Operation[Any]) -> Gate:
    return Gate(tmp_path, operation)


def test_every_kind_of_change_has_an_example_and_every_example_its_kind() -> None:
    assert set(EXAMPLES) == set(BY_NAME)
    assert len(BY_NAME) == len(OPERATIONS)
    for name, example in EXAMPLES.items():
        assert operation_of(example.change).name == name


def test_every_command_that_changes_the_cluster_names_its_kind() -> None:
    assert {command.operation for command in COMMANDS if command.changes_cluster} <= set(BY_NAME)


@EVERY
async def test_a_plan_is_complete_and_sends_nothing(gate: Gate) -> None:
    plan = await gate.plan()
    assert plan.refusals == ()
    assert plan.operation == gate.operation.name
    assert all((plan.request, plan.receiver, plan.undo))
    assert plan.command.startswith("ktui ")
    assert plan.subject.names or plan.subject.kind is SubjectKind.CLUSTER
    assert gate.operation.needs(plan.change)
    json.dumps(gate.operation.parameters(plan, plan.change))
    assert gate.ground.sent == []
    assert phases(gate.paths) == []


@EVERY
async def test_read_only(gate: Gate) -> None:
    operator = gate.operator(Target(is_read_only=True))
    plan = await gate.plan(operator)
    assert [refusal.guard for refusal in plan.refusals] == [GuardName.READ_ONLY]
    await gate.refused(operator, plan, GuardName.READ_ONLY)


@EVERY
async def test_a_production_cluster_is_locked_until_it_is_unlocked(gate: Gate) -> None:
    target = Target(environment="production")
    now = [0.0]
    lock = Lock(is_locked=target.is_locked, monotonic=lambda: now[0])
    operator = gate.operator(target, lock)
    plan = await gate.plan(operator)
    assert [refusal.guard for refusal in plan.refusals] == [GuardName.LOCKED]
    await gate.refused(operator, plan, GuardName.LOCKED)
    lock.unlock(60)
    assert (await gate.plan(operator)).refusals == ()
    now[0] = 60.0
    await gate.refused(operator, plan, GuardName.LOCKED)


@EVERY
async def test_unlocking_never_goes_past_read_only(gate: Gate) -> None:
    lock = Lock(is_locked=True)
    lock.unlock(60)
    operator = gate.operator(Target(environment="production", is_read_only=True), lock)
    await gate.refused(operator, await gate.plan(operator), GuardName.READ_ONLY)


@EVERY
async def test_another_cluster_than_expected(gate: Gate) -> None:
    operator = gate.operator(Target(expect_cluster_id="other"))
    plan = await gate.plan(operator)
    assert [refusal.guard for refusal in plan.refusals] == [GuardName.CLUSTER]
    await gate.refused(operator, plan, GuardName.CLUSTER)


@EVERY
async def test_another_cluster_than_the_one_planned_for(gate: Gate) -> None:
    operator = gate.operator()
    plan = await gate.plan(operator)
    gate.ground.cluster_id = "cluster-b"
    await gate.refused(operator, plan, GuardName.CLUSTER)


@ABOUT_TOPICS
async def test_a_protected_topic(gate: Gate) -> None:
    operator = gate.operator(Target(protected_topics=("o*",)))
    plan = await gate.plan(operator)
    assert [refusal.guard for refusal in plan.refusals] == [GuardName.PROTECTED]
    await gate.refused(operator, plan, GuardName.PROTECTED)


@ABOUT_TOPICS
async def test_a_topic_of_kafkas_own(gate: Gate) -> None:
    change = gate.example.internal
    assert change is not None
    gate.ground.put("__consumer_offsets", ((1, 2), (2, 3)), is_internal=True, leaders=(2, 3))
    if gate.operation.name == "create-topic":
        del gate.ground.topics["__consumer_offsets"]
    operator = gate.operator()
    plan = await gate.plan(operator, change)
    expected = [GuardName.INTERNAL] if gate.operation.spares_internal else []
    assert [refusal.guard for refusal in plan.refusals] == expected
    if gate.operation.spares_internal:
        await gate.refused(operator, plan, GuardName.INTERNAL)


@EVERY
async def test_a_right_that_is_known_to_be_missing(gate: Gate) -> None:
    for need in gate.operation.needs((await gate.plan()).change):
        for right in need.any_of:
            gate.ground.granted[right.kind, right.name] = frozenset()
    operator = gate.operator()
    plan = await gate.plan(operator)
    assert {refusal.guard for refusal in plan.refusals} == {GuardName.PERMISSION}
    await gate.refused(operator, plan, GuardName.PERMISSION)


@EVERY
async def test_one_right_of_several_is_enough(gate: Gate) -> None:
    for need in gate.operation.needs((await gate.plan()).change):
        for right in need.any_of[1:]:
            gate.ground.granted[right.kind, right.name] = frozenset()
        first = need.any_of[0]
        known = gate.ground.granted.get((first.kind, first.name), frozenset())
        gate.ground.granted[first.kind, first.name] = known | {first.operation}
    assert (await gate.plan()).refusals == ()


@EVERY
@pytest.mark.parametrize("typed", [None, "", "order", "YES", "orders ", "orders\n"])
async def test_what_must_be_typed_is_typed_exactly(gate: Gate, typed: str | None) -> None:
    operator = gate.operator()
    plan = await gate.plan(operator)
    if plan.confirmation.kind is ConfirmKind.NONE:
        assert plan.confirmation.expected == ""
        return
    assert plan.confirmation.expected
    await gate.refused(operator, plan, GuardName.NAME, typed=typed)


@EVERY
async def test_no_audit_no_change(gate: Gate) -> None:
    gate.paths.audit.mkdir(parents=True)
    operator = gate.operator()
    plan = await gate.plan(operator)
    await gate.refused(operator, plan, GuardName.AUDIT)
    assert not list(gate.paths.definitions.glob("*"))


@EVERY
@pytest.mark.parametrize("mode", [Mode.KRAFT, Mode.ZOOKEEPER])
async def test_the_intent_is_written_before_anything_is_sent(gate: Gate, mode: Mode) -> None:
    if mode not in gate.example.modes:
        return
    gate.ground.mode = mode
    seen: list[tuple[object, object]] = []
    gate.ground.on_change = lambda: seen.extend(phases(gate.paths))
    operator = gate.operator()
    plan = await gate.plan(operator)
    await operator.apply(plan, typed=plan.confirmation.expected)
    assert seen[:1] == [("intent", None)]
    assert phases(gate.paths)[0] == ("intent", None)
    assert phases(gate.paths)[-1][0] == "result"
