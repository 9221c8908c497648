"""Can the controllers still elect, who lags: the quorum in KRaft, the controller's znode in ZooKeeper mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ktui.adapters.model import ClusterSnapshot, Mode, Quorum, QuorumReplica
from ktui.tui.present.formats import UNKNOWN, age, counted, number
from ktui.tui.present.migration import migration_lines
from ktui.tui.present.sanitise import safe
from ktui.tui.present.times import Times
from ktui.tui.present.words import CONTROLLER_SIGN
from ktui.widgets.cells import Align, ColumnSpec, Line, Run, Tone, line
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("id", "ID", 6, Align.RIGHT),
    ColumnSpec("role", "ROLE", 9),
    ColumnSpec("state", "STATE", 12),
    ColumnSpec("offset", "LOG END", 14, Align.RIGHT),
    ColumnSpec("lag", "LAG", 9, Align.RIGHT),
    ColumnSpec("age", "CAUGHT UP", 10, Align.RIGHT),
    ColumnSpec("endpoint", "ADDRESS", 22, grow=True, rank=1),
)
FRESH_S: Final = 5.0
"""A replica that had all of the log within this time counts as caught up."""
FRESH_RECORDS: Final = 100
"""The same where its age is not known."""


def is_caught_up(replica: QuorumReplica) -> bool | None:
    """None: not known."""
    if replica.caught_up_age_s is not None:
        return replica.caught_up_age_s <= FRESH_S
    return None if replica.lag_records is None else replica.lag_records <= FRESH_RECORDS


def majority_sentence(quorum: Quorum) -> Run:
    """`majority caught up: 3 of 3`, or that there is none."""
    caught_up = sum(1 for voter in quorum.voters if is_caught_up(voter))
    voters = len(quorum.voters)
    if 2 * caught_up > voters:
        tone = Tone.NORMAL if caught_up == voters else Tone.WARN
        return Run(f"majority caught up: {caught_up} of {voters}", tone)
    return Run(f"NO MAJORITY caught up: {caught_up} of {voters}", Tone.BAD)


def rows(snapshot: ClusterSnapshot) -> list[Row]:
    quorum = snapshot.quorum
    if quorum is None:
        return []
    voters = [_row(replica, "voter", quorum) for replica in sorted(quorum.voters, key=lambda v: v.id)]
    return [
        *voters,
        *(_row(replica, "observer", quorum) for replica in sorted(quorum.observers, key=lambda o: o.id)),
    ]


def _row(replica: QuorumReplica, role: str, quorum: Quorum) -> Row:
    is_leader = replica.id == quorum.leader_id
    caught_up = is_caught_up(replica)
    state = {True: Run("caught up", Tone.MUTED), False: Run("behind", Tone.BAD), None: Run(UNKNOWN)}[
        caught_up
    ]
    seconds = replica.caught_up_age_s
    cells = (
        Run(str(replica.id)),
        Run(role, Tone.MUTED),
        Run("leader", Tone.ACCENT) if is_leader else state,
        Run(number(replica.log_end_offset)),
        Run(number(replica.lag_records), Tone.NORMAL if caught_up is False else Tone.MUTED),
        Run(UNKNOWN if seconds is None else _caught_up_age(seconds), Tone.MUTED),
        Run(safe(replica.endpoint or UNKNOWN), Tone.MUTED),
    )
    return Row(replica.id, cells, sign=CONTROLLER_SIGN if is_leader else "")


def _caught_up_age(seconds: float) -> str:
    return "now" if seconds <= FRESH_S else f"{age(seconds)} ago"


def facts(snapshot: ClusterSnapshot, times: Times, now: float) -> tuple[Line, ...]:
    """The lines above the table."""
    return tuple(_facts(snapshot, times, now))


def _facts(snapshot: ClusterSnapshot, times: Times, now: float) -> Iterator[Line]:
    if snapshot.mode is Mode.MIGRATING:
        yield from migration_lines(snapshot, now)
    quorum = snapshot.quorum
    if quorum is not None:
        yield line(
            "Leader      ",
            Run(f"{CONTROLLER_SIGN} {quorum.leader_id}", Tone.ACCENT),
            f"   epoch {quorum.leader_epoch}",
        )
        yield line("Quorum      ", majority_sentence(quorum))
        yield line(
            "High water  ", f"{number(quorum.high_watermark)} records of the metadata log are committed"
        )
    else:
        yield from _controller_facts(snapshot, times)
    if snapshot.metadata_version:
        yield line("Metadata    ", f"version {safe(snapshot.metadata_version)}")


def _controller_facts(snapshot: ClusterSnapshot, times: Times) -> Iterator[Line]:
    controller = snapshot.controller
    if controller is None:
        yield line("Controller  ", Run(safe(snapshot.controller_reason or "not known yet"), Tone.BAD))
        return
    epoch = UNKNOWN if controller.epoch is None else str(controller.epoch)
    yield line("Controller  ", Run(f"{CONTROLLER_SIGN} {controller.id}", Tone.ACCENT), f"   epoch {epoch}")
    yield line("Address     ", safe(controller.endpoint or UNKNOWN))
    if controller.since is not None:
        yield line("Since       ", times.full(controller.since))
    yield line(
        "Said by     ", SAYS[controller.source] if controller.source in SAYS else safe(controller.source)
    )


SAYS: Final = {
    "quorum": "the leader of the metadata quorum",
    "zookeeper": "the znode /controller",
    "metadata": "a broker's word",
}


def no_rows_sentence(snapshot: ClusterSnapshot) -> str:
    """Why there is no table of voters."""
    if snapshot.mode is Mode.ZOOKEEPER:
        return "This cluster keeps its metadata in ZooKeeper: there is no quorum of controllers."
    if snapshot.mode is Mode.MIGRATING and snapshot.migration is not None:
        return "Brokers in ZooKeeper mode do not tell of the quorum: name a controller with --bootstrap-controller."
    if not snapshot.brokers_loaded:
        return "Nothing is known of the quorum yet."
    return f"The quorum is not known: {safe(snapshot.controller_reason or 'no answer yet')}."


def laggards(replicas: Sequence[QuorumReplica]) -> tuple[QuorumReplica, ...]:
    return tuple(replica for replica in replicas if is_caught_up(replica) is False)


def laggard_words(replica: QuorumReplica) -> str:
    records = "" if replica.lag_records is None else f", {counted(replica.lag_records, 'record')}"
    seconds = "" if replica.caught_up_age_s is None else f" {age(replica.caught_up_age_s)}"
    return f"{replica.id} behind{seconds}{records}"
