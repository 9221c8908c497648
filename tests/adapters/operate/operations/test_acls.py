"""Access rules made and deleted, against values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ktui.adapters.access.model import AclEntry
from ktui.adapters.errors import BadSettings, ConnectionBroke, NotPermitted, Refused, UnknownOutcome
from ktui.adapters.kafka.bridge import Api
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.operations.create_acls import CreateAcls
from ktui.adapters.operate.operations.delete_acls import DeleteAcls
from ktui.adapters.operate.plan import OutcomeState
from tests.adapters.operate.little_groups import READ
from tests.adapters.operate.operations.test_groups import Stage

WRITE = replace(READ, operation="Write")
DENY_ALL = AclEntry("User:*", "Group", "g", "prefixed", "All", "Deny", "10.0.0.1")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def test_new_rules_are_made_and_old_ones_left(stage: Stage) -> None:
    plan = await stage.plan(CreateAcls((READ, WRITE, WRITE)))
    assert plan.facts == ("+ Allow User:alice Write on Topic orders",)
    assert plan.warnings == ()
    assert plan.undo.startswith(
        "ktui acl delete --allow-principal User:alice --operation Write --topic orders"
    )
    outcome = await stage.operator.apply(plan, typed="yes")
    assert outcome.sentence == "Made 1 rule."
    assert stage.groups.rules == [READ, WRITE]
    assert "has these rules already" in await stage.refused(CreateAcls((READ, WRITE)))


async def test_the_first_rule_of_a_resource_locks_others_out(stage: Stage) -> None:
    plan = await stage.plan(CreateAcls((replace(READ, name="others"),)))
    assert "It is the first rule about Topic others" in plan.warnings[0]
    plan = await stage.plan(CreateAcls((DENY_ALL,)))
    assert "every Group that begins with g" in plan.warnings[0]
    assert "denies everybody but super users All on every Group" in plan.warnings[1]
    assert plan.kafka_command is not None
    assert plan.kafka_command.endswith(
        "--add --deny-principal 'User:*' --operation All --group g --resource-pattern-type prefixed "
        "--deny-host 10.0.0.1"
    )


async def test_rules_are_deleted(stage: Stage) -> None:
    plan = await stage.plan(DeleteAcls((READ,)))
    assert plan.confirmation.expected == "User:alice"
    assert "No rule about Topic orders is left" in plan.warnings[0]
    outcome = await stage.operator.apply(plan, typed="User:alice")
    assert outcome.sentence == "Deleted 1 rule."
    assert stage.groups.rules == []
    assert "there is no rule Allow User:alice" in await stage.refused(DeleteAcls((READ,)))


async def test_rules_of_several_principals_need_a_phrase(stage: Stage) -> None:
    stage.groups.rules = [READ, DENY_ALL]
    plan = await stage.plan(DeleteAcls((READ, DENY_ALL)))
    assert plan.confirmation.expected == "delete 2 rules"
    assert "What it denied is allowed then where another rule allows it." in plan.warnings


async def test_a_rule_that_went_meanwhile(stage: Stage) -> None:
    plan = await stage.plan(DeleteAcls((READ,)))
    stage.groups.rules = []
    with pytest.raises(Refused, match="there is no rule"):
        await stage.operator.apply(plan, typed="User:alice")
    assert stage.ground.link.changes == []


EACH = pytest.mark.parametrize(
    ("change", "api"),
    [(CreateAcls((WRITE,)), Api.CREATE_ACLS), (DeleteAcls((READ,)), Api.DELETE_ACLS)],
    ids=["create", "delete"],
)


@EACH
async def test_no_right_and_no_authorizer(stage: Stage, change: Change, api: Api) -> None:
    stage.groups.errors[api] = [31]
    with pytest.raises(NotPermitted, match="needs Alter on Cluster"):
        await stage.do(change)
    stage.groups.errors[api] = [54]
    with pytest.raises(Refused, match="no authorizer is configured"):
        await stage.do(change)
    assert stage.groups.rules == [READ]


@EACH
async def test_lost_answers(stage: Stage, change: Change, api: Api) -> None:
    stage.groups.breaks[api] = ConnectionBroke("it broke")
    outcome = await stage.do(change)
    assert (outcome.state, outcome.notes != ()) == (OutcomeState.DONE, True)


@EACH
async def test_lost_and_not_to_be_found_out(stage: Stage, change: Change, api: Api) -> None:
    stage.groups.breaks[api] = ConnectionBroke("it broke")
    stage.groups.takes_effect = False
    with pytest.raises(UnknownOutcome, match="is not known"):
        await stage.do(change)


@pytest.mark.parametrize(
    "bad",
    [
        (),
        (replace(READ, principal="alice"),),
        (replace(READ, name=""),),
        (replace(READ, kind="Cluster", pattern="prefixed"),),
    ],
)
async def test_rules_that_cannot_be(stage: Stage, bad: tuple[AclEntry, ...]) -> None:
    with pytest.raises(BadSettings):
        await stage.plan(CreateAcls(bad))
