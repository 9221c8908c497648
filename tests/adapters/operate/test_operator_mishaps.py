from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ktui.adapters.errors import ConnectFailed, ConnectionBroke, Step, UnknownOutcome
from ktui.adapters.operate.ground import Answer
from ktui.adapters.operate.operator import Paths
from ktui.adapters.operate.plan import Progress, Stage
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from tests.adapters.operate.audit_lines import Make, phases
from tests.adapters.operate.fake_ground import FakeGround


async def test_connection_lost_and_the_topic_is_there(ground: FakeGround, operator_of: Make) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 2, 2))
    ground.error = ConnectionBroke("one:9092 closed the connection")
    stages: list[Progress] = []
    outcome = await operator.apply(plan, report=stages.append)
    assert outcome.is_done
    assert "connection was lost" in outcome.notes[0]
    assert stages[-1].stage is Stage.LOST
    assert "checking" in stages[-1].sentence


async def test_connection_lost_and_nothing_to_be_seen(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 2, 2))
    ground.error, ground.takes_effect = ConnectionBroke("gone"), False
    with pytest.raises(UnknownOutcome, match="not known"):
        await operator.apply(plan)
    assert phases(paths)[-1] == ("result", "unknown")


async def test_connection_lost_and_a_different_topic_is_there(ground: FakeGround, operator_of: Make) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 2, 2))
    ground.error, ground.takes_effect = ConnectionBroke("gone"), False
    ground.on_change = lambda: ground.put("orders", ((1,),))
    with pytest.raises(UnknownOutcome, match="not with the partitions"):
        await operator.apply(plan)


async def test_connection_lost_while_deleting(ground: FakeGround, operator_of: Make) -> None:
    ground.put("orders", ((1, 2),))
    operator = operator_of()
    plan = await operator.plan(DeleteTopic("orders"))
    ground.error, ground.takes_effect = ConnectionBroke("gone"), False
    with pytest.raises(UnknownOutcome, match="still tell of it"):
        await operator.apply(plan, typed="orders")
    ground.takes_effect = True
    assert (await operator.apply(plan, typed="orders")).is_done


async def test_the_controller_being_slow_is_looked_after(ground: FakeGround, operator_of: Make) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    ground.answer = Answer(7, "REQUEST_TIMED_OUT")
    ground.on_change = lambda: ground.put("orders", ((1,),))
    outcome = await operator.apply(plan)
    assert outcome.is_done
    assert "did not finish in the time" in outcome.notes[0]


async def test_not_sent_is_told_from_unknown(ground: FakeGround, operator_of: Make, paths: Paths) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    ground.error, ground.takes_effect = ConnectFailed("one:9092", Step.CONNECT, "refused"), False
    with pytest.raises(ConnectFailed):
        await operator.apply(plan)
    assert phases(paths)[-1] == ("result", "not sent")


async def test_an_interrupted_change_is_written_down(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))
    ground.takes_effect = False
    sent = asyncio.Event()
    ground.on_change = sent.set
    task = asyncio.create_task(operator.apply(plan))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert phases(paths) == [("intent", None), ("result", "unknown")]


async def test_a_result_that_cannot_be_written_is_told(
    ground: FakeGround, operator_of: Make, paths: Paths
) -> None:
    operator = operator_of()
    plan = await operator.plan(CreateTopic("orders", 1, 1))

    def break_audit() -> None:
        paths.audit.unlink()
        Path(paths.audit).mkdir()

    ground.on_change = break_audit
    outcome = await operator.apply(plan)
    assert outcome.is_done
    assert "could not be written to the audit file" in outcome.notes[-1]
