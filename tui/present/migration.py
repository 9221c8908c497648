"""A cluster between ZooKeeper and KRaft, in words: which side is the truth for what, and how far the copy is."""

from __future__ import annotations

from collections.abc import Iterator

from ktui.adapters.model import BrokerState, ClusterSnapshot, Migration
from ktui.tui.present.formats import age, counted, ids, number
from ktui.widgets.cells import Line, Run, Tone, line

KEEPS_UP_S = 15.0
"""A copy that is younger is a copy of all; it is read every five seconds."""
HEADLINE = "Migrating from ZooKeeper to KRaft: the quorum decides, and writes to both."
WITHOUT_ZOOKEEPER = "Migrating from ZooKeeper: the KRaft quorum holds the truth."


def migration_lines(snapshot: ClusterSnapshot, now: float) -> Iterator[Line]:
    """What stands above the quorum while the cluster is migrating."""
    migration = snapshot.migration
    if migration is None:
        yield (Run(WITHOUT_ZOOKEEPER, Tone.WARN),)
        return
    yield (Run(HEADLINE, Tone.WARN),)
    yield line("Truth       ", "KRaft; topics, configuration and access rules are copied to ZooKeeper")
    copied, tone = copied_words(snapshot, now)
    yield line("Dual write  ", Run(copied, tone))
    yield line("Brokers     ", sides_words(snapshot, migration))


def copied_words(snapshot: ClusterSnapshot, now: float) -> tuple[str, Tone]:
    """`ZooKeeper has offset 812 of 830, keeps up, written 2s ago`.

    Both numbers are of different moments, so records between them are a lag only once the copy is old: the
    controllers write it anew with every batch of the metadata log, twice a second when nothing happens.
    """
    migration, quorum = snapshot.migration, snapshot.quorum
    if migration is None or migration.copied_offset is None:
        return "nothing has been copied to ZooKeeper yet", Tone.WARN
    words = [f"ZooKeeper has offset {number(migration.copied_offset)}"]
    last = None if quorum is None else quorum.high_watermark - 1
    behind = 0 if last is None else max(0, last - migration.copied_offset)
    if last is not None:
        words[0] += f" of {number(last)}"
    if migration.copied_at is None:
        return ", ".join(words), Tone.NORMAL
    copy_age_s = max(0.0, now - migration.copied_at)
    is_old = copy_age_s > KEEPS_UP_S
    if last is not None:
        words.append(f"{counted(behind, 'record')} behind" if is_old else "keeps up")
    words.append(f"written {age(copy_age_s)} ago")
    return ", ".join(words), Tone.WARN if is_old else Tone.NORMAL


def sides_words(snapshot: ClusterSnapshot, migration: Migration) -> str:
    """`1, 2 in ZooKeeper mode; 3 in KRaft mode`."""
    old = set(migration.zookeeper_brokers)
    new = [b.id for b in snapshot.brokers if b.state is BrokerState.UP and b.id not in old]
    sides = [f"{ids(sorted(old))} in ZooKeeper mode"] if old else []
    sides += [f"{ids(new)} in KRaft mode"] if new else []
    return "; ".join(sides) or "none is up"
