"""What `ktui partition elect`, `reassign` and `cancel` do: through the operator, as the console does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ktui.adapters.errors import BadSettings
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.once import open_cluster
from ktui.adapters.operate.choosing import moves_off, moves_to_factor, not_preferred, rows_of
from ktui.adapters.operate.moves import Key, Replicas
from ktui.adapters.operate.moving import running_moves
from ktui.adapters.operate.operations.cancel_reassignment import CancelReassignment
from ktui.adapters.operate.operations.clear_throttle import ClearThrottle
from ktui.adapters.operate.operations.elect_leaders import ElectLeaders
from ktui.adapters.operate.operations.reassign import Reassign
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import carry_out, say, show_plan
from ktui.tui.cli.exits import Exit

Chosen = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `reassign` was asked for, one way of several."""

    topics: tuple[str, ...] = ()
    factor: int | None = None
    from_broker: int | None = None
    moves: tuple[str, ...] = ()
    file: str | None = None

    @property
    def ways(self) -> int:
        return sum(
            (self.factor is not None, self.from_broker is not None, bool(self.moves), self.file is not None)
        )


async def elect(target: Target, named: Sequence[str]) -> int:
    """Those named, or all that are off when none is."""
    asked = parse_partitions(named)
    async with open_cluster(target) as cluster:
        snapshot = await cluster.snapshot()
        chosen = _all_where_none(snapshot, asked) if asked else not_preferred(snapshot)
        if not chosen:
            say("All partitions have their preferred leader, where that is in sync.")
            return Exit.DONE
        return await carry_out(cluster.operator, ElectLeaders(chosen))


async def reassign(
    target: Target, wanted: Wanted, *, throttle: int | None, is_real: bool, waits: bool
) -> int:
    """Shown, or done and waited for."""
    told = parse_moves(wanted.moves) if wanted.file is None else read_moves(Path(wanted.file))
    async with open_cluster(target) as cluster:
        snapshot = await cluster.snapshot()
        moves = told or _moves(snapshot, wanted)
        if not moves:
            say("Nothing is to be moved: all is as it should be.")
            return Exit.DONE
        change = Reassign(moves, throttle, waits)
        if not is_real:
            return await show_plan(cluster.operator, change, then="--execute does it.")
        return await carry_out(cluster.operator, change, tells_moves=True)


async def cancel(target: Target, named: Sequence[str]) -> int:
    """Those named, or all that are running when none is."""
    asked = parse_partitions(named)
    async with open_cluster(target) as cluster:
        snapshot = await cluster.snapshot()
        if not asked:
            running = await running_moves(cluster.operator.ground, target.timeout_s)
            chosen: Chosen = {}
            for topic, index in sorted(running):
                chosen[topic] = (*chosen.get(topic, ()), index)
        else:
            chosen = _all_where_none(snapshot, asked)
        if not chosen:
            say("No partition is being moved.")
            return Exit.DONE
        return await carry_out(cluster.operator, CancelReassignment(chosen))


async def clear_throttle(target: Target) -> int:
    """Of all brokers and topics."""
    async with open_cluster(target) as cluster:
        snapshot = await cluster.snapshot()
        return await carry_out(
            cluster.operator, ClearThrottle(tuple(topic.name for topic in snapshot.topics))
        )


def _moves(snapshot: ClusterSnapshot, wanted: Wanted) -> Mapping[Key, Replicas]:
    if wanted.factor is not None:
        return moves_to_factor(snapshot, wanted.topics, wanted.factor)
    assert wanted.from_broker is not None
    return moves_off(snapshot, wanted.from_broker, wanted.topics or None)


def _all_where_none(snapshot: ClusterSnapshot, asked: Chosen) -> Chosen:
    """A topic without indexes stands for all of its partitions."""
    rows = list(rows_of(snapshot, tuple(asked)))
    return {
        topic: indexes or tuple(index for (name, index), _ in rows if name == topic)
        for topic, indexes in asked.items()
    }


def parse_partitions(words: Sequence[str]) -> Chosen:
    """`orders` and `orders:0,3`; BadSettings says what is wrong."""
    chosen: Chosen = {}
    for word in words:
        topic, colon, rest = word.partition(":")
        indexes = tuple(_index(part, word) for part in rest.split(",")) if colon else ()
        chosen[topic] = tuple(dict.fromkeys((*chosen.get(topic, ()), *indexes)))
    return chosen


def parse_moves(words: Sequence[str]) -> dict[Key, Replicas]:
    """`orders:0=1:2:3`; BadSettings says what is wrong."""
    moves: dict[Key, Replicas] = {}
    for word in words:
        which, equals, brokers = word.partition("=")
        topic, colon, index = which.partition(":")
        if not (equals and colon and topic):
            raise BadSettings(f"Move {word!r}: write TOPIC:PARTITION=BROKER:BROKER, as orders:0=1:2.")
        moves[topic, _index(index, word)] = tuple(_index(part, word) for part in brokers.split(":"))
    return moves


def read_moves(path: Path) -> dict[Key, Replicas]:
    """A file as kafka-reassign-partitions writes and reads it; BadSettings says what is wrong."""
    try:
        document = json.loads(path.read_text("utf-8"))
        return {
            (str(row["topic"]), int(row["partition"])): tuple(int(broker) for broker in row["replicas"])
            for row in document["partitions"]
        }
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadSettings(
            f"{path} is no file of moves (partitions with topic, partition, replicas)."
        ) from error


def _index(text: str, word: str) -> int:
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit()):
        raise BadSettings(f"{word!r}: {bare!r} is no number." if bare else f"{word!r}: a number is missing.")
    return int(bare)
