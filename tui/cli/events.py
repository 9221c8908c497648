"""`ktui events`: the stream of changes, until interrupted."""

from __future__ import annotations

import asyncio

import click

from ktui.adapters.target import Target
from ktui.tui.cli.exits import complain, run_command
from ktui.tui.cli.options import connection_options, require_address
from ktui.tui.cli.output import Output
from ktui.tui.present.formats import counted


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for every single change.")
@connection_options
def events(target: Target, *, as_json: bool) -> None:
    """The stream of changes, one a line, until interrupted.

    Without --json what has one cause is one line, told again when it grew or ended. With it every change is a line,
    and the line of a cause comes before the lines of what it caused.
    """
    require_address(target)
    run_command(lambda: _events(target, as_json=as_json))


async def _events(target: Target, *, as_json: bool) -> int:
    from ktui.adapters.once import open_cluster
    from ktui.tui.cli.event_lines import FoldedLines, RawLines

    async with open_cluster(target) as cluster:
        output = Output()
        lines = RawLines(cluster.timeline) if as_json else FoldedLines(cluster.timeline)
        tasks = [asyncio.create_task(lines.write(output)), asyncio.create_task(output.gone())]
        try:
            snapshot = await cluster.connected()
            if not as_json:
                watched = counted(len(snapshot.brokers), "broker")
                complain(f"watching {watched}: what changes is printed as it is seen")
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
    return 0
