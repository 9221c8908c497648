"""What `ktui partition reassignments` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ktui.adapters.once import open_cluster
from ktui.adapters.operate.moving import Moving, look_at_moves
from ktui.adapters.operate.throttle import Throttled, look_at
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import say, say_all
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.cli.text_table import table_lines
from ktui.tui.present.formats import UNKNOWN, ids, percent, size_in_words
from ktui.tui.present.sanitise import safe


async def reassignments(target: Target, *, as_json: bool) -> int:
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        ground = cluster.operator.ground
        moves = await look_at_moves(ground, target.timeout_s)
        throttled = await look_at(ground, sorted({move.topic for move in moves}))
    if as_json:
        say(json.dumps(document(moves, throttled), ensure_ascii=False))
        return Exit.DONE
    if moves:
        titles = ("PARTITION", "ADDING", "REMOVING", "COPIED", "OF", "DONE")
        say_all(list(table_lines(titles, [_row(move) for move in moves], right=("COPIED", "OF", "DONE"))))
    else:
        say("No partition is being moved.")
    for broker, rate in sorted(throttled.brokers.items()):
        complain(f"note: broker {broker} is throttled to {rate:,} bytes a second")
    if throttled.brokers and not moves:
        complain(
            "note: nothing is being moved: ktui partition reassignments --clear-throttle takes the throttle off"
        )
    return Exit.DONE


def document(moves: Sequence[Moving], throttled: Throttled) -> Mapping[str, object]:
    """Bytes are null where brokers do not tell them."""
    return {
        "reassignments": [
            {
                "topic": move.topic,
                "partition": move.partition,
                "replicas": list(move.replicas),
                "adding": list(move.adding),
                "removing": list(move.removing),
                "copied_bytes": move.copied_bytes,
                "total_bytes": move.total_bytes,
            }
            for move in moves
        ],
        "throttles": {str(broker): rate for broker, rate in sorted(throttled.brokers.items())},
    }


def _row(move: Moving) -> tuple[str, ...]:
    copied, total = move.copied_bytes, move.total_bytes
    return (
        safe(f"{move.topic}-{move.partition}"),
        ids(move.adding),
        ids(move.removing),
        size_in_words(copied),
        size_in_words(total),
        UNKNOWN
        if copied is None or total is None
        else percent(min(copied, total), total)
        if total
        else "100%",
    )
