"""The rows of the broker table, and the line of controllers below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot, DirectoryUse, Mode
from ktui.adapters.topics import BrokerShare
from ktui.tui.present import rates
from ktui.tui.present.faults import mark_for
from ktui.tui.present.formats import UNKNOWN, age, number, percent, signed_percent, size
from ktui.tui.present.quorum import is_caught_up
from ktui.tui.present.rates import RateLook
from ktui.tui.present.sanitise import safe
from ktui.tui.present.times import Times
from ktui.tui.present.words import CONTROLLER_SIGN, STATE_SIGN, STATE_TONE, STATE_WORD
from ktui.widgets.cells import Align, Cell, ColumnSpec, Line, Run, Tone, line
from ktui.widgets.rows import Row


def columns(spark_width: int, *, has_counters: bool = False) -> tuple[ColumnSpec, ...]:
    """`has_counters`: whether brokers tell of their own what goes out and how idle they are."""
    told = (
        ColumnSpec("bytes-out", "OUT/S", 7, Align.RIGHT, rank=3),
        ColumnSpec("idle", "IDLE", 5, Align.RIGHT, rank=4),
    )
    return (
        ColumnSpec("id", "ID", 5, Align.RIGHT),
        ColumnSpec("host", "HOST", 24, grow=True, min_width=14),
        ColumnSpec("rack", "RACK", 8, min_width=4, rank=7),
        ColumnSpec("state", "STATE", 14, min_width=12),
        ColumnSpec("since", "SINCE", 8, rank=9),
        ColumnSpec("leaders", "LEADERS", 7, Align.RIGHT),
        ColumnSpec("replicas", "REPLICAS", 8, Align.RIGHT),
        ColumnSpec("out", "OUT", 6, Align.RIGHT, min_width=4),
        ColumnSpec("skew", "SKEW", 6, Align.RIGHT, rank=6),
        ColumnSpec("disk", "DISK", 8, Align.RIGHT, min_width=5, rank=1),
        ColumnSpec("free", "FREE", 8, Align.RIGHT, rank=8),
        rates.column(spark_width),
        rates.bytes_column(rank=2),
        *(told if has_counters else ()),
        ColumnSpec("version", "VERSION", 10, min_width=7, rank=5),
    )


COLUMNS: Final = columns(rates.IN_TABLES.narrow)

LOG_DIRECTORIES: Final = "log dirs"
"""What the fault is called when a broker's log directories could not be read."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The volumes of a broker's log directories together, in bytes."""

    total: int
    usable: int

    @property
    def used_percent(self) -> str:
        return percent(self.total - self.usable, self.total)


def disk_of(directories: Sequence[DirectoryUse] | None) -> Disk | None:
    """None when it is not known of all of them; equal volumes (same total and free) are counted once."""
    if not directories:
        return None
    volumes: set[tuple[int, int]] = set()
    for directory in directories:
        if directory.total_bytes is None or directory.usable_bytes is None:
            return None
        volumes.add((directory.total_bytes, directory.usable_bytes))
    return Disk(sum(total for total, _ in volumes), sum(usable for _, usable in volumes))


SORTS: Final = ("id", "leaders", "replicas", "out", "disk", rates.RATE)
NO_RATES: Final = RateLook(spark_width=rates.IN_TABLES.narrow)


def rows(
    snapshot: ClusterSnapshot,
    times: Times,
    now: float,
    sort: tuple[str, bool] = ("id", False),
    *,
    look: RateLook = NO_RATES,
    order: Sequence[int] | None = None,
) -> list[Row]:
    """One row a broker, the missing ones included; in the given order of ids where there is one."""
    average = _average_leaders(snapshot)
    by_id = {broker.id: broker for broker in snapshot.brokers}
    ids = sorted_ids(snapshot, sort, look) if order is None else order
    return [_row(snapshot, by_id[known], times, now, average, look) for known in ids]


def sorted_ids(snapshot: ClusterSnapshot, sort: tuple[str, bool], look: RateLook = NO_RATES) -> list[int]:
    """The brokers in the order of a column."""
    column, is_descending = sort

    def value(broker: Broker) -> tuple[float, int]:
        if column == rates.RATE:
            return -rates.rates_order(look.rates, broker.id), broker.id
        return _sort_value(snapshot, broker, column), broker.id

    return [broker.id for broker in sorted(snapshot.brokers, key=value, reverse=is_descending)]


def _sort_value(snapshot: ClusterSnapshot, broker: Broker, column: str) -> float:
    share = snapshot.shares.get(broker.id, BrokerShare())
    if column == "disk":
        disk = disk_of(snapshot.sizes.directories.get(broker.id))
        return -1.0 if disk is None or not disk.total else 1 - disk.usable / disk.total
    values = {"leaders": share.leaders, "replicas": share.replicas, "out": share.replicas - share.in_sync}
    return float(values.get(column, broker.id))


def _average_leaders(snapshot: ClusterSnapshot) -> float:
    up = [broker.id for broker in snapshot.brokers if broker.state is BrokerState.UP]
    leaders = sum(snapshot.shares[broker].leaders for broker in up if broker in snapshot.shares)
    return leaders / len(up) if up else 0.0


def _row(
    snapshot: ClusterSnapshot, broker: Broker, times: Times, now: float, average: float, look: RateLook
) -> Row:
    cells = (
        Run(str(broker.id)),
        Run(address(broker)),
        Run(safe(broker.rack) if broker.rack else "-", Tone.MUTED),
        state_cell(broker, now),
        Run(_since(broker, times, now), Tone.MUTED),
        *_share_cells(snapshot, broker, average),
        *_disk_cells(snapshot, broker),
        *_rate_cells(broker.id, look),
        Run(safe(broker.version or UNKNOWN), Tone.MUTED),
    )
    return Row(broker.id, cells, sign=_sign(snapshot, broker))


def address(broker: Broker) -> str:
    return UNKNOWN if broker.host is None else safe(f"{broker.host}:{broker.port}")


def _sign(snapshot: ClusterSnapshot, broker: Broker) -> str:
    if broker.state is not BrokerState.UP:
        return STATE_SIGN[broker.state]
    return CONTROLLER_SIGN if is_controller(snapshot, broker.id) else ""


def is_controller(snapshot: ClusterSnapshot, broker: int) -> bool:
    """Whether this broker is the active controller: in ZooKeeper mode, or with combined roles in KRaft."""
    return snapshot.controller is not None and snapshot.controller.id == broker


def state_cell(broker: Broker, now: float) -> Cell:
    """`up`; the others with how long by now."""
    word = STATE_WORD[broker.state]
    tone = STATE_TONE[broker.state]
    if broker.state is BrokerState.UP or broker.since is None:
        return Run(word, tone)
    return Run(f"{word} {age(now - broker.since)}", tone)


def _since(broker: Broker, times: Times, now: float) -> str:
    if broker.state is BrokerState.UP and broker.registered_at is not None:
        return times.short(broker.registered_at, now)
    return UNKNOWN if broker.since is None else times.short(broker.since, now)


def _share_cells(snapshot: ClusterSnapshot, broker: Broker, average: float) -> tuple[Run, ...]:
    if not snapshot.is_loaded:
        return (Run(UNKNOWN),) * 4
    share = snapshot.shares.get(broker.id, BrokerShare())
    out = share.replicas - share.in_sync
    is_up = broker.state is BrokerState.UP
    skew = signed_percent(share.leaders / average - 1) if is_up and average else "-"
    return (
        Run(number(share.leaders)),
        Run(number(share.replicas)),
        Run(number(out), Tone.WARN if out else Tone.MUTED),
        Run(skew, Tone.MUTED),
    )


def _disk_cells(snapshot: ClusterSnapshot, broker: Broker) -> tuple[Run, Run]:
    directories: Mapping[int, Sequence[DirectoryUse]] = snapshot.sizes.directories
    disk = disk_of(directories.get(broker.id)) if broker.state is BrokerState.UP else None
    if disk is None:
        mark = mark_for(snapshot, LOG_DIRECTORIES, f"broker {broker.id}")
        return Run(mark, Tone.MUTED), Run(UNKNOWN, Tone.MUTED)
    return Run(disk.used_percent), Run(size(disk.usable), Tone.MUTED)


def _rate_cells(broker: int, look: RateLook) -> tuple[Cell, ...]:
    cells = (look.cell(broker), rates.bytes_cell(look.rates.bytes_per_s(broker)))
    if not look.rates.exact:
        return cells
    out, idle = look.rates.bytes_out_per_s(broker), look.rates.handler_idle(broker)
    return (
        *cells,
        Run(size(None if out is None else round(out)), Tone.MUTED),
        Run(UNKNOWN if idle is None else f"{100 * idle:.0f}%", Tone.MUTED),
    )


def title(snapshot: ClusterSnapshot) -> Line:
    """`Brokers  3 known, 1 missing`."""
    if not snapshot.brokers_loaded:
        return line(Run("Brokers", Tone.TITLE), Run("  not known yet", Tone.MUTED))
    parts = [f"{len(snapshot.brokers):,} known"]
    for state in (BrokerState.MISSING, BrokerState.FENCED, BrokerState.SHUTTING_DOWN):
        how_many = sum(1 for broker in snapshot.brokers if broker.state is state)
        if how_many:
            parts.append(f"{how_many:,} {STATE_WORD[state]}")
    tone = Tone.MUTED if len(parts) == 1 else Tone.BAD
    return line(Run("Brokers", Tone.TITLE), Run(f"  {', '.join(parts)}", tone))


def controllers_line(snapshot: ClusterSnapshot) -> Line:
    """`Controllers  101 ◆ leader e7   102 caught up   103 caught up`; empty where there is no quorum."""
    quorum = snapshot.quorum
    if quorum is None:
        return ()
    runs: list[Run] = [Run("Controllers", Tone.TITLE)]
    for voter in quorum.voters:
        if voter.id == quorum.leader_id:
            runs.append(Run(f"  {voter.id} {CONTROLLER_SIGN} leader e{quorum.leader_epoch}", Tone.ACCENT))
            continue
        caught_up = is_caught_up(voter)
        words = {True: "caught up", False: "BEHIND", None: UNKNOWN}[caught_up]
        runs.append(Run(f"  {voter.id} {words}", Tone.BAD if caught_up is False else Tone.MUTED))
    return tuple(runs)


def has_controllers_line(snapshot: ClusterSnapshot) -> bool:
    return snapshot.mode in (Mode.KRAFT, Mode.MIGRATING) and snapshot.quorum is not None
