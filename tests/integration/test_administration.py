"""Topics, partitions and brokers changed on real clusters of both kinds; an independent client says what became."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
from confluent_kafka.admin import ResourceType  # type: ignore[attr-defined]

from ktui.adapters.errors import GuardRefused, Refused
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.configs import ConfigOwner
from ktui.adapters.operate.definition import load_definition
from ktui.adapters.operate.guard import GuardName
from ktui.adapters.operate.operations.add_partitions import AddPartitions
from ktui.adapters.operate.operations.alter_config import AlterConfig
from ktui.adapters.operate.operations.delete_records import DeleteRecords
from ktui.adapters.operate.operations.delete_topics import DeleteTopics
from ktui.adapters.operate.operations.elect_leaders import ElectLeaders
from ktui.adapters.operate.operations.reassign import Reassign
from ktui.adapters.operate.operator import Operator
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import wait_until
from tests.integration.real import WITHIN_S, Real

pytestmark = pytest.mark.integration
ON_TOPIC, ON_BROKER = 1, 2
"""ConfigSource: set on the topic itself, on one broker while it runs."""


@pytest.fixture
def real(cluster: Sandbox, tmp_path: Path) -> Real:
    return Real.of(cluster, tmp_path)


def test_partitions_are_added_and_never_taken_away(real: Real) -> None:
    real.client.create("grown", 2, 2)
    assert real.done("topic", "alter", "grown", "--partitions", "4") == "grown has 4 partitions now.\n"
    wait_until(lambda: len(real.client.topic("grown")) == 4, WITHIN_S, "librdkafka sees four")
    assert "cannot shrink" in real.refused(1, "topic", "alter", "grown", "--partitions", "3")
    assert len(real.client.topic("grown")) == 4
    line = real.audit()[0]
    assert (line["operation"], line["phase"]) == ("add-partitions", "intent")
    assert line["subject"] == {"kind": "topic", "names": ["grown"]}
    assert (line["parameters"]["before"], line["parameters"]["partitions"]) == (2, 4)
    assert line["principal"] == "User:ANONYMOUS"
    real.client.delete("grown")


def test_settings_are_set_and_taken_away_one_by_one(real: Real) -> None:
    real.client.create("tuned", settings={"max.message.bytes": "2000"})
    told = real.done(
        "config", "set", "--topic", "tuned", "retention.ms=3600000", "cleanup.policy=compact,delete"
    )
    assert told.startswith("Changed tuned: ")
    assert real.client.settings("tuned") == {
        "max.message.bytes": "2000",
        "retention.ms": "3600000",
        "cleanup.policy": "compact,delete",
    }
    assert "Not a number" in real.refused(1, "config", "set", "--topic", "tuned", "retention.ms=soon")
    real.done("config", "delete", "--topic", "tuned", "retention.ms", "cleanup.policy")
    shown = json.loads(real.done("config", "get", "--topic", "tuned", "--json"))["configs"]
    assert [(one["name"], one["value"], one["source"]) for one in shown] == [
        ("max.message.bytes", "2000", "topic")
    ]
    assert real.client.settings("tuned") == {"max.message.bytes": "2000"}
    real.client.delete("tuned")


def test_settings_of_brokers(real: Real) -> None:
    real.done("config", "set", "--broker", "2", "log.retention.ms=99999999")
    assert real.dynamic(ResourceType.BROKER, "2", ON_BROKER) == {"log.retention.ms": "99999999"}
    assert real.dynamic(ResourceType.BROKER, "1", ON_BROKER) == {}
    real.done("config", "delete", "--broker", "2", "log.retention.ms")
    assert real.dynamic(ResourceType.BROKER, "2", ON_BROKER) == {}
    assert "file only" in real.refused(1, "config", "set", "--broker", "2", "log.dirs=/tmp/x")


def test_the_oldest_records_are_deleted(real: Real) -> None:
    real.client.create("cut", 2, 2)
    real.produce("cut", 30, partition=0)
    assert "not confirmed" in real.refused(3, "topic", "delete-records", "cut", "--before-offset", "10")
    assert real.bounds("cut") == (0, 30)
    words = ("topic", "delete-records", "cut", "--confirm", "cut")
    real.done(*words, "--before-offset", "10")
    assert real.bounds("cut") == (10, 30)
    real.produce("cut", 5, partition=1)
    real.done(*words, "--before", "2999-01-01T00:00:00Z", "--partition", "0")
    assert (real.bounds("cut"), real.bounds("cut", 1)) == ((30, 30), (0, 5))
    real.client.delete("cut")


def test_moved_throttled_elected_and_the_throttle_taken_off(real: Real) -> None:
    real.client.create("moved", assignment=[[1, 2], [2, 3]])
    real.produce("moved", 50, size=1000)
    words = (
        "partition",
        "reassign",
        "--topic",
        "moved",
        "--replication-factor",
        "3",
        "--throttle",
        "5000000",
    )
    shown = real.done(*words)
    assert shown.splitlines() == ["moved-0   1,2 → 1,2,3", "moved-1   2,3 → 2,3,1"]
    assert {set(one.replicas).__len__() for one in real.client.topic("moved").values()} == {2}
    assert real.done(*words, "--execute") == "Moved 2 partitions.\n"
    real.wait_for_replicas("moved", {0: {1, 2, 3}, 1: {1, 2, 3}})
    assert real.throttles() == {}
    assert real.client.settings("moved") == {}

    real.done("partition", "reassign", "--move", "moved:0=2:3", "--move", "moved:1=2:3", "--execute")
    real.wait_for_replicas("moved", {0: {2, 3}, 1: {2, 3}})
    real.done("partition", "reassign", "--move", "moved:0=3:2", "--execute")
    wait_until(lambda: real.client.topic("moved")[0].replicas == (3, 2), WITHIN_S, "the order is another")
    if real.client.topic("moved")[0].leader != 3:
        assert "preferred leader now" in real.done("partition", "elect", "moved:0")
    wait_until(lambda: real.client.topic("moved")[0].leader == 3, WITHIN_S, "broker 3 leads")
    assert "preferred leader" in real.refused(1, "partition", "elect", "moved:0")
    real.client.delete("moved")


def test_a_move_that_runs_is_shown_and_cancelled(real: Real) -> None:
    real.client.create("slow", assignment=[[1, 2]])
    real.produce("slow", 30_000, size=1000)
    words = ("--move", "slow:0=1:3", "--throttle", "1000", "--execute", "--no-wait")
    told = real.ktui("partition", "reassign", *words)
    assert (told.returncode, told.stdout) == (0, "1 partition is being moved.\n"), told.stderr
    (move,) = json.loads(real.done("partition", "reassignments", "--json"))["reassignments"]
    assert (move["topic"], move["adding"], move["removing"]) == ("slow", [3], [2])
    assert move["total_bytes"] > 30_000_000
    assert real.done("partition", "cancel", "--all") == "Cancelled the move of 1 partition.\n"
    real.wait_for_replicas("slow", {0: {1, 2}})
    assert real.throttles() != {}
    real.done("partition", "reassignments", "--clear-throttle")
    assert real.throttles() == {}
    assert real.client.settings("slow") == {}
    real.client.delete("slow")


async def test_several_topics_at_once_by_count_and_phrase(real: Real) -> None:
    for name in ("many1", "many2", "many3"):
        await asyncio.to_thread(real.client.create, name, 2, 2)
    change = DeleteTopics((DeleteTopic("many1"), DeleteTopic("many2")))
    async with real.operator() as operator:
        plan = await operator.plan(change)
        with pytest.raises(GuardRefused):
            await operator.apply(plan, typed="delete 3 topics")
        outcome = await operator.apply(plan, typed="delete 2 topics")
        assert outcome.sentence == "Deleted 2 topics."
        assert len(outcome.saved_to) == 2
        # The definition makes the same topic again.
        again = load_definition(outcome.saved_to[0])
        assert (await operator.apply(await operator.plan(again))).is_done
    left = {name for name in real.client.look().topics if name.startswith("many")}
    assert left == {"many1", "many3"}
    assert [len(one.replicas) for one in real.client.topic("many1").values()] == [2, 2]
    for name in left:
        await asyncio.to_thread(real.client.delete, name)


CHANGES: list[Change] = [
    CreateTopic("kept2", 1, 1),
    DeleteTopic("kept"),
    AddPartitions("kept", 3),
    AlterConfig(ConfigOwner.topic("kept"), {"retention.ms": "5"}),
    DeleteRecords("kept", 3),
    Reassign({("kept", 0): (1, 3)}),
    DeleteTopics((DeleteTopic("kept"), DeleteTopic("kept_too"))),
]


@pytest.mark.parametrize(
    ("given", "guard"),
    [
        ({"is_read_only": True}, GuardName.READ_ONLY),
        ({"environment": "production"}, GuardName.LOCKED),
        ({"protected_topics": ("kept*",)}, GuardName.PROTECTED),
    ],
)
async def test_guards_let_nothing_through(real: Real, given: dict[str, object], guard: GuardName) -> None:
    with contextlib.suppress(Exception):
        await asyncio.to_thread(lambda: real.client.create("kept", assignment=[[1, 2]]))
        await asyncio.to_thread(real.client.create, "kept_too")
        await asyncio.to_thread(real.produce, "kept", 5)
    before = real.client.look()
    async with real.operator(**given) as operator:
        for change in CHANGES:
            plan = await operator.plan(change)
            with pytest.raises(GuardRefused) as caught:
                await operator.apply(plan, typed=plan.confirmation.expected)
            assert caught.value.guard is guard
    assert real.client.look() == before
    assert real.client.settings("kept") == {}
    assert real.bounds("kept") == (0, 5)


async def told_by_all(operator: Operator, name: str, old_id: bytes | None) -> None:
    """Until no broker tells of the topic of before: one that lags behind answers for it."""
    async with asyncio.timeout(WITHIN_S):
        while any(  # noqa: ASYNC110 - brokers are told by their controller, not by us
            seen is None or seen.id == old_id for seen in await operator.ground.views(name)
        ):
            await asyncio.sleep(0.1)


async def test_what_is_done_by_name_spares_a_topic_made_anew(real: Real) -> None:
    await asyncio.to_thread(real.client.create, "anew", 1)
    await asyncio.to_thread(real.produce, "anew", 5)
    async with real.operator() as operator:
        plans = [
            await operator.plan(change)
            for change in (
                AddPartitions("anew", 4),
                AlterConfig(ConfigOwner.topic("anew"), {"retention.ms": "5"}),
                DeleteRecords("anew", 3),
            )
        ]
        before = await operator.ground.topic("anew")
        await asyncio.to_thread(real.client.delete, "anew")

        def made_anew() -> bool:
            with contextlib.suppress(Exception):
                real.client.create("anew", 2)
            return len(real.client.topic("anew")) == 2

        await asyncio.to_thread(wait_until, made_anew, WITHIN_S, "made anew")
        assert before is not None
        await told_by_all(operator, "anew", before.id)
        for plan in plans:
            with pytest.raises(Refused, match="left alone"):
                await operator.apply(plan, typed=plan.confirmation.expected)
    assert len(real.client.topic("anew")) == 2
    assert real.client.settings("anew") == {}
    await asyncio.to_thread(real.client.delete, "anew")


async def test_an_election_that_nobody_needs_is_refused(real: Real) -> None:
    await asyncio.to_thread(lambda: real.client.create("led", assignment=[[1, 2]]))
    async with real.operator() as operator:
        with pytest.raises(Refused, match="preferred leader"):
            await operator.plan(ElectLeaders({"led": (0,)}))
    await asyncio.to_thread(real.client.delete, "led")
