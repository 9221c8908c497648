"""`ktui tail`: the records of a topic, filtered, from anywhere, to an end or for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from ktui.adapters.tail import conditions
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.filter_text import compiled, parse_filter, partitions_of
from ktui.adapters.tail.keys import KeyFormat, key_bytes
from ktui.adapters.tail.spec import POLITE_BYTES_PER_S, Isolation, TailSpec
from ktui.adapters.tail.start import EARLIEST, LATEST, parse_start
from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address

T = TypeVar("T")


@click.command()
@click.argument("topic", metavar="T")
@click.option("--key", metavar="K", help="Records with exactly this key.")
@click.option("--key-regex", metavar="R", help="Records whose key matches this regular expression somewhere.")
@click.option(
    "--key-format",
    type=click.Choice([str(form) for form in KeyFormat]),
    default="text",
    show_default=True,
    help="How K is written.",
)
@click.option(
    "--where",
    metavar="FILTER",
    multiple=True,
    help="""What must hold besides, as key^=c4, value*=error, value~REGEX, header.trace=abc, time<-5m, tombstone,
    '.amount > 100 and .customer == "c42"', !TERM for the opposite; again for more.""",
)
@click.option(
    "--from",
    "start",
    metavar="WHERE",
    help="""earliest, latest, -N (so many back in each partition), +OFFSET, or a moment: ISO 8601, milliseconds
    since 1970, -5m. Default: latest with -f, else earliest.""",
)
@click.option("--partition", "partitions", metavar="P", multiple=True, help="Only these: 3, or 0,4-6.")
@click.option(
    "--all-partitions", is_flag=True, help="Read all also where the key's partition seems to be known."
)
@click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="End after so many records.")
@click.option(
    "--max-bytes-per-second",
    "bytes_per_s",
    type=click.IntRange(min=1),
    metavar="B",
    help=f"From all brokers together. Default: {POLITE_BYTES_PER_S:,} with -f, else no limit.",
)
@click.option(
    "-f", "--follow", "follows", is_flag=True, help="Go on at the end with what is written from then on."
)
@click.option(
    "--isolation-level",
    "isolation",
    type=click.Choice([str(level) for level in Isolation]),
    default=str(Isolation.READ_COMMITTED),
    show_default=True,
    help="Without or with records of transactions that are open or aborted.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a record, and one about all on standard error."
)
@connection_options
def tail(target: Target, *, as_json: bool, **given: Any) -> None:
    """The records of a topic. It ends at the offsets that it found when it started, unless -f is given.

    It joins no group and commits nothing. With --key it reads the one partition that the key belongs to, if
    samples show how the producers choose partitions: evidence, not proof. --all-partitions is proof.
    """
    from ktui.tui.cli.tailing import tail_topic

    require_address(target)
    spec = spec_of(**given)
    run_command(lambda: tail_topic(target, spec, as_json=as_json))


def spec_of(
    *,
    topic: str,
    key: str | None,
    key_regex: str | None,
    key_format: str,
    where: tuple[str, ...],
    start: str | None,
    partitions: tuple[str, ...],
    all_partitions: bool,
    most: int | None,
    bytes_per_s: int | None,
    follows: bool,
    isolation: str,
) -> TailSpec:
    """What the options come down to; click.UsageError for what cannot be."""
    if key is not None and key_regex is not None:
        raise click.UsageError("--key and --key-regex exclude each other; put one of them into --where.")
    now_ms = time.time_ns() // 1_000_000
    wanted = Filter()
    if partitions:
        wanted = wanted.joined(Filter((), _used(partitions_of, ",".join(partitions))))
    if key is not None:
        wanted = wanted.joined(Filter((conditions.KeyIs(_used(key_bytes, key, KeyFormat(key_format))),)))
    if key_regex is not None:
        wanted = wanted.joined(Filter((conditions.KeyMatches(_used(compiled, key_regex)),)))
    for text in where:
        wanted = wanted.joined(_used(parse_filter, text, now_ms))
    default = LATEST if follows else EARLIEST
    return TailSpec(
        topic,
        start=default if start is None else _used(parse_start, start, now_ms),
        filter=wanted,
        follows=follows,
        reads_all_partitions=all_partitions,
        max_records=most,
        bytes_per_s=bytes_per_s or (POLITE_BYTES_PER_S if follows else None),
        isolation=Isolation(isolation),
    )


def _used(parse: Callable[..., T], *given: Any) -> T:
    try:
        return parse(*given)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
