"""What a tail is asked to read, and on which terms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ktui.adapters.tail.filter import EVERYTHING, Filter
from ktui.adapters.tail.start import LATEST, Start

POLITE_BYTES_PER_S: Final = 10_000_000
"""What a tail that follows takes from the brokers unless told otherwise."""
KEPT_BYTES: Final = 32 << 20


class Isolation(StrEnum):
    """Which records of transactions are shown."""

    READ_COMMITTED = "read_committed"
    """Those of transactions that were committed; records behind an open transaction wait for its end."""
    READ_UNCOMMITTED = "read_uncommitted"
    """All, also those of transactions that were aborted or are open."""


@dataclass(frozen=True, slots=True)
class TailSpec:
    """Frozen; a running tail shows the one that is in force in its view."""

    topic: str
    start: Start = LATEST
    filter: Filter = EVERYTHING
    follows: bool = True
    """False: it ends at the end offsets that it found when it started."""
    reads_all_partitions: bool = False
    """Also where an exact key and a learned partitioner would leave partitions out."""
    max_records: int | None = None
    """It ends when so many records have matched."""
    bytes_per_s: int | None = POLITE_BYTES_PER_S
    """From all brokers together; None: as much as they give."""
    isolation: Isolation = Isolation.READ_COMMITTED
    """Default: what applications see that must not see aborted records. The other one shows what is in the log."""
    kept_bytes: int = KEPT_BYTES
    """Memory for matched records; when it is full, the oldest are dropped from the view, and counted."""
    longest_value: int | None = 1 << 16
    """Of a longer value so many bytes are kept in the view; None: all."""
    rack: str | None = None
    """`client.rack`: where the cluster offers it, a follower in this rack is read instead of the leader."""
