"""What `ktui produce` does: one change, through the gate, fed by standard input."""

from __future__ import annotations

import json
import sys

from ktui.adapters.once import open_cluster
from ktui.adapters.operate.operations.produce import Produce, Tally
from ktui.adapters.operate.plan import Outcome
from ktui.adapters.produce.lines import Lines
from ktui.adapters.target import Target
from ktui.tui.cli.exits import Exit, complain, exit_code_of
from ktui.tui.cli.input_lines import InputRecords
from ktui.tui.present.sanitise import safe


async def produce_lines(target: Target, topic: str, lines: Lines, *, as_json: bool) -> int:
    """Write them and say where they landed."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        change = Produce(topic, InputRecords(lines))
        plan = await cluster.operator.plan(change)
        for warning in plan.warnings:
            complain(f"note: {safe(warning)}")
        outcome = await cluster.operator.apply(plan)
    return _tell(topic, outcome, change.tally, as_json=as_json)


def _tell(topic: str, outcome: Outcome, tally: Tally, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps(_summary(topic, tally)) + "\n")
    elif outcome.is_done:
        sys.stdout.write(f"{safe(outcome.sentence)}{_places(tally)}\n")
    sys.stdout.flush()
    if not outcome.is_done:
        complain(safe(outcome.sentence))
    for note in outcome.notes:
        complain(f"note: {safe(note)}")
    return Exit.DONE if tally.stopped_by is None else exit_code_of(tally.stopped_by)


def _places(tally: Tally) -> str:
    """Where they landed, while that is short enough to be read."""
    places = [
        f"partition {index}, "
        + (f"offset {at.first}" if at.first == at.last else f"offsets {at.first} to {at.last}")
        for index, at in sorted(tally.landed.items())
        if at.first is not None and at.last is not None
    ]
    return f" {places[0][:1].upper()}{places[0][1:]}." if len(places) == 1 else ""


def _summary(topic: str, tally: Tally) -> dict[str, object]:
    return {
        "topic": topic,
        "records": tally.records,
        "partitions": [
            {"partition": index, "records": at.records, "first": at.first, "last": at.last}
            for index, at in sorted(tally.landed.items())
        ],
    }
