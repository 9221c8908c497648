"""What `ktui topic create` and `ktui topic delete` do: through the operator, as the console does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from ktui.adapters.errors import BadSettings, GuardRefused
from ktui.adapters.once import open_cluster
from ktui.adapters.operate.definition import topic_id_text
from ktui.adapters.operate.guard import GuardName
from ktui.adapters.operate.operation import Known
from ktui.adapters.operate.operations.add_partitions import AddPartitions
from ktui.adapters.operate.operations.delete_records import DeleteRecords
from ktui.adapters.operate.operator import Operator
from ktui.adapters.operate.plan import Plan
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic, check_create, parse_assignment, parse_configs
from ktui.adapters.tail.times import moment_ms
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import carry_out, is_interactive, report_lost, say, tell, typed_line, validate
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.present.formats import counted, number, size_in_words
from ktui.tui.present.sanitise import safe


def spec_of(
    name: str,
    *,
    partitions: int | None,
    replication_factor: int | None,
    configs: Sequence[str],
    replica_assignment: str | None,
) -> CreateTopic:
    """The options of `create` as a value; BadSettings says which cannot be used."""
    assignment = None if replica_assignment is None else parse_assignment(replica_assignment)
    spec = CreateTopic(name, partitions, replication_factor, parse_configs(configs), assignment)
    check_create(spec)
    return spec


async def create_topic(target: Target, spec: CreateTopic, *, is_dry_run: bool) -> int:
    """Create it and say what was created; a dry run says what would be."""
    async with open_cluster(target) as cluster:
        snapshot = await cluster.snapshot()
        operator = cluster.operator
        plan = await operator.plan(spec, known=Known(topic.name for topic in snapshot.topics))
        for warning in plan.warnings:
            complain(f"note: {safe(warning)}")
        if is_dry_run:
            say(await _validated(operator, spec))
            return Exit.DONE
        return tell(await operator.apply(plan, report=report_lost))


async def _validated(operator: Operator, spec: CreateTopic) -> str:
    answer = await operator.validate(spec)
    shape = ""
    if answer.partitions is not None and answer.replication_factor is not None:
        shape = (
            f" with {counted(answer.partitions, 'partition')} and "
            f"replication factor {answer.replication_factor}"
        )
    return f"{spec.name} could be created{shape}; nothing was created."


async def delete_topics(target: Target, names: Sequence[str], confirmed: Sequence[str]) -> int:
    """Plan all, have all names confirmed, then delete one after the other; stops at the first that is refused."""
    asked = list(dict.fromkeys(names))
    _check_confirmed(asked, confirmed)
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        operator = cluster.operator
        plans = [await operator.plan(DeleteTopic(name)) for name in asked]
        typed = {plan.name: await _typed_name(plan, confirmed) for plan in plans}
        codes = []
        for plan in _offender_or_all(plans, typed):
            outcome = await operator.apply(plan, typed=typed[plan.name], report=report_lost)
            codes.append(tell(outcome))
    return max(codes)


def _check_confirmed(names: Sequence[str], confirmed: Sequence[str]) -> None:
    """Before anybody is asked: a name that fits no topic is a mistake, a missing one can only be typed."""
    for name in confirmed:
        if name not in names:
            raise GuardRefused(
                GuardName.NAME, f"Nothing was deleted: --confirm {safe(name)} fits none of the topics given."
            )
    missing = [name for name in names if name not in confirmed]
    if missing and not is_interactive():
        raise GuardRefused(
            GuardName.NAME,
            f"Nothing was deleted: the name of {safe(missing[0])} was not confirmed; without a terminal to "
            f"type it on, give --confirm {safe(missing[0])}.",
        )


async def _typed_name(plan: Plan, confirmed: Sequence[str]) -> str | None:
    """What was typed or given; None where a guard will refuse whatever is typed."""
    if plan.refusals:
        return None
    if plan.name in confirmed:
        return plan.name
    return await typed_line("\n".join(_impact_lines(plan)) + "\nType the name to delete it: ")


def _offender_or_all(plans: Sequence[Plan], typed: Mapping[str, str | None]) -> Sequence[Plan]:
    """All or none: the first plan that the guard will refuse stands for all, so that no other is sent before it."""
    return next(([plan] for plan in plans if plan.refusals or typed[plan.name] != plan.name), plans)


def _impact_lines(plan: Plan) -> list[str]:
    impact = plan.impact
    assert impact is not None
    lines = [
        f"{safe(plan.name)}  id {topic_id_text(impact.topic_id) or '?'}  "
        f"{counted(impact.partitions or 0, 'partition')}  RF {number(impact.replication_factor)}  "
        f"size {size_in_words(impact.size_bytes)}  on cluster {safe(plan.cluster_id or '?')}"
    ]
    return lines + [f"  {safe(warning)}" for warning in plan.warnings]


async def alter_topic(target: Target, change: AddPartitions, *, is_dry_run: bool) -> int:
    """More partitions; the command itself is the yes."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        if is_dry_run:
            could = f"{change.topic} could get {counted(change.count, 'partition')}"
            return await validate(cluster.operator, change, could=could)
        return await carry_out(cluster.operator, change)


async def cut_topic(target: Target, change: DeleteRecords, confirmed: str | None) -> int:
    """Delete the oldest records, after the topic's name was given or typed."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        return await carry_out(cluster.operator, change, confirmed=confirmed)


def moment(text: str) -> int:
    """Milliseconds since the epoch; BadSettings says what is wrong with it."""
    try:
        return moment_ms(text, round(time.time() * 1000))
    except ValueError as error:
        raise BadSettings(f"--before: {error}.") from None
