"""The one mapping from tones to styles, in variables of the theme."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from ktui.widgets.cells import Tone

TONE_CLASS: dict[Tone, str] = {tone: f"tone--{tone.value}" for tone in Tone}
TONE_CLASSES: set[str] = set(TONE_CLASS.values())

_RULES: dict[Tone, str] = {
    Tone.NORMAL: "color: $foreground;",
    Tone.MUTED: "color: $foreground-muted;",
    Tone.GOOD: "color: $text-success;",
    Tone.WARN: "color: $text-warning; text-style: bold;",
    Tone.BAD: "color: $text-error; text-style: bold;",
    Tone.ACCENT: "color: $text-primary;",
    Tone.TITLE: "color: $foreground; text-style: bold;",
    Tone.MARK: "color: $text-primary; text-style: bold;",
    Tone.CHANGED: "color: $text-primary; text-style: bold underline;",
    Tone.KEY: "color: $text-primary; text-style: bold;",
}
# An ANSI theme has no half-transparent colours, so what is muted is dimmed by the terminal.
_ANSI_RULES: dict[Tone, str] = {Tone.MUTED: "color: ansi_default; text-style: dim;"}
# The primary colour of the dark ANSI theme is the terminal's blue, which is hard to read on black.
_DARK_ANSI_RULES: dict[Tone, str] = dict.fromkeys(
    (Tone.ACCENT, Tone.MARK, Tone.CHANGED, Tone.KEY), "color: $secondary;"
)

QUIET_ON_CURSOR = frozenset({Tone.MUTED, Tone.ACCENT, Tone.TITLE, Tone.KEY, Tone.GOOD})


def tone_css(widget_type: str) -> str:
    """The rules of every tone for one type of widget, to be part of its DEFAULT_CSS."""
    rules = (
        (widget_type, _RULES),
        (f"{widget_type}:ansi", _ANSI_RULES),
        (f"{widget_type}:ansi:dark", _DARK_ANSI_RULES),
    )
    return "\n".join(
        f"{selector} > .{TONE_CLASS[tone]} {{ {rule} }}"
        for selector, rule_by_tone in rules
        for tone, rule in rule_by_tone.items()
    )


class ToneStyles:
    """Rich styles of a widget by tone, kept until the theme or the widget's style changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[Tone, Style] = {}
        self._cursor_styles: dict[tuple[Tone, Tone], Style] = {}

    def forget(self) -> None:
        self._styles.clear()
        self._cursor_styles.clear()

    def __getitem__(self, tone: Tone) -> Style:
        style = self._styles.get(tone)
        if style is None:
            style = self._styles[tone] = self._widget.get_component_rich_style(TONE_CLASS[tone])
        return style

    def under_cursor(self, tone: Tone, row_tone: Tone) -> Style:
        """Reversed, with the colour kept only where it says that something is wrong."""
        style = self._cursor_styles.get((tone, row_tone))
        if style is None:
            calm = Tone.NORMAL if row_tone in QUIET_ON_CURSOR else row_tone
            shown = calm if tone in QUIET_ON_CURSOR or tone is Tone.NORMAL else tone
            style = self._cursor_styles[(tone, row_tone)] = self[shown] + Style(reverse=True)
        return style
