"""Where each partition's reading begins, and where it ends when it does not follow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import assert_never

from ktui.adapters.errors import AdapterError, NotPermitted
from ktui.adapters.kafka.asks.list_offsets import At
from ktui.adapters.kafka.tail.lookup import Lookup
from ktui.adapters.kafka.tail.run import Run
from ktui.adapters.kafka.tail.spot import Spot
from ktui.adapters.tail.spec import Isolation
from ktui.adapters.tail.start import Back, Earliest, Latest, Offset, Offsets, Since, Start

_RETRY_S = 0.2

Told = Mapping[int, int | AdapterError]


async def place(run: Run, lookup: Lookup) -> None:
    """Give a position to every partition that has none and has a leader; those that fail are tried again later."""
    now = asyncio.get_running_loop().time()
    spots = [s for s in run.spots.values() if s.position is None and s.leader >= 0 and now >= s.not_before]
    if not spots:
        return
    generation, start = run.generation, run.spec.start
    leaders = {spot.partition: spot.leader for spot in spots}
    committed = run.spec.isolation is Isolation.READ_COMMITTED
    earliest, latest, since = await asyncio.gather(
        lookup.offsets(leaders, At.EARLIEST),
        lookup.offsets(leaders, At.LATEST, reads_committed=committed),
        _since(lookup, leaders, start),
    )
    if generation != run.generation:
        return
    for spot in spots:
        _put(run, spot, (earliest, latest, since), start)
    run.is_dirty = True


async def put_in_range(run: Run, lookup: Lookup) -> None:
    """Where retention, or somebody who deletes records, was quicker than we: go on at what is there."""
    spots = [spot for spot in run.spots.values() if spot.is_out_of_range and spot.leader >= 0]
    if not spots:
        return
    leaders = {spot.partition: spot.leader for spot in spots}
    earliest, latest = await asyncio.gather(
        lookup.offsets(leaders, At.EARLIEST), lookup.offsets(leaders, At.LATEST)
    )
    for spot in spots:
        first, end = earliest.get(spot.partition), latest.get(spot.partition)
        if isinstance(first, int) and isinstance(end, int) and spot.position is not None:
            _put_in_range(run, spot, first, end)


def _put_in_range(run: Run, spot: Spot, first: int, end: int) -> None:
    assert spot.position is not None
    before = spot.position
    spot.is_out_of_range = False
    spot.works()
    if before < first:
        skipped = first - before if spot.stop is None else max(0, min(first, spot.stop) - before)
        run.lost += skipped
        spot.position = first
        run.note(
            f"Partition {spot.partition}: {skipped:,} offsets from {before:,} on were deleted before they were read."
        )
    elif before > end:
        spot.position, spot.last_epoch = end, -1
        run.note(f"Partition {spot.partition}: its log ends at {end:,} now, before what was read already.")
    run.is_dirty = True


async def _since(lookup: Lookup, leaders: Mapping[int, int], start: Start) -> Told:
    return await lookup.offsets(leaders, start.at_ms) if isinstance(start, Since) else {}


def _put(run: Run, spot: Spot, told: tuple[Told, Told, Told], start: Start) -> None:
    values = [one.get(spot.partition) for one in told]
    error = next((value for value in values if isinstance(value, AdapterError)), None)
    if isinstance(error, NotPermitted):
        run.fail(error)
        return
    earliest, latest, since = (value if isinstance(value, int) else None for value in values)
    if error is not None or earliest is None or latest is None:
        spot.needs_leader = True
        spot.failed(
            asyncio.get_running_loop().time(), str(error or "its offsets were not told"), pause_s=_RETRY_S
        )
        return
    spot.works()
    spot.log_start, spot.end, spot.high_watermark = earliest, latest, latest
    wanted = earliest if spot.is_added else _first(start, spot.partition, earliest, latest, since)
    spot.start = spot.position = min(max(wanted, earliest), max(latest, earliest))
    spot.stop = None if run.spec.follows else max(latest, spot.start)


def _first(start: Start, partition: int, earliest: int, latest: int, since: int | None) -> int:
    match start:
        case Latest():
            return latest
        case Earliest():
            return earliest
        case Back(count):
            return latest - count
        case Offset(offset):
            return offset
        case Offsets(by_partition):
            return by_partition.get(partition, earliest)
        case Since():
            return latest if since is None or since < 0 else since
        case _:
            assert_never(start)
