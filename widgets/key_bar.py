"""One line of keys and what they do here; those that do not fit are left out from the end."""

from __future__ import annotations

from collections.abc import Sequence

from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.fitting import cell_width
from ktui.widgets.line_widget import LineWidget

GAP = 2


def arrange(keys: Sequence[tuple[str, str]], width: int) -> Line:
    runs: list[Run] = []
    for key, label in keys:
        entry = (Run(key, Tone.KEY), Run(f" {label}", Tone.MUTED))
        longer = [*runs, *((Run(" " * GAP),) if runs else ()), *entry]
        if cell_width(tuple(longer)) > width:
            break
        runs = longer
    return tuple(runs)


class KeyBar(LineWidget):
    def __init__(
        self,
        keys: Sequence[tuple[str, str]] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._keys = tuple(keys)

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        self._keys = tuple(keys)
        self.repaint_changed()

    def arranged(self, width: int) -> Line:
        return arrange(self._keys, width)
