"""What each kind of change does when all is well, when the cluster refuses, and when the connection breaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ktui.adapters.errors import BadSettings, NotPermitted, Refused, UnknownOutcome
from ktui.adapters.kafka.bridge import Api
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.configs import ConfigOwner
from ktui.adapters.operate.operations.add_partitions import AddPartitions
from ktui.adapters.operate.operations.alter_config import AlterConfig
from ktui.adapters.operate.operations.cancel_reassignment import CancelReassignment
from ktui.adapters.operate.operations.delete_records import DeleteRecords
from ktui.adapters.operate.operations.delete_topics import DeleteTopics
from ktui.adapters.operate.operations.elect_leaders import ElectLeaders
from ktui.adapters.operate.operations.reassign import Reassign
from ktui.adapters.operate.operations.unregister_broker import UnregisterBroker
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.plan import Outcome, OutcomeState
from ktui.adapters.operate.registry import operation_of
from ktui.adapters.operate.spec import DeleteTopic
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from tests.adapters.operate.audit_lines import audit_lines, phases
from tests.adapters.operate.examples import EXAMPLES
from tests.adapters.operate.fake_ground import SECOND_ID, FakeGround
from tests.adapters.operate.little_cluster import LittleCluster, with_orders

REQUESTS = {
    "add-partitions": Api.CREATE_PARTITIONS,
    "alter-config": Api.INCREMENTAL_ALTER_CONFIGS,
    "delete-records": Api.DELETE_RECORDS,
    "elect-leaders": Api.ELECT_LEADERS,
    "reassign": Api.ALTER_PARTITION_REASSIGNMENTS,
    "cancel-reassignment": Api.ALTER_PARTITION_REASSIGNMENTS,
    "unregister-broker": Api.UNREGISTER_BROKER,
}
"""By kind of change: the request that carries it."""
EVERY = pytest.mark.parametrize("name", REQUESTS)


@dataclass
class Stage:
    ground: FakeGround
    operator: Operator
    paths: Paths

    @property
    def little(self) -> LittleCluster:
        return LittleCluster(self.ground)

    async def run(self, change: Change) -> Outcome:
        plan = await self.operator.plan(change)
        return await self.operator.apply(plan, typed=plan.confirmation.expected)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    ground, paths = FakeGround(), Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")
    return Stage(ground, Operator(ground, Target(), paths=paths, patience=Patience(0.05, 0.005)), paths)


@EVERY
async def test_done_and_written_down(stage: Stage, name: str) -> None:
    EXAMPLES[name].prepare(stage.ground)
    outcome = await stage.run(EXAMPLES[name].change)
    assert outcome.is_done, outcome
    assert phases(stage.paths) == [("intent", None), ("result", "done")]
    assert audit_lines(stage.paths)[0]["operation"] == name


@EVERY
async def test_connection_lost_after_it_took_effect(stage: Stage, name: str) -> None:
    EXAMPLES[name].prepare(stage.ground)
    plan = await stage.operator.plan(EXAMPLES[name].change)
    stage.ground.link.breaks = {REQUESTS[name]}
    told: list[str] = []
    outcome = await stage.operator.apply(
        plan, typed=plan.confirmation.expected, report=lambda progress: told.append(progress.sentence)
    )
    assert outcome.is_done, outcome
    assert any("connection was lost" in note for note in outcome.notes)
    assert any("Unknown so far; checking." in sentence for sentence in told)


@EVERY
async def test_connection_lost_and_nothing_to_be_seen_is_unknown(stage: Stage, name: str) -> None:
    EXAMPLES[name].prepare(stage.ground)
    plan = await stage.operator.plan(EXAMPLES[name].change)
    stage.ground.takes_effect = False
    stage.ground.link.breaks = {REQUESTS[name]}
    with pytest.raises(UnknownOutcome, match="not known"):
        await stage.operator.apply(plan, typed=plan.confirmation.expected)
    assert phases(stage.paths)[-1] == ("result", "unknown")


@EVERY
@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [(44, "Not on a Friday", Refused), (42, "No such thing", Refused), (31, None, NotPermitted)],
)
async def test_refused_with_the_clusters_own_words(
    stage: Stage, name: str, code: int, words: str | None, kind: type[Refused]
) -> None:
    EXAMPLES[name].prepare(stage.ground)
    plan = await stage.operator.plan(EXAMPLES[name].change)
    little = LittleCluster(stage.ground, errors={REQUESTS[name]: (code, words)})
    little.moving = {("orders", 0): ((3,), (1,))} if name == "cancel-reassignment" else {}
    with pytest.raises(Refused) as caught:
        await stage.operator.apply(plan, typed=plan.confirmation.expected)
    if name != "delete-records" and words is not None:
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert phases(stage.paths)[-1] == ("result", "refused")


@pytest.mark.parametrize(
    "change",
    [
        AddPartitions("orders", 3),
        AlterConfig(ConfigOwner.topic("orders"), {"retention.ms": "5"}),
        DeleteRecords("orders", 5),
    ],
)
async def test_what_kafka_takes_by_name_spares_a_topic_made_anew(stage: Stage, change: Change) -> None:
    with_orders(stage.ground)
    LittleCluster(stage.ground)
    plan = await stage.operator.plan(change)
    stage.ground.put("orders", ((1, 2), (2, 3)), topic_id=SECOND_ID)
    with pytest.raises(Refused, match="left alone"):
        await stage.operator.apply(plan, typed=plan.confirmation.expected)
    assert stage.ground.link.changes == []


async def test_several_topics_are_all_or_none(stage: Stage) -> None:
    with_orders(stage.ground)
    plan = await stage.operator.plan(DeleteTopics((DeleteTopic("orders"), DeleteTopic("others"))))
    assert [fact.split()[0] for fact in plan.facts] == ["orders", "others"]
    stage.ground.put("others", ((1,),), topic_id=SECOND_ID)
    with pytest.raises(Refused, match="left alone"):
        await stage.operator.apply(plan, typed="delete 2 topics")
    assert stage.ground.sent == []
    with pytest.raises(BadSettings, match="From 2 to 50 topics"):
        await stage.operator.plan(DeleteTopics((DeleteTopic("orders"),) * 51))


async def test_secret_values_are_neither_shown_nor_written_down(stage: Stage) -> None:
    LittleCluster(stage.ground)
    plan = await stage.operator.plan(AlterConfig(ConfigOwner.broker(1), {"sasl.password": "hunter2"}))
    shown = " ".join((plan.request, plan.undo, plan.command, str(plan.kafka_command), *plan.facts))
    assert "***" in shown
    outcome = await stage.operator.apply(plan, typed="yes")
    assert "hunter2" not in shown + outcome.sentence + stage.paths.audit.read_text()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (AddPartitions("orders", 2), "as many already"),
        (AddPartitions("orders", 1), "cannot shrink"),
        (AddPartitions("nope", 9), "no topic nope"),
        (AlterConfig(ConfigOwner.topic("orders"), {"no.such": "1"}), "no setting no.such"),
        (AlterConfig(ConfigOwner.broker(1), {"node.id": "1"}), "file only"),
        (DeleteRecords("orders", 0), "no record before that"),
        (DeleteRecords("orders", 5, partitions=(7,)), "no partition 7"),
        (ElectLeaders({"orders": (0,)}), "preferred leader"),
        (ElectLeaders({"orders": (9,)}), "no partition orders-9"),
        (Reassign({("orders", 0): (1, 77)}), "broker 77 is not up"),
        (Reassign({("orders", 9): (1, 2)}), "no partition orders-9"),
        (CancelReassignment({"orders": (0,)}), "not being moved"),
        (UnregisterBroker(1), "it is up"),
        (UnregisterBroker(77), "not registered"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything(stage: Stage, change: Change, part: str) -> None:
    with_orders(stage.ground)
    LittleCluster(stage.ground)
    with pytest.raises(Refused, match=part):
        await stage.operator.plan(change)
    assert stage.ground.link.changes == []


@pytest.mark.parametrize(
    "change",
    [
        AddPartitions("orders", 0),
        AlterConfig(ConfigOwner.topic("orders")),
        AlterConfig(ConfigOwner.topic("orders"), {"a": "1"}, ("a",)),
        DeleteRecords("orders"),
        DeleteRecords("orders", 1, 2),
        DeleteRecords("orders", -1),
        ElectLeaders({}),
        Reassign({}),
        Reassign({("orders", 0): (1, 1)}),
        Reassign({("orders", 0): (1,)}, throttle=0),
        Reassign({("orders", index): (1,) for index in range(1001)}),
        CancelReassignment({}),
    ],
)
def test_values_that_cannot_be_used(change: Change) -> None:
    with pytest.raises(BadSettings):
        operation_of(change).check(change)


async def test_records_up_to_a_time(stage: Stage) -> None:
    with_orders(stage.ground)
    LittleCluster(stage.ground)
    plan = await stage.operator.plan(DeleteRecords("orders", time_ms=4))
    assert plan.change.before == {0: 4, 1: 4}  # type: ignore[attr-defined]
    everything = await stage.operator.plan(DeleteRecords("orders", time_ms=99))
    assert everything.change.before == {0: 10, 1: 10}  # type: ignore[attr-defined]
    assert any("empty afterwards" in warning for warning in everything.warnings)


async def test_a_throttle_is_put_on_before_and_taken_off_after(stage: Stage) -> None:
    with_orders(stage.ground)
    little = LittleCluster(stage.ground)
    outcome = await stage.run(Reassign({("orders", 0): (2, 3)}, throttle=5000))
    assert outcome.is_done
    order = [api for api, _ in stage.ground.link.changes]
    moved = order.index(Api.ALTER_PARTITION_REASSIGNMENTS)
    assert set(order[:moved]) == set(order[moved + 1 :]) == {Api.INCREMENTAL_ALTER_CONFIGS}
    assert little.topics["orders"] == {"retention.ms": "1000"}
    assert not any(little.brokers.values())


async def test_a_refused_move_leaves_no_throttle_behind(stage: Stage) -> None:
    with_orders(stage.ground)
    little = LittleCluster(stage.ground, errors={Api.ALTER_PARTITION_REASSIGNMENTS: (39, "No.")})
    with pytest.raises(Refused):
        await stage.run(Reassign({("orders", 0): (2, 3)}, throttle=5000))
    assert not any(little.brokers.values())


async def test_a_move_that_is_not_waited_for_is_only_started(stage: Stage) -> None:
    with_orders(stage.ground)
    LittleCluster(stage.ground)
    outcome = await stage.run(Reassign({("orders", 0): (2, 3)}, throttle=5000, waits=False))
    assert outcome.state is OutcomeState.STARTED
    assert "--clear-throttle" in outcome.notes[-1]
