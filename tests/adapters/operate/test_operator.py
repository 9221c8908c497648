from __future__ import annotations

import asyncio

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import (
    BadSettings,
    GuardRefused,
    NotPermitted,
    Refused,
)
from ktui.adapters.model import Mode
from ktui.adapters.operate.definition import load_definition
from ktui.adapters.operate.ground import Answer, Defaults
from ktui.adapters.operate.guard import GuardName
from ktui.adapters.operate.operation import Known
from ktui.adapters.operate.operator import Paths
from ktui.adapters.operate.plan import Impact, OutcomeState, Plan, Stage
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.target import Target
from tests.adapters.operate.audit_lines import Make, audit_lines, phases
from tests.adapters.operate.fake_ground import FIRST_ID, SECOND_ID, FakeGround


def impact_of(plan: Plan) -> Impact:
    assert plan.impact is not None
    return plan.impact


async def test_a_plan_says_everything_and_sends_nothing(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    target = Target(bootstrap_servers=(Address("one", 9092),), command_config="my client.properties")
    plan = await operator_of(target).plan(CreateTopic("orders", 6, 2, {"retention.ms": "1000"}))
    assert plan.request == "CreateTopics: orders, partitions 6, replication factor 2, retention.ms=1000"
    assert plan.receiver == "broker 1 (one:9092)"
    assert plan.command == (
        "ktui topic create orders --partitions 6 --replication-factor 2 --config retention.ms=1000 "
        "--bootstrap-server one:9092 --command-config 'my client.properties'"
    )
    assert plan.kafka_command == (
        "kafka-topics.sh --bootstrap-server one:9092 --command-config 'my client.properties' --create "
        "--topic orders --partitions 6 --replication-factor 2 --config retention.ms=1000"
    )
    assert "ktui topic delete orders --confirm orders" in plan.undo
    assert (impact_of(plan).partitions, impact_of(plan).replication_factor, impact_of(plan).min_isr) == (
        6,
        2,
        2,
    )
    assert any("equals the replication factor" in warning for warning in plan.warnings)
    assert plan.refusals == ()
    assert not plan.needs_typed_name
    assert ground.sent == []
    assert audit_lines(paths) == []


async def test_defaults_are_named_as_such(ground: FakeGround, operator_of: Make) -> None:
    plan = await operator_of().plan(CreateTopic("orders"))
    assert plan.request == (
        "CreateTopics: orders, partitions by the cluster's default (1), "
        "replication factor by the cluster's default (3)"
    )
    ground.broker_defaults = Defaults()
    plan = await operator_of().plan(CreateTopic("orders"))
    assert plan.request.endswith("replication factor by the cluster's default")


async def test_created_and_watched_until_every_partition_has_a_leader(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 2, 3))
    ground.on_change = lambda: asyncio.get_running_loop().call_later(
        0.02, ground.put, "orders", ((1, 2, 3), (2, 3, 1))
    )
    ground.takes_effect = False
    stages: list[Stage] = []
    outcome = await operator.apply(plan, report=lambda progress: stages.append(progress.stage))
    assert outcome.is_done
    assert outcome.sentence == "Created orders: 2 partitions, replication factor 3."
    assert stages == [Stage.CHECKING, Stage.SENT, Stage.WAITING]
    assert phases(paths) == [("intent", None), ("result", "done")]


async def test_the_intent_is_on_disk_before_the_request(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    seen: list[list[tuple[object, object]]] = []
    ground.on_change = lambda: seen.append(phases(paths))
    await operator.apply(plan)
    assert seen == [[("intent", None)]]


async def test_partitions_without_a_leader_are_not_done(ground: FakeGround, operator_of: Make) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 2, 1))
    ground.takes_effect = False
    del ground.brokers[3]
    ground.on_change = lambda: ground.put("orders", ((1,), (3,)), leaderless=(1,))
    outcome = await operator.apply(plan)
    assert outcome.state is OutcomeState.INCOMPLETE
    assert "partition 1 has no leader (broker 3 is down)" in outcome.sentence


async def test_created_without_the_right_to_look(ground: FakeGround, operator_of: Make) -> None:
    operator = operator_of()
    ground.look_error = NotPermitted(29, "TOPIC_AUTHORIZATION_FAILED")
    plan = await operator.plan(CreateTopic("orders", 2, 1))
    outcome = await operator.apply(plan)
    assert outcome.state is OutcomeState.INCOMPLETE
    assert "needs the right Describe" in outcome.sentence


async def test_a_broker_that_lags_behind_is_waited_for(ground: FakeGround, operator_of: Make) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    ground.other_views = [None]
    assert "not all brokers" in (await operator.apply(plan)).sentence
    plan = await operator.plan(DeleteTopic("orders"))
    ground.other_views = [ground.topics["orders"]]
    outcome = await operator.apply(plan, typed="orders")
    assert outcome.state is OutcomeState.QUEUED
    assert "some brokers still tell of it" in outcome.sentence


async def test_bad_values_and_taken_names_are_refused_before_anything(
    ground: FakeGround, operator_of: Make
) -> None:
    operator = operator_of()
    with pytest.raises(BadSettings):
        await operator.plan(CreateTopic("a b"))
    ground.put("orders", ((1,),))
    with pytest.raises(Refused, match="exists already") as caught:
        await operator.plan(CreateTopic("orders"))
    assert caught.value.code == 36
    with pytest.raises(Refused, match=r"collides with the topic a\.b"):
        await operator.plan(CreateTopic("a_b"), known=Known(["a.b"]))
    assert ground.sent == []


async def test_zookeeper_mode_would_take_brokers_that_do_not_exist(
    ground: FakeGround, operator_of: Make
) -> None:
    spec = CreateTopic("orders", assignment=((1, 77),))
    plan = await operator_of().plan(spec)
    assert any("broker 77 is not" in warning for warning in plan.warnings)
    ground.mode = Mode.ZOOKEEPER
    with pytest.raises(Refused, match="broker 77 is not"):
        await operator_of().plan(spec)


async def test_a_name_taken_between_plan_and_apply(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    ground.put("orders", ((1,),), topic_id=SECOND_ID)
    with pytest.raises(Refused, match="exists already"):
        await operator.apply(plan)
    assert ground.sent == []


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (
            Answer(17, "INVALID_TOPIC_EXCEPTION", "Topic name is bad"),
            "does not take the name orders: Topic name",
        ),
        (Answer(29, "TOPIC_AUTHORIZATION_FAILED"), "needs the right Create"),
        (Answer(31, "CLUSTER_AUTHORIZATION_FAILED"), "needs the right Create"),
        (Answer(36, "TOPIC_ALREADY_EXISTS"), "exists already"),
        (Answer(36, "TOPIC_ALREADY_EXISTS", "Topic 'x' is marked for deletion."), "still being deleted"),
        (Answer(37, "INVALID_PARTITIONS"), "number of partitions"),
        (Answer(38, "INVALID_REPLICATION_FACTOR", "only 3 brokers"), "factor 5 is refused: only 3 brokers."),
        (Answer(39, "INVALID_REPLICA_ASSIGNMENT"), "replica assignment"),
        (
            Answer(40, "INVALID_CONFIG", "Unknown topic config name: x"),
            "refused: Unknown topic config name: x.",
        ),
        (Answer(41, "NOT_CONTROLLER"), "controller is moving"),
        (Answer(44, "POLICY_VIOLATION", "too many"), "a policy of the cluster forbids it: too many."),
        (Answer(89, "THROTTLING_QUOTA_EXCEEDED", throttled_s=7.0), "quota for changes"),
        (Answer(99, "ERROR_99"), "error 99"),
    ],
)
async def test_each_refusal_of_a_creation_is_its_own_sentence(
    ground: FakeGround, operator_of: Make, paths: Paths, answer: Answer, part: str
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 5))
    ground.answer = answer
    with pytest.raises(Refused) as dry:
        await operator.validate(CreateTopic("orders", 1, 5))
    with pytest.raises(Refused) as caught:
        await operator.apply(plan)
    assert part in str(caught.value)
    assert str(caught.value) == str(dry.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, NotPermitted) == (answer.code in (29, 31))
    assert phases(paths) == [("intent", None), ("result", "refused")]


async def test_a_dry_run_changes_nothing_and_tells_what_would_be(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    ground.answer = Answer(partitions=6, replication_factor=3)
    answer = await operator_of(Target(is_read_only=True)).validate(CreateTopic("orders"))
    assert (answer.partitions, answer.replication_factor) == (6, 3)
    assert ground.sent == []
    assert audit_lines(paths) == []


@pytest.mark.parametrize(
    ("target", "typed", "guard"),
    [
        (Target(is_read_only=True), "orders", GuardName.READ_ONLY),
        (Target(expect_cluster_id="other"), "orders", GuardName.CLUSTER),
        (Target(protected_topics=("ord*",)), "orders", GuardName.PROTECTED),
        (Target(), "order", GuardName.NAME),
        (Target(), None, GuardName.NAME),
    ],
)
async def test_a_refused_deletion_is_not_sent_and_is_written_down(
    ground: FakeGround, operator_of: Make, paths: Paths, target: Target, typed: str | None, guard: GuardName
) -> None:
    ground.put("orders", ((1, 2),))
    operator = operator_of(target)
    plan = await operator.plan(DeleteTopic("orders"))
    assert bool(plan.refusals) == (guard is not GuardName.NAME)
    with pytest.raises(GuardRefused) as caught:
        await operator.apply(plan, typed=typed)
    assert caught.value.guard is guard
    assert ground.sent == []
    assert "orders" in ground.topics
    assert phases(paths) == [("refused", "refused by a guard")]
    assert not paths.definitions.exists()


async def test_the_cluster_is_asked_who_it_is_right_before(ground: FakeGround, operator_of: Make) -> None:
    ground.put("orders", ((1, 2),))
    operator = operator_of(Target(expect_cluster_id="cluster-a"))
    plan = await operator.plan(DeleteTopic("orders"))
    ground.cluster_id = "cluster-b"
    with pytest.raises(GuardRefused, match="cluster-b"):
        await operator.apply(plan, typed="orders")
    assert ground.sent == []


async def test_no_audit_no_change(ground: FakeGround, operator_of: Make, paths: Paths) -> None:
    paths.audit.parent.parent.joinpath("state").write_text("in the way")
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    with pytest.raises(GuardRefused) as caught:
        await operator.apply(plan)
    assert caught.value.guard is GuardName.AUDIT
    assert ground.sent == []


async def test_deleted_by_id_with_its_definition_saved(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    ground.put("orders", ((1, 2), (2, 3)))
    ground.configs["orders"] = {"retention.ms": "1000"}
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    assert plan.needs_typed_name
    assert plan.request == "DeleteTopics: orders, by id AAECAwQFBgcICQoLDA0ODw"
    assert (impact_of(plan).partitions, impact_of(plan).replication_factor, impact_of(plan).size_bytes) == (
        2,
        2,
        4096,
    )
    assert any("auto.create.topics.enable is on" in warning for warning in plan.warnings)
    outcome = await operator.apply(plan, typed="orders")
    assert outcome.is_done
    assert ground.sent == [DeleteTopic("orders", FIRST_ID)]
    (saved_to,) = outcome.saved_to
    assert saved_to.stat().st_mode & 0o777 == 0o600
    assert load_definition(saved_to) == CreateTopic("orders", 2, 2, {"retention.ms": "1000"})
    intent, result = audit_lines(paths)
    assert intent["parameters"]["saved_to"] == [str(saved_to)]  # type: ignore[index]
    assert result["outcome"] == "done"


async def test_a_topic_made_anew_meanwhile_survives(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    ground.put("orders", ((1, 2),))
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    ground.put("orders", ((1, 2),), topic_id=SECOND_ID)
    with pytest.raises(Refused, match=r"another topic of that name .* was left alone"):
        await operator.apply(plan, typed="orders")
    assert ground.topics["orders"].id == SECOND_ID
    assert list(paths.definitions.iterdir()) == []


async def test_a_topic_made_anew_right_after_is_told_of(ground: FakeGround, operator_of: Make) -> None:
    ground.put("orders", ((1, 2),))
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    ground.takes_effect = False
    ground.on_change = lambda: asyncio.get_running_loop().call_later(
        0.01, lambda: ground.put("orders", ((1,),), topic_id=SECOND_ID)
    )
    outcome = await operator.apply(plan, typed="orders")
    assert outcome.is_done
    assert outcome.topic is not None
    assert outcome.topic.id == SECOND_ID
    assert "another topic orders" in outcome.notes[0]


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (Answer(3, "UNKNOWN_TOPIC_OR_PARTITION"), "no topic orders any more"),
        (Answer(29, "TOPIC_AUTHORIZATION_FAILED"), "needs the rights Delete and Describe"),
        (Answer(42, "INVALID_REQUEST", "Topic deletion is disabled."), "delete.topic.enable=false"),
        (Answer(73, "TOPIC_DELETION_DISABLED"), "delete.topic.enable=false"),
        (Answer(44, "POLICY_VIOLATION"), "was not deleted: a policy"),
        (Answer(89, "THROTTLING_QUOTA_EXCEEDED"), "try again soon"),
    ],
)
async def test_each_refusal_of_a_deletion_is_its_own_sentence(
    ground: FakeGround, operator_of: Make, paths: Paths, answer: Answer, part: str
) -> None:
    ground.put("orders", ((1, 2),))
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    ground.answer = answer
    with pytest.raises(Refused) as caught:
        await operator.apply(plan, typed="orders")
    assert part in str(caught.value)
    assert list(paths.definitions.iterdir()) == []


@pytest.mark.parametrize("mark", [True, None])
async def test_zookeeper_mode_is_queued_until_the_marker_is_gone(
    ground: FakeGround, operator_of: Make, paths: Paths, mark: bool | None
) -> None:
    ground.mode = Mode.ZOOKEEPER
    ground.put("orders", ((1, 2),))
    del ground.brokers[2]
    ground.marked["orders"] = mark
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    assert any("Broker 2 is down: the deletion is queued" in warning for warning in plan.warnings)
    outcome = await operator.apply(plan, typed="orders")
    assert outcome.state is OutcomeState.QUEUED
    assert not outcome.is_done
    assert ("broker 2 is down" if mark else "cannot be seen") in outcome.sentence
    assert phases(paths)[-1] == ("result", "queued")


async def test_zookeeper_mode_is_done_when_the_marker_goes(ground: FakeGround, operator_of: Make) -> None:
    ground.mode = Mode.ZOOKEEPER
    ground.put("orders", ((1, 2),))
    ground.marked["orders"] = True
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    ground.on_change = lambda: asyncio.get_running_loop().call_later(0.01, ground.marked.clear)
    assert (await operator.apply(plan, typed="orders")).is_done
