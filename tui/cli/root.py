"""The commands, each imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import Any, Final

import click

from ktui import __version__
from ktui.adapters.errors import AdapterError
from ktui.tui.cli.exits import complain, exit_code_of, leave
from ktui.tui.cli.options import add_connection_options
from ktui.tui.cli.screens import SCREENS

_CONSOLE_OPTIONS: Final = (
    click.option("--screen", type=click.Choice(SCREENS), help="Open the console on this screen."),
    click.option("--topic", metavar="T", help="Open the console on this topic."),
    click.option(
        "--schema-registry",
        metavar="URL",
        envvar="KTUI_SCHEMA_REGISTRY",
        help="Confluent-compatible schema registry for keys and values.",
    ),
    click.option("--utc", is_flag=True, help="Show times in UTC; the key U switches."),
)

_COMMANDS: Final = {
    "status": (
        "ktui.tui.cli.status",
        "status",
        "One picture of the cluster; exits 1 when it is not healthy.",
    ),
    "events": ("ktui.tui.cli.events", "events", "The stream of changes, one a line, until interrupted."),
    "topic": ("ktui.tui.cli.topic", "topic", "List, describe, create, change and delete topics."),
    "config": ("ktui.tui.cli.config", "config", "Settings of topics and brokers: get, set, delete."),
    "partition": ("ktui.tui.cli.partition", "partition", "Preferred leaders; moves from broker to broker."),
    "broker": ("ktui.tui.cli.broker", "broker", "Unregister a broker that is gone."),
    "completion": ("ktui.tui.cli.completion", "completion", "The script for bash, zsh or fish."),
    "doctor": ("ktui.tui.cli.doctor", "doctor", "What is installed, what is reached, which step fails."),
    "tail": ("ktui.tui.cli.tail", "tail", "The records of a topic, by key or another filter."),
    "produce": (
        "ktui.tui.cli.produce",
        "produce",
        "Write standard input to a topic, a record a line.",
    ),
    "group": ("ktui.tui.cli.group", "group", "Groups: members, offsets, lag; set offsets, delete."),
    "record": ("ktui.tui.cli.record", "record", "Record what the console would show to a file."),
    "replay": ("ktui.tui.cli.replay", "replay", "Play a recording through the screens of the console."),
    "demo": ("ktui.tui.cli.demo", "demo", "Play a recorded incident; needs nothing else."),
    "acl": ("ktui.tui.cli.acl", "acl", "Access rules, and what a principal may do by them."),
    "user": ("ktui.tui.cli.user", "user", "Users with SCRAM credentials."),
    "quota": ("ktui.tui.cli.quota", "quota", "Limits of users, clients and addresses."),
    "sandbox": ("ktui.tui.cli.sandbox", "sandbox", "A real cluster on this machine, to try things on."),
}


class LazyGroup(click.Group):
    """Loads a command's module when the command is used; the list shows the short help kept here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, _, short) in _COMMANDS.items()])


@click.pass_context
def _console(context: click.Context, /, **given: Any) -> int | None:
    if context.invoked_subcommand is not None:
        context.obj = given
        return None
    from ktui.tui.cli.console import console

    return console(given)


def _root() -> click.Group:
    callback = add_connection_options(_console)
    for option in reversed(_CONSOLE_OPTIONS):
        callback = option(callback)
    group = LazyGroup(
        "ktui",
        callback=callback,
        params=list(reversed(getattr(callback, "__click_params__", []))),
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=(
            "A terminal console for Apache Kafka, on ZooKeeper and on KRaft.\n\n"
            "Without a command it opens the console: ktui -b HOST:PORT, or ktui -z HOST:PORT."
        ),
    )
    return click.version_option(__version__, prog_name="ktui", message="%(prog)s %(version)s")(group)


def run() -> None:
    """Parse the command line and end the process with the right code."""
    try:
        code = _root().main(prog_name="ktui", standalone_mode=False)
    except click.ClickException as error:
        complain(_one_line(error))
        leave(2)
    except click.Abort:
        leave(130)
    except AdapterError as error:
        complain(str(error))
        leave(exit_code_of(error))
    except BrokenPipeError:
        leave(0)
    leave(code if isinstance(code, int) else 0)


def _one_line(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    hint = f" (see {context.command_path} --help)" if context is not None else ""
    return " ".join(error.format_message().split()) + hint
