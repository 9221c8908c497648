"""The settings of a broker as rows, what was set while it runs first; and its log directories as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.model import ClusterSnapshot, DirectoryUse
from ktui.tui.present.configuration import SOURCE_WORDS, value_text
from ktui.tui.present.formats import UNKNOWN, percent, size_in_words
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import ColumnSpec, Line, Run, Tone, line
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("name", "NAME", 40, min_width=24),
    ColumnSpec("value", "VALUE", 24, grow=True, min_width=12),
    ColumnSpec("source", "SET BY", 15),
    ColumnSpec("dynamic", "CHANGE", 10, rank=1),
)
LIVE: Final = frozenset({ConfigSource.BROKER, ConfigSource.BROKER_DEFAULT})
_ORDER: Final = (ConfigSource.BROKER, ConfigSource.BROKER_DEFAULT, ConfigSource.STATIC)


def rows(values: Iterable[ConfigValue], matches: Callable[[str], bool]) -> list[Row]:
    """Those that somebody has set before those that nobody has."""
    shown = [value for value in values if matches(value.name)]
    return [_row(value) for value in sorted(shown, key=lambda value: (_rank(value), value.name))]


def _rank(value: ConfigValue) -> int:
    return _ORDER.index(value.source) if value.source in _ORDER else len(_ORDER)


def _row(value: ConfigValue) -> Row:
    is_set = value.source in _ORDER
    tone = Tone.NORMAL if is_set else Tone.MUTED
    source = SOURCE_WORDS.get(str(value.source), str(value.source))
    cells = (
        Run(safe(value.name), tone),
        Run(value_text(value), tone),
        Run(source, Tone.ACCENT if value.source in LIVE else Tone.MUTED),
        Run("restart" if value.is_read_only else "live", Tone.MUTED),
    )
    return Row(value.name, cells)


def directory_lines(snapshot: ClusterSnapshot, broker: int) -> tuple[Line, ...]:
    """A line for each log directory; none where the broker does not tell of them."""
    return tuple(_directory(one) for one in snapshot.sizes.directories.get(broker, ()))


def _directory(one: DirectoryUse) -> Line:
    path = Run(f"log dir {safe(one.path)}  ")
    if one.error is not None:
        return (path, Run(f"✕ {safe(one.error)}", Tone.BAD))
    if one.total_bytes is None or one.usable_bytes is None:
        return (path, Run(f"size {UNKNOWN}", Tone.MUTED))
    used = one.total_bytes - one.usable_bytes
    text = f"{percent(used, one.total_bytes)} of {size_in_words(one.total_bytes)} used, "
    cordoned = (Run("  takes no new partitions", Tone.WARN),) if one.is_cordoned else ()
    return line(path, Run(f"{text}{size_in_words(one.usable_bytes)} free", Tone.MUTED), *cordoned)
