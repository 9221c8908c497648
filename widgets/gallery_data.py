"""Made-up rows and texts for the gallery."""

from __future__ import annotations

from collections.abc import Hashable

from ktui.widgets.cells import Align, ColumnSpec, Line, Run, Tone, line
from ktui.widgets.rows import Row
from ktui.widgets.status_line import StatusSegment

COLUMNS = (
    ColumnSpec("name", "NAME", 24, grow=True, min_width=16),
    ColumnSpec("part", "PART", 4, Align.RIGHT),
    ColumnSpec("rf", "RF", 2, Align.RIGHT, rank=2),
    ColumnSpec("health", "HEALTH", 18),
    ColumnSpec("rate", "MSG/S", 8, Align.RIGHT, rank=1),
    ColumnSpec("size", "SIZE", 6, Align.RIGHT, rank=3),
    ColumnSpec("retain", "RETAIN", 8, rank=4),
    ColumnSpec("policy", "CLEANUP", 16, rank=5),
)
HEALTH = (
    (Run("ok", Tone.MUTED), ""),
    (Run("at min ISR", Tone.NORMAL), ""),
    (Run("UNDER MIN ISR 2", Tone.WARN), Run("▲", Tone.WARN)),
    (Run("OFFLINE 1", Tone.BAD), Run("✕", Tone.BAD)),
)


class MadeUpTopics:
    """As many topics as wanted, each computed when asked for; `turn` moves some of the rates."""

    def __init__(self, count: int, *, turn: int = 0, marked: frozenset[Hashable] = frozenset()) -> None:
        self.count = count
        self._turn = turn
        self._marked = marked

    def row(self, index: int) -> Row:
        health, sign = HEALTH[(index % 97 == 5) + (index % 31 == 7) * 2 + (index % 113 == 11) * 3]
        rate = (index * 7919) % 9000 + (self._turn if index % 10 == 3 else 0)
        cells = (
            Run(f"topic-{index:06d}.events"),
            Run(str(index % 48 + 1)),
            Run("3"),
            health,
            Run(f"{rate:,}"),
            Run(f"{index % 97}G"),
            Run("7d", Tone.MUTED),
            Run("delete", Tone.MUTED),
        )
        return Row(index, cells, marked=index in self._marked, sign=sign)

    def index_of(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and key < self.count else None


def status(turn: int) -> tuple[StatusSegment, ...]:
    return (
        StatusSegment(line(Run("local", Tone.ACCENT))),
        StatusSegment(line(Run("gallery", Tone.ACCENT)), rank=1),
        StatusSegment(line("KRaft"), rank=2),
        StatusSegment(line("ctrl ", Run("101", Tone.MARK), " e7")),
        StatusSegment(line("3/3 brokers")),
        StatusSegment(line("200,000 topics"), rank=3),
        StatusSegment(line(Run("▲ UNDER MIN ISR 12", Tone.WARN))),
        StatusSegment(line(f"{12_400 + turn:,}/s"), rank=5, grow_right=True),
        StatusSegment(line(Run("live", Tone.GOOD)), grow_right=True),
    )


KEYS = (
    ("1", "table"),
    ("2", "lines"),
    ("3", "sparks"),
    ("4", "chart"),
    ("/", "filter"),
    (":", "command"),
    ("n", "new"),
    ("ctrl+d", "delete"),
    ("v", "notice"),
    ("t", "tick"),
    ("q", "quit"),
)

OVERVIEW: tuple[Line, ...] = (
    line(
        Run("Health    ", Tone.TITLE), "offline 0  ", Run("UNDER MIN ISR 12", Tone.WARN), "  at min ISR 196"
    ),
    line(Run("Brokers   ", Tone.TITLE), "1 ", Run("●", Tone.GOOD), "  2 ", Run("✕ missing 41 s", Tone.BAD)),
    line(Run("Quorum    ", Tone.TITLE), Run("101 ◆", Tone.MARK), " e7  102 ", Run("●", Tone.GOOD)),
    (),
    *(
        line(Run(f"{tone.value:<10}", tone), " text in the tone ", Run("a changed word", tone))
        for tone in Tone
    ),
    (),
    *(line(Run(f"14:{minute:02d}:07", Tone.MUTED), f"  change {minute}") for minute in range(60)),
)

DELETION: tuple[Line, ...] = (
    line(Run("invoices", Tone.MARK), "   id 7qXcA9vVQ-2s   in  ", Run("prod-eu (production)", Tone.BAD)),
    line("6 partitions · RF 3 · 1.2 GB · 402 msg/s now · last write 0.2 s ago"),
    line("Read by    billing (3 members, lag 12)   archiver (empty since 2 d)"),
    line(Run("▲ It is being written to and read right now.", Tone.WARN)),
    line("Its definition will be saved, its data will not."),
)
