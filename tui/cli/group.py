"""`ktui group`: list and describe."""

from __future__ import annotations

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def group() -> None:
    """List and describe groups: members, committed offsets, lag."""


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
