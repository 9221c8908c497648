"""Cutting, padding and wrapping by terminal cells, never by characters."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from ktui.widgets.cells import Align, Cell, Line, Run, Tone, as_line

ELLIPSIS = "…"


def text_width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def cell_width(cell: Cell) -> int:
    return sum(text_width(run.text) for run in as_line(cell))


def head(text: str, width: int) -> str:
    """The longest start of the text that is at most `width` cells wide."""
    if text.isascii():
        return text[: max(0, width)]
    used = 0
    for at, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return text[:at]
    return text


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis when something was left out."""
    if text_width(text) <= width:
        return text
    return head(text, width - 1) + ELLIPSIS if width > 0 else ""


def fit(text: str, width: int, align: Align = Align.LEFT) -> str:
    """The text in exactly `width` cells."""
    shown = cut(text, width)
    padding = " " * (width - text_width(shown))
    return padding + shown if align is Align.RIGHT else shown + padding


def cut_line(whole: Line, width: int) -> Line:
    if cell_width(whole) <= width:
        return whole
    kept: list[Run] = []
    left = width
    for at, run in enumerate(whole):
        is_last = all(not later.text for later in whole[at + 1 :])
        needed = text_width(run.text)
        if needed < left or (needed == left and is_last):
            kept.append(run)
            left -= needed
            continue
        if left > 0:
            kept.append(Run(head(run.text, left - 1) + ELLIPSIS, run.tone))
        break
    return tuple(kept)


def fit_line(cell: Cell, width: int, align: Align = Align.LEFT) -> Line:
    """The cell in exactly `width` cells."""
    if isinstance(cell, Run) and cell.tone is not Tone.CHANGED:
        return (Run(fit(cell.text, width, align), cell.tone),)
    shown = cut_line(as_line(cell), width)
    missing = width - cell_width(shown)
    if missing <= 0:
        return shown
    padding = Run(" " * missing)
    return (padding, *shown) if align is Align.RIGHT else (*shown, padding)


def wrap_line(whole: Line, width: int) -> tuple[Line, ...]:
    """The line broken into lines of at most `width` cells, at spaces where there are any."""
    if width <= 0 or cell_width(whole) <= width:
        return (whole,)
    lines: list[Line] = []
    current: list[Run] = []
    used = 0
    for word in _words(whole):
        for piece in _pieces(word, width):
            blank = piece.text.isspace()
            size = text_width(piece.text)
            if used + size > width:
                if not blank:
                    lines.append(_without_trailing_blank(current))
                    current, used = [piece], size
                continue
            if blank and not current and lines:
                continue
            current.append(piece)
            used += size
    if current:
        lines.append(_without_trailing_blank(current))
    return tuple(lines)


def _words(whole: Line) -> Iterator[Run]:
    for run in whole:
        start = 0
        for at in range(1, len(run.text) + 1):
            if at == len(run.text) or (run.text[at] == " ") != (run.text[at - 1] == " "):
                yield Run(run.text[start:at], run.tone)
                start = at


def _pieces(word: Run, width: int) -> Iterator[Run]:
    rest = word.text
    while text_width(rest) > width:
        part = head(rest, width) or rest[0]
        yield Run(part, word.tone)
        rest = rest[len(part) :]
    if rest:
        yield Run(rest, word.tone)


def _without_trailing_blank(runs: list[Run]) -> Line:
    kept = list(runs)
    while kept and kept[-1].text.isspace():
        kept.pop()
    return tuple(kept)
