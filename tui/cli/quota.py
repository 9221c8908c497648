"""`ktui quota list`."""

from __future__ import annotations

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def quota() -> None:
    """Limits of users, clients and addresses."""


@quota.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def list_quotas(target: Target, *, as_json: bool) -> None:
    """All limits, with whom they are for."""
    from ktui.tui.cli.access_reading import list_quotas

    require_address(target)
    run_command(lambda: list_quotas(target, as_json=as_json))
