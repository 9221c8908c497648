"""Offsets of groups set and deleted, groups deleted, against values: what is planned, refused, sent and found out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ktui.adapters.errors import BadSettings, ConnectionBroke, NotPermitted, Refused, UnknownOutcome
from ktui.adapters.kafka.bridge import Api
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.operations.delete_group import DeleteGroup
from ktui.adapters.operate.operations.delete_group_offsets import DeleteGroupOffsets
from ktui.adapters.operate.operations.reset_offsets import Aim, Move, ResetOffsets, parse_only
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.plan import Outcome, OutcomeState, Plan
from ktui.adapters.operate.readers import Reader, readers_of
from ktui.adapters.operate.spec import DeleteTopic
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from tests.adapters.kafka.asks.test_groups import assignment
from tests.adapters.operate.fake_ground import FakeGround
from tests.adapters.operate.little_groups import LittleGroups, with_groups

MEMBER = {
    "member_id": "m", "client_id": "app", "client_host": "/h", "member_assignment": assignment(("orders", (0,))),
}  # fmt: skip


class Stage:
    def __init__(self, folder: Path) -> None:
        self.ground = FakeGround()
        self.groups: LittleGroups = with_groups(self.ground)
        paths = Paths(folder / "audit.jsonl", folder / "deleted")
        self.operator = Operator(self.ground, Target(), paths=paths, patience=Patience(0.02, 0.005))

    @property
    def offsets(self) -> dict[tuple[str, int], int]:
        return self.groups.offsets["billing"]

    async def plan(self, change: Change) -> Plan:
        return await self.operator.plan(change)

    async def do(self, change: Change) -> Outcome:
        plan = await self.plan(change)
        return await self.operator.apply(plan, typed=plan.confirmation.expected)

    async def refused(self, change: Change) -> str:
        with pytest.raises(Refused) as caught:
            await self.do(change)
        return str(caught.value)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.mark.parametrize(
    ("aim", "value", "after"),
    [
        (Aim.EARLIEST, 0, (0, 0)),
        (Aim.LATEST, 0, (10, 10)),
        (Aim.OFFSET, 7, (7, 7)),
        (Aim.OFFSET, 99, (10, 10)),
        (Aim.TIME, 6, (6, 6)),
        (Aim.TIME, 5_000, (10, 10)),
        (Aim.SHIFT, -2, (1, 2)),
        (Aim.SHIFT, -9, (0, 0)),
        (Aim.SHIFT, 3, (6, 7)),
    ],
)
async def test_where_offsets_are_set_to(stage: Stage, aim: Aim, value: int, after: tuple[int, int]) -> None:
    plan = await stage.plan(ResetOffsets("billing", aim, value))
    assert isinstance(plan.change, ResetOffsets)
    assert [move.after for move in plan.change.moves] == list(after)
    assert [move.before for move in plan.change.moves] == [3, 4]
    assert stage.ground.link.changes == []
    assert plan.facts[0] == f"orders 0   3 → {after[0]}   lag {10 - after[0]} then"
    outcome = await stage.operator.apply(plan, typed="yes")
    assert outcome.sentence == "Set the offsets of billing in 2 partitions."
    assert tuple(stage.offsets.values()) == after


async def test_only_some_partitions_and_topics_without_offsets(stage: Stage) -> None:
    plan = await stage.plan(ResetOffsets("billing", Aim.LATEST, only=(("orders", (1,)), ("others", None))))
    assert isinstance(plan.change, ResetOffsets)
    assert plan.change.moves == (Move("orders", 1, 4, 10), Move("others", 0, None, 10))
    assert plan.command.startswith(
        "ktui group reset billing --to-latest --topic orders:1 --topic others --execute"
    )
    assert "others 0   nothing → 10   lag 0 then" in plan.facts


async def test_what_is_there_already_is_not_sent(stage: Stage) -> None:
    outcome = await stage.do(ResetOffsets("billing", Aim.OFFSET, 3, only=(("orders", (0,)),)))
    assert outcome.sentence == "billing is there already; nothing was sent."
    assert stage.ground.link.changes == []


async def test_partitions_without_a_leader_or_a_topic_stay_as_they_are(stage: Stage) -> None:
    stage.ground.put("orders", ((1, 2), (2, 3)), leaderless=(1,))
    stage.offsets["gone", 0] = 5
    plan = await stage.plan(ResetOffsets("billing", Aim.EARLIEST))
    assert isinstance(plan.change, ResetOffsets)
    assert [(move.topic, move.index) for move in plan.change.moves] == [("orders", 0)]
    assert plan.warnings == ("Left as they are, without a topic or a leader now: gone 0, orders 1.",)


CHANGES = [
    ResetOffsets("billing", Aim.EARLIEST),
    DeleteGroup("billing"),
    DeleteGroupOffsets("billing", ("orders",)),
]
EACH = pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)


@EACH
async def test_refused_while_members_are_there(stage: Stage, change: Change) -> None:
    stage.groups.members["billing"] = [MEMBER]
    told = await stage.refused(change)
    assert "stop them first" in told
    assert stage.ground.link.changes == []


@EACH
async def test_refused_when_members_come_between_plan_and_apply(stage: Stage, change: Change) -> None:
    plan = await stage.plan(change)
    stage.groups.members["billing"] = [MEMBER]
    with pytest.raises(Refused, match="stop them first"):
        await stage.operator.apply(plan, typed=plan.confirmation.expected)
    assert stage.ground.link.changes == []


@EACH
async def test_a_group_that_is_not_there(stage: Stage, change: Change) -> None:
    del stage.groups.offsets["billing"]
    assert await stage.refused(change) == "There is no group billing, or this principal may not Describe it."


API = {
    ResetOffsets: Api.OFFSET_COMMIT,
    DeleteGroup: Api.DELETE_GROUPS,
    DeleteGroupOffsets: Api.OFFSET_DELETE,
}


@EACH
async def test_a_coordinator_that_moves_is_found_again(
    stage: Stage, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ktui.adapters.operate.groups._PAUSE_S", 0.001)
    stage.groups.errors[API[type(change)]] = [16, 14]
    assert (await stage.do(change)).is_done


@EACH
@pytest.mark.parametrize("code", [30, 25, 68, 86])
async def test_the_coordinator_says_no(stage: Stage, change: Change, code: int) -> None:
    stage.groups.errors[API[type(change)]] = [code] * 9
    before = dict(stage.offsets)
    with pytest.raises(NotPermitted if code == 30 else Refused) as caught:
        await stage.do(change)
    assert str(caught.value).startswith(("billing was not", "Not permitted: billing was not"))
    assert stage.offsets == before


@EACH
async def test_a_lost_answer_is_found_out(stage: Stage, change: Change) -> None:
    stage.groups.breaks[API[type(change)]] = ConnectionBroke("it broke")
    outcome = await stage.do(change)
    assert outcome.state is OutcomeState.DONE
    assert "it broke" in outcome.notes[0]


@EACH
async def test_a_lost_answer_that_cannot_be_found_out(stage: Stage, change: Change) -> None:
    stage.groups.breaks[API[type(change)]] = ConnectionBroke("it broke")
    stage.groups.takes_effect = False
    with pytest.raises(UnknownOutcome, match="is not known"):
        await stage.do(change)


async def test_a_group_and_some_offsets_are_gone(stage: Stage) -> None:
    stage.offsets["others", 0] = 1
    outcome = await stage.do(DeleteGroupOffsets("billing", ("others",)))
    assert outcome.sentence == "billing has forgotten 1 offset."
    assert stage.offsets == {("orders", 0): 3, ("orders", 1): 4}
    assert (await stage.do(DeleteGroup("billing"))).sentence == "Deleted group billing."
    assert stage.groups.offsets == {}


async def test_offsets_of_a_topic_that_no_member_reads(stage: Stage) -> None:
    stage.offsets["others", 0] = 1
    stage.groups.members["billing"] = [MEMBER]
    assert (await stage.do(DeleteGroupOffsets("billing", ("others",)))).is_done
    assert "has no offsets on others" in await stage.refused(DeleteGroupOffsets("billing", ("others",)))


async def test_a_share_group_is_left_alone(stage: Stage) -> None:
    stage.groups.types["billing"] = "share"
    assert "is a share group" in await stage.refused(ResetOffsets("billing", Aim.EARLIEST))


def test_topics_and_partitions_as_they_are_written() -> None:
    assert parse_only("orders") == ("orders", None)
    assert parse_only("orders:0, 2") == ("orders", (0, 2))
    for bad in ("", ":1", "orders:", "orders:x", "orders:-1"):
        with pytest.raises(BadSettings, match="write a topic"):
            parse_only(bad)


async def test_values_that_cannot_be(stage: Stage) -> None:
    for bad in (ResetOffsets("", Aim.LATEST), ResetOffsets("g", Aim.OFFSET, -1), DeleteGroupOffsets("g", ())):
        with pytest.raises(BadSettings):
            await stage.plan(bad)


async def test_who_reads_a_topic(stage: Stage) -> None:
    topic = stage.ground.topics["orders"]
    stage.ground.brokers = {1: "one:9092"}
    stage.groups.offsets["idle"] = {}
    other: dict[str, Any] = {**MEMBER, "member_assignment": assignment(("others", (0,)))}
    stage.groups.members["billing"] = [MEMBER, other]
    assert await readers_of(stage.ground, topic) == (Reader("billing", 1, 13),)
    plan = await stage.plan(DeleteTopic("orders"))
    assert plan.warnings[0] == "It is read now by billing (1 member, lag 13)."
    stage.groups.members["billing"] = []
    plan = await stage.plan(DeleteTopic("orders"))
    assert not any("read now" in warning for warning in plan.warnings)
