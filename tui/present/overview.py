"""What is going on in this cluster now, in lines: health by class, brokers, controllers, the worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ktui.adapters.health import Health
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.adapters.partitions import partition_at
from ktui.adapters.topics import BrokerShare
from ktui.tui.present.brokers import LOG_DIRECTORIES, disk_of, is_controller
from ktui.tui.present.faults import mark_for
from ktui.tui.present.formats import UNKNOWN, age, counted, number, size_in_words
from ktui.tui.present.largest import NameAndBytes
from ktui.tui.present.partition_cells import BrokerStates, blame
from ktui.tui.present.problems import ProblemList, calm_sentence
from ktui.tui.present.quorum import is_caught_up, laggard_words, laggards, majority_sentence
from ktui.tui.present.sanitise import safe
from ktui.tui.present.told_by import ASKED, told_by
from ktui.tui.present.traffic import Traffic, busiest_lines, change_lines, traffic_line
from ktui.tui.present.words import (
    CLASS_TONE,
    CLASS_WORD,
    CONTROLLER_SIGN,
    MODE_WORD,
    STATE_SIGN,
    STATE_TONE,
    STATE_WORD,
)
from ktui.widgets.cells import Align, Line, Run, Tone, line
from ktui.widgets.fitting import fit

LABEL: Final = 12
STRIP: Final = 9
"""More brokers than these are summed up; only those that are not up are named."""
NAMED: Final = 4


PROBLEM_LINES: Final = 6
NO_TRAFFIC: Final = Traffic()


def overview(
    snapshot: ClusterSnapshot,
    worst: ProblemList,
    largest: Sequence[NameAndBytes],
    now: float,
    traffic: Traffic = NO_TRAFFIC,
    happened: Sequence[Line] = (),
) -> tuple[Line, ...]:
    """`happened`: the last changes, the newest first."""
    busiest = list(busiest_lines(traffic))
    changes = list(change_lines(traffic, now))
    lines = [
        *_health(snapshot),
        (),
        *_brokers(snapshot, now),
        *_controllers(snapshot, now),
        *_cluster(snapshot),
    ]
    if traffic.is_known:
        lines.append(traffic_line(traffic, _label("Traffic")))
    if happened:
        happened = ((Run("Last changes", Tone.TITLE), Run("   7 shows all", Tone.MUTED)), *happened)
    if worst.count:
        # What broke first is asked before what is broken now.
        lines += [*(((), *happened[:3]) if happened else ()), (), *_worst(snapshot, worst, now)]
    if busiest:
        lines += [(), *busiest]
    elif largest and not worst.count:
        lines += [(), *_largest(largest)]
    if changes:
        lines += [(), *changes]
    if happened and not worst.count:
        lines += [(), *happened]
    return tuple(lines)


def _label(text: str) -> Run:
    return Run(f"{text:<{LABEL}}", Tone.TITLE)


def _count(words: str, value: str, tone: Tone) -> Run:
    """Grey when it is zero, in capitals when it is bad."""
    if value == "0":
        return Run(f"{words} {value}", Tone.MUTED)
    if value == UNKNOWN:
        return Run(f"{words} {value}")
    return Run(f"{words.upper() if tone is Tone.BAD else words} {value}", tone)


def _health(snapshot: ClusterSnapshot) -> Iterator[Line]:
    if not snapshot.is_loaded:
        yield line(_label("Health"), Run("not known yet", Tone.MUTED))
        return
    health = snapshot.topics.health
    yield line(_label("Health"), _health_sentence(snapshot, health))
    parts = (
        _count("offline", number(health.offline), Tone.BAD),
        _count("under min ISR", _judged(health.under_min_isr, health), Tone.BAD),
        _count("at min ISR", _judged(health.at_min_isr, health), Tone.WARN),
        _count("under-repl.", number(health.under_replicated), Tone.WARN),
        _count("moving", number(health.moving), Tone.NORMAL),
    )
    runs: list[Run] = [_label("")]
    for position, part in enumerate(parts):
        runs.extend((Run("  "), part) if position else (part,))
    yield tuple(runs)
    if health.not_preferred_leader:
        words = f"{counted(health.not_preferred_leader, 'partition')} not led by the preferred replica"
        yield line(_label(""), Run(words, Tone.MUTED))


def _judged(value: int, health: Health) -> str:
    """A count that may be greater where min ISR is not known."""
    if not health.unjudged:
        return number(value)
    return f"{value:,}+{UNKNOWN}" if value else UNKNOWN


def _health_sentence(snapshot: ClusterSnapshot, health: Health) -> Run:
    if not health.offline and not health.under_replicated and not health.under_min_isr:
        return Run(calm_sentence(snapshot), Tone.NORMAL)
    of_all = f"of {counted(snapshot.topics.partition_count, 'partition')}"
    if health.offline:
        return Run(f"{health.offline:,} {of_all} cannot be read or written", Tone.BAD)
    if health.under_min_isr:
        return Run(f"{health.under_min_isr:,} {of_all} refuse writes with acks=all", Tone.BAD)
    return Run(f"{health.under_replicated:,} {of_all} lack a replica in sync", Tone.WARN)


def _brokers(snapshot: ClusterSnapshot, now: float) -> Iterator[Line]:
    if not snapshot.brokers_loaded:
        yield line(_label("Brokers"), Run("not known yet", Tone.MUTED))
        return
    brokers = snapshot.brokers
    is_short = len(brokers) <= STRIP
    shown: Sequence[Broker] = brokers
    runs: list[Run] = [_label("Brokers")]
    if not is_short:
        shown = [broker for broker in brokers if broker.state is not BrokerState.UP]
        up = len(brokers) - len(shown)
        runs.append(Run(f"{up:,} of {len(brokers):,} up   ", Tone.NORMAL if not shown else Tone.WARN))
    named = shown if is_short else shown[:NAMED]
    runs.extend(_broker_run(snapshot, broker, now) for broker in named)
    if not is_short and len(shown) > NAMED:
        runs.append(Run(f"and {len(shown) - NAMED} more", Tone.BAD))
    yield tuple(runs)
    if snapshot.is_loaded:
        yield line(_label(""), f"leaders {_leaders(snapshot, is_short)}")
    yield line(_label(""), f"disk {_disks(snapshot, is_short)}")


def _broker_run(snapshot: ClusterSnapshot, broker: Broker, now: float) -> Run:
    sign = STATE_SIGN[broker.state]
    if broker.state is BrokerState.UP:
        if is_controller(snapshot, broker.id):
            return Run(f"{broker.id} {CONTROLLER_SIGN}  ", Tone.ACCENT)
        return Run(f"{broker.id} {sign}  ", Tone.NORMAL)
    since = "" if broker.since is None else f" {age(now - broker.since)}"
    return Run(f"{broker.id} {sign} {STATE_WORD[broker.state]}{since}  ", STATE_TONE[broker.state])


def _leaders(snapshot: ClusterSnapshot, is_short: bool) -> str:
    shares = [(broker, snapshot.shares.get(broker.id, BrokerShare())) for broker in snapshot.brokers]
    if is_short:
        up = BrokerState.UP
        return "  ".join(number(s.leaders) if b.state is up or s.leaders else "-" for b, s in shares)
    counts = [share.leaders for broker, share in shares if broker.state is BrokerState.UP]
    return f"{min(counts):,} to {max(counts):,} a broker" if counts else "-"


def _disks(snapshot: ClusterSnapshot, is_short: bool) -> str:
    held = snapshot.sizes.directories
    disks = [(b, disk_of(held.get(b.id)) if b.state is BrokerState.UP else None) for b in snapshot.brokers]
    if is_short:
        return "  ".join(
            disk.used_percent if disk else mark_for(snapshot, LOG_DIRECTORIES, f"broker {broker.id}")
            for broker, disk in disks
        )
    known = [disk for _, disk in disks if disk and disk.total]
    if not known:
        return mark_for(snapshot, LOG_DIRECTORIES)
    used = [100 * (1 - disk.usable / disk.total) for disk in known]
    return f"{min(used):.0f}% to {max(used):.0f}%, known of {len(known):,} brokers"


def _controllers(snapshot: ClusterSnapshot, now: float) -> Iterator[Line]:
    quorum = snapshot.quorum
    if quorum is None:
        yield line(_label("Controller"), _controller_run(snapshot, now))
        return
    runs: list[Run] = [_label("Quorum")]
    for voter in quorum.voters:
        if voter.id == quorum.leader_id:
            runs.append(Run(f"{voter.id} {CONTROLLER_SIGN} e{quorum.leader_epoch}  ", Tone.ACCENT))
        else:
            caught_up = is_caught_up(voter)
            sign, tone = {True: ("●", Tone.NORMAL), False: ("▲", Tone.BAD), None: (UNKNOWN, Tone.MUTED)}[
                caught_up
            ]
            runs.append(Run(f"{voter.id} {sign}  ", tone))
    runs.append(Run(" "))
    runs.append(majority_sentence(quorum))
    behind = laggards(quorum.voters)
    if behind:
        runs.append(Run(f"  {laggard_words(behind[0])}", Tone.WARN))
    yield tuple(runs)


def _controller_run(snapshot: ClusterSnapshot, now: float) -> Run:
    controller = snapshot.controller
    if controller is None:
        reason = safe(snapshot.controller_reason or "not known yet")
        return Run(reason, Tone.BAD if snapshot.controller_reason else Tone.MUTED)
    epoch = "" if controller.epoch is None else f" e{controller.epoch}"
    return Run(f"{CONTROLLER_SIGN} {controller.id}{epoch}", Tone.ACCENT)


def _cluster(snapshot: ClusterSnapshot) -> Iterator[Line]:
    parts = [MODE_WORD[snapshot.mode]]
    if snapshot.metadata_version:
        parts.append(f"metadata {safe(snapshot.metadata_version)}")
    versions = sorted({broker.version for broker in snapshot.brokers if broker.version})
    if versions:
        parts.append(f"Kafka {', '.join(map(safe, versions))}")
    if snapshot.cluster_id:
        parts.append(f"id {safe(snapshot.cluster_id)}")
    yield line(_label("Cluster"), Run("   ".join(parts), Tone.NORMAL))
    source = told_by(snapshot)
    if source is not None:
        yield line(_label("Told by"), Run(source, Tone.WARN if source is ASKED else Tone.MUTED))


def _worst(snapshot: ClusterSnapshot, worst: ProblemList, now: float) -> Iterator[Line]:
    yield (Run("Worst now", Tone.TITLE), Run("   5 shows all", Tone.MUTED))
    states = BrokerStates.of(snapshot.brokers, is_loaded=snapshot.brokers_loaded)
    for row in range(min(PROBLEM_LINES, worst.count)):
        which, topic, index = worst.at(row)
        if which is None:
            break
        partition = partition_at(topic.table, index)
        since = snapshot.problem_since.get((topic.name, index))
        how_long = "" if since is None else age(now - since)
        name = fit(f"{safe(topic.name)}-{index}", 26)
        isr = f"{len(partition.isr)}/{len(partition.replicas)}"
        yield (
            Run(f"{CLASS_WORD[which]:<17}", CLASS_TONE[which]),
            Run(f"{name} {isr:>5} {how_long:>5}  {blame(partition, which, states)}"),
        )


def _largest(largest: Sequence[NameAndBytes]) -> Iterator[Line]:
    yield (Run("Largest topics", Tone.TITLE), Run("   leaders' bytes", Tone.MUTED))
    for name, held in largest:
        yield (Run(f"{fit(safe(name), 44)} "), Run(fit(size_in_words(held), 10, Align.RIGHT)))
