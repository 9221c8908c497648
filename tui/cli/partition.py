"""`ktui partition`: leaders elected, partitions moved, moves watched and cancelled."""

from __future__ import annotations

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def partition() -> None:
    """Preferred leaders, and moves from broker to broker."""


@partition.command("elect")
@click.argument("partitions", metavar="[T[:P,P]]...", nargs=-1)
@click.option("--all-topic-partitions", "is_all", is_flag=True, help="All that another replica leads.")
@connection_options
def elect(target: Target, partitions: tuple[str, ...], *, is_all: bool) -> None:
    """Give partitions back to their preferred leaders: orders, orders:0,3."""
    from ktui.tui.cli.partition_changing import elect

    if bool(partitions) == is_all:
        raise click.UsageError("Name partitions, or give --all-topic-partitions.")
    require_address(target)
    run_command(lambda: elect(target, partitions))


@partition.command("reassign")
@click.option(
    "--topic", "topics", multiple=True, metavar="T", help="Only partitions of this topic; again for more."
)
@click.option(
    "--replication-factor", "factor", type=int, metavar="N", help="Other replicas until there are so many."
)
@click.option("--from-broker", type=int, metavar="ID", help="Move everything off this broker.")
@click.option("--move", "moves", multiple=True, metavar="T:P=ID:ID", help="One partition, to these brokers.")
@click.option(
    "--reassignment-json-file", metavar="FILE", help="Moves as kafka-reassign-partitions reads them."
)
@click.option(
    "--throttle", type=int, metavar="BYTES", help="So many bytes a second for each broker, until it is done."
)
@click.option("--execute", "is_real", is_flag=True, help="Do it; without, the plan is shown.")
@click.option("--no-wait", is_flag=True, help="Do not wait until the partitions have arrived.")
@connection_options
def reassign(
    target: Target,
    topics: tuple[str, ...],
    *,
    factor: int | None,
    from_broker: int | None,
    moves: tuple[str, ...],
    reassignment_json_file: str | None,
    throttle: int | None,
    is_real: bool,
    no_wait: bool,
) -> None:
    """Move partitions: another replication factor, off a broker, or as told one by one."""
    from ktui.tui.cli.partition_changing import Wanted, reassign

    wanted = Wanted(topics, factor, from_broker, moves, reassignment_json_file)
    if wanted.ways != 1:
        raise click.UsageError(
            "Give one of --replication-factor, --from-broker, --move or --reassignment-json-file."
        )
    if factor is not None and not topics:
        raise click.UsageError("--replication-factor needs --topic.")
    require_address(target)
    run_command(lambda: reassign(target, wanted, throttle=throttle, is_real=is_real, waits=not no_wait))


@partition.command("reassignments")
@click.option("--clear-throttle", is_flag=True, help="Take off a throttle that a move has left behind.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def reassignments(target: Target, *, clear_throttle: bool, as_json: bool) -> None:
    """The moves that are running, and how far they are."""
    from ktui.tui.cli.partition_changing import clear_throttle as clear
    from ktui.tui.cli.partition_reading import reassignments

    require_address(target)
    run_command(lambda: clear(target) if clear_throttle else reassignments(target, as_json=as_json))


@partition.command("cancel")
@click.argument("partitions", metavar="[T[:P,P]]...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="All that are being moved.")
@connection_options
def cancel(target: Target, partitions: tuple[str, ...], *, is_all: bool) -> None:
    """Stop moves: the partitions stay on the brokers that they had."""
    from ktui.tui.cli.partition_changing import cancel

    if bool(partitions) == is_all:
        raise click.UsageError("Name partitions, or give --all.")
    require_address(target)
    run_command(lambda: cancel(target, partitions))
