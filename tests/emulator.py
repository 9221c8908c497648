"""A terminal's screen without a terminal: pyte, and the little that pyte does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pyte
from wcwidth import wcswidth

CSI: Final = re.compile(rb"\x1b\[([?<>=]?)([0-9;:]*)([ $!\"']?)([@-~])")
UNFINISHED: Final = re.compile(rb"\x1b(\[[?<>=]?[0-9;:]*[ $!\"']?)?\Z")
STRING: Final = re.compile(rb"\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)")
UNFINISHED_STRING: Final = re.compile(rb"\x1b[\]P_^X][^\x07\x1b]*\x1b?\Z")
SYNCHRONIZED: Final = b"2026"
ALTERNATE: Final = (b"47", b"1047", b"1049")

KEYS: Final = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    **{f"f{number}": f"\x1bO{letter}" for number, letter in zip(range(1, 5), "PQRS", strict=True)},
    **{
        f"f{number}": f"\x1b[{code}~"
        for number, code in zip(range(5, 11), (15, 17, 18, 19, 20, 21), strict=True)
    },
    **{f"ctrl+{letter}": chr(ord(letter) - ord("a") + 1) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
"""What an xterm sends for a key."""


class NoticingScreen(pyte.Screen):
    """Counts texts that do not fit into their row."""

    overflows = 0

    def draw(self, data: str) -> None:
        self.overflows += self.cursor.x + max(0, wcswidth(data)) > self.columns
        super().draw(data)


class Emulator:
    """Bytes in; lines and answers out. A frame that is being written is not seen until it is whole."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = NoticingScreen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._rest = b""
        self._before_alternate: list[str] = []
        self.lines: list[str] = list(self._screen.display)
        """The screen after the last whole frame, one text per row."""
        self.is_alternate = False
        self.is_in_frame = False

    @property
    def is_cursor_shown(self) -> bool:
        return not self._screen.cursor.hidden

    @property
    def title(self) -> str:
        return str(self._screen.title)

    @property
    def overflows(self) -> int:
        """How many texts ran over the end of their row."""
        return self._screen.overflows

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)
        self.lines = list(self._screen.display)

    def colours(self) -> set[str]:
        """Foregrounds and backgrounds now on the screen; `default` is none."""
        return {
            colour
            for row in range(self._screen.lines)
            for cell in (self._screen.buffer[row][column] for column in range(self._screen.columns))
            for colour in (cell.fg, cell.bg)
        }

    def looks(self, row: int) -> list[tuple[str, bool]]:
        """Background and reverse video of every cell of a row."""
        cells = (self._screen.buffer[row][column] for column in range(self._screen.columns))
        return [(cell.bg, cell.reverse) for cell in cells]

    def feed(self, data: bytes) -> bytes:
        """Show the bytes; the answer is what a terminal would send back."""
        data, self._rest = self._rest + data, b""
        if match := UNFINISHED.search(data) or UNFINISHED_STRING.search(data):
            data, self._rest = data[: match.start()], data[match.start() :]
        answers = b"".join(self._feed_parts(STRING.sub(b"", data)))
        if not self.is_in_frame:
            self.lines = list(self._screen.display)
        return answers

    def _feed_parts(self, data: bytes) -> Iterator[bytes]:
        shown = 0
        for match in CSI.finditer(data):
            prefix, numbers, between, final = match.groups()
            if prefix or between or final == b"c" or (final, numbers) == (b"n", b"6"):
                self._stream.feed(data[shown : match.start()])
                shown = match.end()
                yield self._control(match[0], prefix, numbers, between, final)
        self._stream.feed(data[shown:])

    def _control(self, raw: bytes, prefix: bytes, numbers: bytes, between: bytes, final: bytes) -> bytes:
        """What pyte would not understand."""
        if prefix == b"?" and final in b"hl" and not between:
            self._set_modes(numbers.split(b";"), final == b"h")
            self._stream.feed(raw)
        elif prefix == b"?" and between == b"$" and final == b"p":
            state = b"2" if numbers == SYNCHRONIZED else b"0"
            return b"\x1b[?" + numbers + b";" + state + b"$y"
        elif prefix == b"" and final == b"c":
            return b"\x1b[?62;22c"
        elif prefix == b"" and final == b"n":
            cursor = self._screen.cursor
            return b"\x1b[%d;%dR" % (cursor.y + 1, cursor.x + 1)
        return b""

    def _set_modes(self, modes: list[bytes], is_on: bool) -> None:
        for mode in modes:
            if mode == SYNCHRONIZED:
                self.is_in_frame = is_on
            elif mode in ALTERNATE and is_on is not self.is_alternate:
                self.is_alternate = is_on
                self._screen.erase_in_display(2)
                self._screen.cursor_position()
