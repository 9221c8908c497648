from __future__ import annotations

import json
from pathlib import Path

import pytest

from ktui.adapters.errors import AdapterError, BadSettings, NoAnswer, NotPermitted, Refused, UnknownOutcome
from ktui.adapters.operate.operations.produce import Produce, Records
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.plan import Outcome, OutcomeState
from ktui.adapters.produce.records import Landed, NewRecord
from ktui.adapters.target import Target
from tests.adapters.operate.examples import Given, with_orders
from tests.adapters.operate.fake_ground import SECOND_ID, FakeGround


class Desk:
    def __init__(self, folder: Path) -> None:
        self.ground = FakeGround()
        with_orders(self.ground)
        self.writer = self.ground.writer_made
        self.audit = folder / "audit.jsonl"
        self.operator = Operator(self.ground, Target(), paths=Paths(self.audit, folder))

    async def write(self, records: Records) -> tuple[Produce, Outcome]:
        change = Produce("orders", records)
        return change, await self.operator.apply(await self.operator.plan(change))

    def results(self) -> list[tuple[str, str]]:
        lines = map(json.loads, self.audit.read_text().splitlines())
        return [(line["outcome"], line["detail"]) for line in lines if line["phase"] == "result"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def numbered(count: int) -> list[NewRecord]:
    return [NewRecord(b"v", number=number) for number in range(1, count + 1)]


async def test_one_audit_line_however_many_records(desk: Desk) -> None:
    change, outcome = await desk.write(Given(*numbered(1_200)))
    assert outcome.sentence == "Wrote 1,200 records to orders."
    assert change.tally.landed == {0: Landed(1_200, 0, 1_199)}
    assert desk.results() == [("done", "Wrote 1,200 records to orders.")]
    assert len(desk.audit.read_text().splitlines()) == 2
    assert desk.writer.is_closed


async def test_a_pause_waits_for_the_acknowledgement(desk: Desk) -> None:
    first, second = numbered(2)
    await desk.write(Given(None, first, None, second))
    assert desk.writer.flushes == 3


async def test_no_topic_no_record(desk: Desk) -> None:
    with pytest.raises(Refused, match="There is no topic gone"):
        await desk.operator.plan(Produce("gone", Given(*numbered(1))))
    plan = await desk.operator.plan(Produce("orders", Given(*numbered(1))))
    desk.ground.put("orders", ((1, 2),), topic_id=SECOND_ID)
    with pytest.raises(Refused, match="made another topic of that name"):
        await desk.operator.apply(plan)
    assert desk.writer.stored == []


async def test_what_stands_before_a_bad_record_is_written(desk: Desk) -> None:
    records = [*numbered(2), NewRecord(b"v", partition=2, number=3), NewRecord(b"v", number=4)]
    change, outcome = await desk.write(Given(*records))
    assert outcome.state is OutcomeState.INCOMPLETE
    assert outcome.sentence == "line 3: orders has 2 partitions (0 to 1), not 2. Wrote 2 records before that."
    assert isinstance(change.tally.stopped_by, BadSettings)
    assert desk.writer.stored == records[:2]
    assert desk.results() == [("incomplete", outcome.sentence)]


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (Refused(10, "MESSAGE_TOO_LARGE", "too large"), "refused"),
        (NotPermitted(29, "TOPIC_AUTHORIZATION_FAILED", "too large."), "refused"),
        (UnknownOutcome("too large."), "unknown"),
    ],
)
async def test_a_refusal_says_how_far_it_came(desk: Desk, error: AdapterError, ended: str) -> None:
    desk.writer.fails_at, desk.writer.error = 3, error
    with pytest.raises(type(error)) as caught:
        await desk.write(Given(*numbered(5)))
    told = "too large. Wrote 2 records before that; line 3 is the first that is not known to be stored."
    assert str(caught.value) == told
    assert desk.results()[0][0] == ended
    assert desk.results()[0][1].endswith(told)
    assert desk.writer.is_closed


async def test_a_lost_broker_after_the_first_records(desk: Desk) -> None:
    desk.writer.fails_at, desk.writer.error = 3, NoAnswer("broker 1: no answer")
    change, outcome = await desk.write(Given(*numbered(5)))
    assert outcome.state is OutcomeState.INCOMPLETE
    assert change.tally.stopped_by is desk.writer.error


async def test_nothing_was_written(desk: Desk) -> None:
    desk.writer.fails_at, desk.writer.error = 0, NoAnswer("broker 1: no answer")
    with pytest.raises(NoAnswer, match="broker 1: no answer"):
        await desk.write(Given(*numbered(5)))
    assert desk.results() == [("not sent", "broker 1: no answer")]


async def test_a_plan_warns_of_partitions_without_a_leader(desk: Desk) -> None:
    desk.ground.put("orders", ((1, 2), (2, 3)), leaderless=(1,))
    plan = await desk.operator.plan(Produce("orders", Given()))
    assert plan.warnings == ("1 of its 2 partitions have no leader now.",)
    assert plan.command == "ktui produce orders"
