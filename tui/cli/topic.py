"""`ktui topic`: list, describe, create and delete, with the options that kafka-topics has."""

from __future__ import annotations

from typing import Any

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.group()
def topic() -> None:
    """List, describe, create, change and delete topics."""


@topic.command("list")
@click.option(
    "--under-replicated-partitions", "under_replicated", is_flag=True, help="Partitions with ISR < replicas."
)
@click.option("--unavailable-partitions", "unavailable", is_flag=True, help="Partitions without a leader.")
@click.option(
    "--under-min-isr-partitions", "under_min_isr", is_flag=True, help="Partitions with ISR < min ISR."
)
@click.option(
    "--at-min-isr-partitions", "at_min_isr", is_flag=True, help="Partitions with ISR = min ISR < replicas."
)
@click.option("--exclude-internal", is_flag=True, help="Leave out the topics of Kafka's own.")
@click.option(
    "--rates",
    "rates_s",
    type=click.FloatRange(min=0.1, max=86_400),
    metavar="SECONDS",
    help="Messages and bytes a second, measured over so many seconds.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def list_topics(target: Target, **given: Any) -> None:
    """All topics, or the partitions that one of the flags asks for."""
    from ktui.tui.cli.topic_reading import Question, list_topics

    require_address(target)
    question = Question(**given)
    if question.rates_s is not None and question.is_about_partitions:
        raise click.UsageError("--rates is about topics; leave out the flags that ask for partitions.")
    run_command(lambda: list_topics(target, question))


@topic.command("describe")
@click.argument("topics", metavar="T...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def describe_topics(target: Target, topics: tuple[str, ...], *, as_json: bool) -> None:
    """Partitions with leader, replicas, ISR and offsets, and the configuration."""
    from ktui.tui.cli.topic_reading import describe_topics

    require_address(target)
    run_command(lambda: describe_topics(target, topics, as_json=as_json))


@topic.command("create")
@click.argument("name", metavar="T")
@click.option("--partitions", type=int, metavar="N", help="Default: as the cluster's configuration says.")
@click.option(
    "--replication-factor", type=int, metavar="N", help="Default: as the cluster's configuration says."
)
@click.option(
    "--config", "configs", multiple=True, metavar="K=V", help="Configuration of the topic; again for more."
)
@click.option("--replica-assignment", metavar="ID:ID,ID:ID", help="Brokers by colon, partitions by comma.")
@click.option("--validate-only", is_flag=True, help="Let the controller check it; nothing is created.")
@connection_options
def create_topic(target: Target, **given: Any) -> None:
    """Create a topic and wait until every partition has a leader."""
    from ktui.tui.cli.topic_changing import create_topic, spec_of

    require_address(target)
    is_dry_run = given.pop("validate_only")
    spec = spec_of(**given)
    run_command(lambda: create_topic(target, spec, is_dry_run=is_dry_run))


@topic.command("delete")
@click.argument("topics", metavar="T...", nargs=-1, required=True)
@click.option(
    "--confirm", "confirmed", multiple=True, metavar="NAME", help="The name once more, for each topic."
)
@connection_options
def delete_topics(target: Target, topics: tuple[str, ...], *, confirmed: tuple[str, ...]) -> None:
    """Delete topics, each by its id, after its name was typed or given with --confirm."""
    from ktui.tui.cli.topic_changing import delete_topics

    require_address(target)
    run_command(lambda: delete_topics(target, topics, confirmed))


@topic.command("alter")
@click.argument("name", metavar="T")
@click.option("--partitions", type=int, required=True, metavar="N", help="Of all partitions afterwards.")
@click.option("--replica-assignment", metavar="ID:ID,ID:ID", help="Brokers of each new partition.")
@click.option("--validate-only", is_flag=True, help="Let the controller check it; nothing is changed.")
@connection_options
def alter_topic(
    target: Target, name: str, *, partitions: int, replica_assignment: str | None, validate_only: bool
) -> None:
    """Add partitions; there is no way back, and keys go to other partitions from then on."""
    from ktui.adapters.operate.operations.add_partitions import AddPartitions
    from ktui.adapters.operate.spec import parse_assignment
    from ktui.tui.cli.topic_changing import alter_topic

    require_address(target)
    assignment = None if replica_assignment is None else parse_assignment(replica_assignment)
    change = AddPartitions(name, partitions, assignment)
    run_command(lambda: alter_topic(target, change, is_dry_run=validate_only))


@topic.command("delete-records")
@click.argument("name", metavar="T")
@click.option("--before-offset", type=int, metavar="N", help="Records below this offset.")
@click.option("--before", metavar="TIME", help="Records older than this: ISO 8601, milliseconds, or -5m.")
@click.option(
    "--partition", "partitions", type=int, multiple=True, metavar="P", help="Only this one; again for more."
)
@click.option("--confirm", "confirmed", metavar="NAME", help="The topic's name once more.")
@connection_options
def delete_records(
    target: Target,
    name: str,
    *,
    before_offset: int | None,
    before: str | None,
    partitions: tuple[int, ...],
    confirmed: str | None,
) -> None:
    """Delete the oldest records of a topic, up to an offset or a time; they cannot be brought back."""
    from ktui.adapters.operate.operations.delete_records import DeleteRecords
    from ktui.tui.cli.topic_changing import cut_topic, moment

    if (before_offset is None) == (before is None):
        raise click.UsageError("Give --before-offset or --before.")
    require_address(target)
    time_ms = None if before is None else moment(before)
    change = DeleteRecords(name, before_offset, time_ms, partitions or None)
    run_command(lambda: cut_topic(target, change, confirmed))
