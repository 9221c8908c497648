"""`ktui broker`: brokers that are gone."""

from __future__ import annotations

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def broker() -> None:
    """Unregister a broker that is gone for good."""


@broker.command("unregister")
@click.argument("broker_id", metavar="ID", type=click.IntRange(min=0))
@click.option("--confirm", "confirmed", metavar="ID", help="The id once more.")
@connection_options
def unregister(target: Target, broker_id: int, *, confirmed: str | None) -> None:
    """Let the controllers (KRaft) forget a broker that is down and will not come back."""
    from ktui.tui.cli.broker_changing import unregister

    require_address(target)
    run_command(lambda: unregister(target, broker_id, confirmed))
