"""`ktui status`: one picture of the cluster, for people or as JSON, with an exit code for scripts."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Final

import click

from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.target import Target
from ktui.tui.cli.console import target_of
from ktui.tui.cli.exits import Exit, run_command
from ktui.tui.cli.options import connection_options, require_address
from ktui.tui.cli.status_json import status_document
from ktui.tui.cli.status_text import status_lines

PROBLEMS_SHOWN: Final = 1_000
PROBLEMS_PRINTED: Final = 20


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--all", "is_all", is_flag=True, help="Every problem, not only the worst 1,000.")
@click.option(
    "--watch", "watch_s", type=click.FloatRange(min=0.2), metavar="SECONDS", help="Again and again."
)
@connection_options
def status(target: Target, *, as_json: bool, is_all: bool, watch_s: float | None) -> None:
    """One picture of the cluster: mode, controller, brokers, counts, problems, what could not be read.

    Exits 0 when it is healthy, 1 with offline or under-min-ISR partitions, without a controller or with a
    broker missing, 2 without a connection.
    """
    require_address(target)
    limit = None if is_all else PROBLEMS_SHOWN
    run_command(lambda: _status(target, as_json=as_json, limit=limit, watch_s=watch_s))


def print_status(
    *, bootstrap_servers: str | None, bootstrap_controllers: str | None, zookeeper: str | None
) -> int:
    """Print one picture for people; returns the exit code of `status`."""
    target = target_of(bootstrap_servers, bootstrap_controllers, zookeeper)
    return asyncio.run(_status(target, as_json=False, limit=PROBLEMS_SHOWN, watch_s=None))


async def _status(target: Target, *, as_json: bool, limit: int | None, watch_s: float | None) -> int:
    from ktui.adapters.once import open_cluster

    async with open_cluster(target) as cluster:
        while True:
            snapshot = await cluster.snapshot()
            _print(snapshot, as_json=as_json, limit=limit)
            if watch_s is None:
                return verdict(snapshot)
            await asyncio.sleep(watch_s)


def _print(snapshot: ClusterSnapshot, *, as_json: bool, limit: int | None) -> None:
    if as_json:
        sys.stdout.write(json.dumps(status_document(snapshot, limit=limit), ensure_ascii=False) + "\n")
    else:
        shown = PROBLEMS_PRINTED if limit is not None else None
        sys.stdout.write("\n".join(status_lines(snapshot, limit=shown)) + "\n")
    sys.stdout.flush()


def verdict(snapshot: ClusterSnapshot) -> Exit:
    """Healthy enough, or not."""
    health = snapshot.topics.health
    is_missing = any(broker.state is BrokerState.MISSING for broker in snapshot.brokers)
    if health.offline or health.under_min_isr or is_missing or snapshot.controller is None:
        return Exit.UNHEALTHY
    return Exit.DONE
