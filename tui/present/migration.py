"""A cluster between ZooKeeper and KRaft, in words: which side is the truth for what, and how far the copy is."""

from __future__ import annotations

from collections.abc import Iterator

from ktui.adapters.model import BrokerState, ClusterSnapshot, Migration
from ktui.tui.present.formats import age, counted, ids, number
from ktui.widgets.cells import Line, Run, Tone, line

HEADLINE = "Migrating from ZooKeeper to KRaft: the controllers' quorum decides, and writes to both."
WITHOUT_ZOOKEEPER = "Migrating from ZooKeeper: the KRaft quorum holds the truth."


def migration_lines(snapshot: ClusterSnapshot, now: float) -> Iterator[Line]:
    """What stands above the quorum while the cluster is migrating."""
    migration = snapshot.migration
    if migration is None:
        yield (Run(WITHOUT_ZOOKEEPER, Tone.WARN),)
        return
    yield (Run(HEADLINE, Tone.WARN),)
    yield line(
        "Truth       ", "KRaft: controller, brokers, topics, configuration, access rules; ZooKeeper: a copy"
    )
    copied, tone = copied_words(snapshot, now)
    yield line("Dual write  ", Run(copied, tone))
    yield line("Brokers     ", sides_words(snapshot, migration))


def copied_words(snapshot: ClusterSnapshot, now: float) -> tuple[str, Tone]:
    """`ZooKeeper has offset 812 of 830, 18 records behind, written 2s ago`."""
    migration, quorum = snapshot.migration, snapshot.quorum
    if migration is None or migration.copied_offset is None:
        return "nothing has been copied to ZooKeeper yet", Tone.WARN
    words = [f"ZooKeeper has offset {number(migration.copied_offset)}"]
    if quorum is not None:
        # The high watermark is the offset after the last committed record, and seen at another moment.
        behind = max(0, quorum.high_watermark - 1 - migration.copied_offset)
        words[0] += f" of {number(quorum.high_watermark - 1)}"
        words.append(f"{counted(behind, 'record')} behind" if behind else "all of it")
    if migration.copied_at is not None:
        words.append(f"written {age(max(0.0, now - migration.copied_at))} ago")
    return ", ".join(words), Tone.NORMAL


def sides_words(snapshot: ClusterSnapshot, migration: Migration) -> str:
    """`1, 2 in ZooKeeper mode; 3 in KRaft mode`."""
    old = set(migration.zookeeper_brokers)
    new = [b.id for b in snapshot.brokers if b.state is BrokerState.UP and b.id not in old]
    sides = [f"{ids(sorted(old))} in ZooKeeper mode"] if old else []
    sides += [f"{ids(new)} in KRaft mode"] if new else []
    return "; ".join(sides) or "none is up"
