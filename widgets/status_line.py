"""One line of segments; when it is narrow the least important ones go first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ktui.widgets.cells import Line, Run
from ktui.widgets.fitting import cell_width, cut_line
from ktui.widgets.line_widget import LineWidget

GAP = 2


@dataclass(frozen=True, slots=True)
class StatusSegment:
    """Of segments that do not fit the highest rank goes first, rank 0 never.

    `grow_right` puts a segment into the group at the right edge.
    """

    runs: Line
    rank: int = 0
    grow_right: bool = False


def arrange(segments: Sequence[StatusSegment], width: int) -> Line:
    """The segments on one line of `width` cells; the right-hand group is the last to be cut."""
    kept = [segment for segment in segments if cell_width(segment.runs)]
    while _needed(kept) > width:
        worst = max(range(len(kept)), key=lambda at: (kept[at].rank, at))
        if kept[worst].rank == 0:
            break
        del kept[worst]
    left = _joined([segment.runs for segment in kept if not segment.grow_right])
    right = cut_line(_joined([segment.runs for segment in kept if segment.grow_right]), width)
    if not right:
        return cut_line(left, width)
    room = width - cell_width(right)
    shown = cut_line(left, max(0, room - GAP))
    return (*shown, Run(" " * (room - cell_width(shown))), *right)


def _needed(segments: Sequence[StatusSegment]) -> int:
    return sum(cell_width(segment.runs) for segment in segments) + GAP * max(0, len(segments) - 1)


def _joined(lines: Sequence[Line]) -> Line:
    runs: list[Run] = []
    for runs_of_one in lines:
        if runs:
            runs.append(Run(" " * GAP))
        runs.extend(runs_of_one)
    return tuple(runs)


class StatusLine(LineWidget):
    def __init__(
        self,
        segments: Sequence[StatusSegment] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._segments = tuple(segments)

    def show(self, segments: Sequence[StatusSegment]) -> None:
        self._segments = tuple(segments)
        self.repaint_changed()

    def arranged(self, width: int) -> Line:
        return arrange(self._segments, width)
