"""What `ktui group reset`, `delete` and `delete-offsets` do: through the operator, as the console does."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from ktui.adapters.once import open_cluster
from ktui.adapters.operate.operations.delete_group import DeleteGroup
from ktui.adapters.operate.operations.delete_group_offsets import DeleteGroupOffsets
from ktui.adapters.operate.operations.reset_offsets import Aim, ResetOffsets, parse_only
from ktui.adapters.tail.times import moment_ms
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import carry_out, show_plan


def reset_of(
    group: str,
    *,
    to_earliest: bool,
    to_latest: bool,
    to_offset: int | None,
    to_time: str | None,
    shift_by: int | None,
    topics: Sequence[str],
) -> ResetOffsets:
    """The options as a value; UsageError unless exactly one says where to."""
    aims: list[tuple[Aim, int]] = []
    aims += [(Aim.EARLIEST, 0)] if to_earliest else []
    aims += [(Aim.LATEST, 0)] if to_latest else []
    aims += [(Aim.OFFSET, to_offset)] if to_offset is not None else []
    aims += [(Aim.TIME, _moment(to_time))] if to_time is not None else []
    aims += [(Aim.SHIFT, shift_by)] if shift_by is not None else []
    if len(aims) != 1:
        raise click.UsageError(
            "Give one of --to-earliest, --to-latest, --to-offset, --to-time and --shift-by."
        )
    aim, value = aims[0]
    return ResetOffsets(group, aim, value, tuple(parse_only(text) for text in topics))


def _moment(text: str) -> int:
    try:
        return moment_ms(text, round(time.time() * 1000))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


async def reset_offsets(target: Target, change: ResetOffsets, *, executes: bool) -> int:
    """Without `executes` nothing is sent: the offsets as they would be."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        if executes:
            return await carry_out(cluster.operator, change)
        return await show_plan(cluster.operator, change, then="with --execute it is.")


async def delete_group(target: Target, group: str, confirmed: str | None) -> int:
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        return await carry_out(cluster.operator, DeleteGroup(group), confirmed=confirmed)


async def delete_offsets(target: Target, group: str, topics: Sequence[str], confirmed: str | None) -> int:
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        change = DeleteGroupOffsets(group, tuple(topics))
        return await carry_out(cluster.operator, change, confirmed=confirmed)
