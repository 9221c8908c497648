"""`ktui user list`."""

from __future__ import annotations

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def user() -> None:
    """Users with SCRAM credentials."""


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def list_users(target: Target, *, as_json: bool) -> None:
    """Names, mechanisms and iterations; the cluster never tells secrets."""
    from ktui.tui.cli.access_reading import list_users

    require_address(target)
    run_command(lambda: list_users(target, as_json=as_json))
