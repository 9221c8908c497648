"""The configuration of a topic as rows: what was set on the topic itself first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from ktui.tui.present.formats import UNKNOWN
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import ColumnSpec, Run, Tone
from ktui.widgets.rows import Row

if TYPE_CHECKING:
    from ktui.adapters.kafka.asks.config_values import ConfigValue

COLUMNS: Final = (
    ColumnSpec("name", "NAME", 40, min_width=24),
    ColumnSpec("value", "VALUE", 24, grow=True, min_width=12),
    ColumnSpec("source", "SET BY", 22, min_width=14),
)
TOPIC: Final = "topic"
HIDDEN: Final = "***"
EMPTY: Final = "(empty)"

SOURCE_WORDS: Final = {
    TOPIC: "this topic",
    "broker": "broker, live",
    "broker-default": "brokers, live",
    "static": "broker's file",
    "default": "Kafka itself",
    "group": "group",
    "unknown": UNKNOWN,
}
"""By what the source is called; each is the place where the value was set."""


def rows(values: Iterable[ConfigValue], matches: Callable[[str], bool]) -> list[Row]:
    """Overrides first, then by name."""
    shown = (value for value in values if matches(value.name))
    ordered = sorted(shown, key=lambda value: (value.source != TOPIC, value.name))
    return [_row(value) for value in ordered]


def _row(value: ConfigValue) -> Row:
    is_own = value.source == TOPIC
    tone = Tone.NORMAL if is_own else Tone.MUTED
    source = SOURCE_WORDS.get(str(value.source), str(value.source))
    cells = (
        Run(safe(value.name), tone),
        Run(value_text(value), tone),
        Run(source, Tone.ACCENT if is_own else Tone.MUTED),
    )
    return Row(value.name, cells)


def value_text(value: ConfigValue) -> str:
    if value.is_sensitive:
        return HIDDEN
    if value.value is None:
        return UNKNOWN
    return safe(value.value) or EMPTY
