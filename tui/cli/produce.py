"""`ktui produce`: standard input to records of one topic."""

from __future__ import annotations

import click

from ktui.adapters.errors import BadSettings
from ktui.adapters.produce.lines import JsonLines, Lines, TextLines, parse_header
from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address


@click.command()
@click.argument("topic", metavar="T")
@click.option("--key", metavar="K", help="Key of every record.")
@click.option("--key-separator", metavar="S", help="What stands before the first S of a line is its key.")
@click.option(
    "--header", "headers", multiple=True, metavar="K=V", help="Header of every record; again for more."
)
@click.option(
    "--partition",
    type=click.IntRange(min=0),
    metavar="P",
    help="Default: by the key, as Java's producer does.",
)
@click.option("--json", "as_json", is_flag=True, help="Lines as `ktui tail --json` writes them.")
@click.option("--keep-partition", is_flag=True, help="With --json: into the partition that each line names.")
@click.option("--keep-timestamp", is_flag=True, help="With --json: with the timestamp that each line has.")
@connection_options
def produce(target: Target, topic: str, *, as_json: bool, **given: object) -> None:
    """Write standard input to a topic, a record a line. Acknowledged by all in-sync replicas, each once.

    The topic must be there. `ktui tail A --json | ktui produce B --json` copies records with keys, values and headers.
    """
    from ktui.tui.cli.producing import produce_lines

    require_address(target)
    lines = lines_of(as_json=as_json, **given)  # type: ignore[arg-type]
    run_command(lambda: produce_lines(target, topic, lines, as_json=as_json))


def lines_of(
    *,
    as_json: bool,
    key: str | None,
    key_separator: str | None,
    headers: tuple[str, ...],
    partition: int | None,
    keep_partition: bool,
    keep_timestamp: bool,
) -> Lines:
    """How lines are read; BadSettings for options that exclude each other."""
    key_bytes = None if key is None else _bytes(key)
    given = tuple(map(parse_header, headers))
    if as_json:
        if key_separator is not None:
            raise BadSettings("--key-separator is for lines of text; with --json the key is in the line")
        if keep_partition and partition is not None:
            raise BadSettings("--partition and --keep-partition exclude each other")
        return JsonLines(
            key_bytes, given, partition, keeps_partition=keep_partition, keeps_timestamp=keep_timestamp
        )
    if keep_partition or keep_timestamp:
        raise BadSettings("--keep-partition and --keep-timestamp go with --json")
    if key_separator is not None:
        if key is not None:
            raise BadSettings("--key and --key-separator exclude each other")
        if not key_separator:
            raise BadSettings("--key-separator must not be empty")
    return TextLines(key_bytes, None if key_separator is None else _bytes(key_separator), given, partition)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
