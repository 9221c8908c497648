"""What `ktui group list` and `ktui group describe` ask and print."""

from __future__ import annotations

from collections.abc import Sequence

from ktui.adapters.errors import NoAnswer
from ktui.adapters.kafka.groups.once import GroupReader
from ktui.adapters.once import open_cluster
from ktui.adapters.target import Target
from ktui.tui.cli.colour import takes_colour
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.cli.group_json import describe_document, list_document
from ktui.tui.cli.group_text import describe_lines, list_lines
from ktui.tui.cli.printing import print_json, print_lines, tell_faults
from ktui.tui.present.sanitise import safe


async def list_groups(target: Target, *, with_lag: bool, as_json: bool) -> int:
    """Print all groups."""
    async with open_cluster(target) as cluster:
        reader = GroupReader(cluster.pool, await cluster.snapshot(), timeout_s=target.timeout_s)
        groups = list((await reader.list_all()).values())
        _check(reader, groups)
        details = await reader.details(groups) if with_lag else None
    if as_json:
        print_json(list_document(groups, details, reader.faults))
    else:
        print_lines(list_lines(groups, details, is_coloured=takes_colour()))
        tell_faults(reader.faults)
    return Exit.DONE


async def describe_groups(
    target: Target, names: Sequence[str], *, over_s: float | None, as_json: bool
) -> int:
    """Print the groups that there are, complain of those that there are not."""
    asked = list(dict.fromkeys(names))
    async with open_cluster(target) as cluster:
        reader = GroupReader(cluster.pool, await cluster.snapshot(), timeout_s=target.timeout_s)
        known = await reader.list_all()
        groups = [known[name] for name in asked if name in known]
        _check(reader, groups)
        details = await reader.details(groups, over_s=over_s)
    if as_json:
        print_json(describe_document(groups, details, reader.faults))
    else:
        for group in groups:
            print_lines(describe_lines(group, details.get(group.name), is_coloured=takes_colour()))
        tell_faults(reader.faults)
    missing = [name for name in asked if name not in known]
    for name in missing:
        complain(f"There is no group {safe(name)}, or this principal may not Describe it.")
    return Exit.REFUSED if missing else Exit.DONE


def _check(reader: GroupReader, groups: Sequence[object]) -> None:
    """Nothing at all was heard: that is no empty list."""
    if not groups and reader.faults:
        raise NoAnswer("; ".join(f"{fault.where}: {fault.reason}" for fault in reader.faults))
