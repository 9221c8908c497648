"""`ktui sandbox`: a real cluster on this machine, and the faults to try on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from ktui.adapters.sandbox.cluster import Sandbox, sandboxes_running
from ktui.adapters.sandbox.spec import Fault
from ktui.tui.cli.sandbox_choice import Asked, asked_spec, existing, the_one_with, to_look_at
from ktui.tui.cli.sandbox_talk import offer_to_end, say, write_traffic
from ktui.tui.cli.sandbox_text import as_document, status_lines

R = TypeVar("R")

_MODES: Final = ("kraft", "zookeeper")
_OPTIONS: Final = (
    click.option("--mode", type=click.Choice(_MODES), help="KRaft (the default) or ZooKeeper."),
    click.option("--brokers", type=click.IntRange(1, 30), metavar="N", help="Default 3."),
    click.option(
        "--controllers",
        type=click.IntRange(1, 30),
        metavar="N",
        help="KRaft controllers (default 3), or ZooKeeper servers (default 1).",
    ),
    click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="D",
        help="Where data and logs go; default: a folder of its own for each mode in the state folder.",
    ),
    click.option(
        "--property", "properties", multiple=True, metavar="K=V", help="A server property; may be repeated."
    ),
    click.option("--traffic/--no-traffic", default=None, help="Write a little into a few topics."),
)


def _with_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options and hand them over as one `asked`; what stands before the sub-command's name counts too."""

    @wraps(command)
    def with_asked(**given: Any) -> R:
        context = click.get_current_context()
        names = ("mode", "brokers", "controllers", "data_dir", "properties", "traffic")
        before: dict[str, Any] = context.meta.setdefault(__name__, {})
        for name in names:
            if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
                before[name] = given[name]
            given.pop(name)
        return command(asked=Asked(**before), **given)

    for option in reversed(_OPTIONS):
        with_asked = option(with_asked)
    return with_asked


@click.group(invoke_without_command=True)
@_with_options
@click.pass_context
def sandbox(context: click.Context, /, asked: Asked) -> int | None:
    """A real cluster on this machine, to try things on.

    Without a command: brings one up, writes a little into it, opens the console on it, and stops what it started
    when the console is left. Without a terminal it prints the picture of `ktui status` instead.
    """
    if context.invoked_subcommand is not None:
        return None
    from ktui.tui.cli.sandbox_console import run_console_on_sandbox

    return run_console_on_sandbox(asked)


@sandbox.command()
@_with_options
def up(asked: Asked) -> None:
    """Bring a cluster up and leave it running; does nothing to one that runs."""
    box = Sandbox(asked_spec(asked), say)
    offer_to_end(box)
    status = box.up()
    if status.was_running:
        say("it is already running")
    if asked.traffic:
        write_traffic(status)
    click.echo("\n".join(status_lines(box.status())))


@sandbox.command()
@click.option("--delete", "deletes_data", is_flag=True, help="Remove its data and logs, too.")
@_with_options
def down(asked: Asked, deletes_data: bool) -> None:
    """Stop the cluster, whoever started it. Its data stays for the next `up`."""
    boxes = existing(asked, say)
    for box in boxes:
        box.down(deletes_data=deletes_data)
    say("nothing of it runs" if boxes else "there is no sandbox")


@sandbox.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_with_options
def status(asked: Asked, as_json: bool) -> None:
    """Say what runs and where; offers to end what a ktui that is gone left running."""
    boxes = to_look_at(asked, say)
    shown = [box.status() for box in boxes]
    others = [folder for folder in sandboxes_running() if folder not in {seen.data_dir for seen in shown}]
    if as_json:
        click.echo(json.dumps(as_document(shown[0], others), indent=2))
        return
    click.echo("\n\n".join("\n".join(status_lines(seen)) for seen in shown))
    if others:
        click.echo("\nMore sandboxes run; `ktui sandbox down --data-dir D` ends one:")
        click.echo("\n".join(f"  {folder}" for folder in others))
    for box in boxes:
        offer_to_end(box)


@sandbox.command()
@click.argument("action", type=click.Choice([fault.value for fault in Fault]))
@click.argument("node")
@_with_options
def fault(asked: Asked, action: str, node: str) -> None:
    """Do something to a node: kill (SIGKILL), hang (SIGSTOP), resume (SIGCONT), stop (SIGTERM), restart.

    Nodes are named as `status` shows them: broker-1, controller-101, zookeeper-1.
    """
    box = the_one_with(asked, node, say)
    after = box.fault(Fault(action), node)
    state = next(seen.state for seen in after.nodes if seen.name == node)
    click.echo(f"{node} is {state}")
