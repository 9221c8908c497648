"""`ktui group`: list, describe, set offsets, delete."""

from __future__ import annotations

from typing import Any

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def group() -> None:
    """Groups: members, committed offsets, lag."""


@group.command("list")
@click.option("--lag", "with_lag", is_flag=True, help="Members and lag too: asks for every group's offsets.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def list_groups(target: Target, *, with_lag: bool, as_json: bool) -> None:
    """All groups that this principal may Describe, with type, state and coordinator."""
    from ktui.tui.cli.group_reading import list_groups

    require_address(target)
    run_command(lambda: list_groups(target, with_lag=with_lag, as_json=as_json))


@group.command("describe")
@click.argument("groups", metavar="G...", nargs=-1, required=True)
@click.option(
    "--rates",
    "over_s",
    type=click.FloatRange(min=1, max=3_600),
    metavar="SECONDS",
    help="Lag trend, time to catch up and status, watched for so many seconds (status: at least 20).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def describe_groups(target: Target, groups: tuple[str, ...], *, over_s: float | None, as_json: bool) -> None:
    """Members with what is assigned to them; committed offset, end and lag of every partition."""
    from ktui.tui.cli.group_reading import describe_groups

    require_address(target)
    run_command(lambda: describe_groups(target, groups, over_s=over_s, as_json=as_json))


@group.command("reset")
@click.argument("name", metavar="G")
@click.option("--to-earliest", is_flag=True, help="To the first record of each partition.")
@click.option("--to-latest", is_flag=True, help="To the end of each partition.")
@click.option("--to-offset", type=int, metavar="N", help="To this offset.")
@click.option("--to-time", metavar="TIME", help="To the first record as new: ISO 8601, milliseconds, or -2h.")
@click.option("--shift-by", type=int, metavar="N", help="So many records on, or back below zero.")
@click.option(
    "--topic", "topics", multiple=True, metavar="T[:P,P]", help="Only these; default: all that it committed."
)
@click.option("--execute", "executes", is_flag=True, help="Do it; without, what would be done is shown.")
@connection_options
def reset(target: Target, name: str, *, executes: bool, **given: Any) -> None:
    """Set the committed offsets of a group without members; a dry run unless --execute."""
    from ktui.tui.cli.group_changing import reset_of, reset_offsets

    require_address(target)
    change = reset_of(name, **given)
    run_command(lambda: reset_offsets(target, change, executes=executes))


@group.command("delete")
@click.argument("name", metavar="G")
@click.option("--confirm", "confirmed", metavar="NAME", help="The name once more.")
@connection_options
def delete(target: Target, name: str, *, confirmed: str | None) -> None:
    """Delete a group without members, with all its offsets."""
    from ktui.tui.cli.group_changing import delete_group

    require_address(target)
    run_command(lambda: delete_group(target, name, confirmed))


@group.command("delete-offsets")
@click.argument("name", metavar="G")
@click.option(
    "--topic", "topics", multiple=True, required=True, metavar="T", help="On this topic; again for more."
)
@click.option("--confirm", "confirmed", metavar="NAME", help="The group's name once more.")
@connection_options
def delete_offsets(target: Target, name: str, *, topics: tuple[str, ...], confirmed: str | None) -> None:
    """Delete the offsets of a group on topics that none of its members reads."""
    from ktui.tui.cli.group_changing import delete_offsets

    require_address(target)
    run_command(lambda: delete_offsets(target, name, topics, confirmed))
