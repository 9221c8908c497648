"""How often a screen draws that could always draw: some ten times a second, less on a slow terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.timer import Timer
from textual.widget import Widget

QUICK_S: Final = 0.1
RACING_S: Final = 0.2
"""While every line is another one at each drawing, which nobody reads."""
SLOWEST_S: Final = 2.0
_LATE_S: Final = 0.15


class Pacing:
    """`ask` whenever there is something to draw; `draw` is called soon, but not sooner than is good.

    A terminal that takes its bytes slowly holds the loop: then a timer comes late, and the next one is set later.
    """

    def __init__(self, owner: Widget, draw: Callable[[], bool], clock: Callable[[], float]) -> None:
        """`draw` tells whether it races."""
        self._owner = owner
        self._draw = draw
        self._clock = clock
        self._timer: Timer | None = None
        self._due = 0.0
        self._drawn_at = -SLOWEST_S
        self.gap_s = QUICK_S

    def ask(self) -> None:
        if self._timer is not None:
            return
        now = self._clock()
        self._due = max(now, self._drawn_at + self.gap_s)
        if self._due <= now:
            self.draw_now()
        else:
            self._timer = self._owner.set_timer(self._due - now, self._at_last)

    def _at_last(self) -> None:
        late = self._clock() - self._due
        self._timer = None
        if late > _LATE_S:
            self.gap_s = min(SLOWEST_S, self.gap_s * 2)
        self.draw_now(is_late=late > _LATE_S)

    def draw_now(self, *, is_late: bool = False) -> None:
        """At once, whatever was drawn last."""
        is_racing = self._draw()
        self._drawn_at = self._clock()
        if not is_late:
            usual = RACING_S if is_racing else QUICK_S
            self.gap_s = usual if self.gap_s <= RACING_S else max(usual, self.gap_s * 0.8)
