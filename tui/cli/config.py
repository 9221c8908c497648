"""`ktui config`: settings of topics and brokers, read, set and taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ktui.adapters.operate.configs import ConfigOwner
from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address

R = TypeVar("R")


@click.group()
def config() -> None:
    """Settings of topics and brokers."""


def _owned(command: Callable[..., R]) -> Callable[..., R]:
    """The options that say whose settings, as kafka-configs has them."""
    for option in (
        click.option("--broker-defaults", is_flag=True, help="What is set for all brokers at once."),
        click.option("--broker", type=click.IntRange(min=0), metavar="ID", help="A broker."),
        click.option("--topic", metavar="T", help="A topic."),
    ):
        command = option(command)
    return command


def _owner_of(given: dict[str, Any]) -> ConfigOwner:
    topic, broker, is_all = given.pop("topic"), given.pop("broker"), given.pop("broker_defaults")
    if sum((topic is not None, broker is not None, is_all)) != 1:
        raise click.UsageError("Give one of --topic, --broker or --broker-defaults.")
    if topic is not None:
        return ConfigOwner.topic(topic)
    return ConfigOwner.all_brokers() if is_all else ConfigOwner.broker(broker)


@config.command("get")
@click.argument("keys", metavar="[K]...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Also what nobody has set.")
@click.option("--documentation", "is_documented", is_flag=True, help="With what the broker says of each.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_owned
@connection_options
def get(
    target: Target, keys: tuple[str, ...], *, is_all: bool, is_documented: bool, as_json: bool, **given: Any
) -> None:
    """What is set, and where each value comes from; secret values are never shown."""
    from ktui.tui.cli.config_reading import get

    owner = _owner_of(given)
    require_address(target)
    run_command(lambda: get(target, owner, keys, is_all=is_all, is_documented=is_documented, as_json=as_json))


@config.command("set")
@click.argument("pairs", metavar="K=V...", nargs=-1, required=True)
@click.option(
    "--delete-config", "deletes", multiple=True, metavar="K", help="Take this one away in the same step."
)
@click.option("--validate-only", is_flag=True, help="Let the cluster check it; nothing is changed.")
@_owned
@connection_options
def set_(
    target: Target, pairs: tuple[str, ...], *, deletes: tuple[str, ...], validate_only: bool, **given: Any
) -> None:
    """Set values, one by one; everything else stays."""
    from ktui.tui.cli.config_changing import change_config, sets_of

    owner = _owner_of(given)
    sets = sets_of(pairs)
    require_address(target)
    run_command(lambda: change_config(target, owner, sets, deletes, is_dry_run=validate_only))


@config.command("delete")
@click.argument("keys", metavar="K...", nargs=-1, required=True)
@click.option("--validate-only", is_flag=True, help="Let the cluster check it; nothing is changed.")
@_owned
@connection_options
def delete(target: Target, keys: tuple[str, ...], *, validate_only: bool, **given: Any) -> None:
    """Take values away: what they inherit is in force again."""
    from ktui.tui.cli.config_changing import change_config

    owner = _owner_of(given)
    require_address(target)
    run_command(lambda: change_config(target, owner, {}, keys, is_dry_run=validate_only))
