"""Where in the partitions a tail begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.tail.times import moment_ms

_BACK: Final = re.compile(r"-(\d{1,18})")
_OFFSET: Final = re.compile(r"\+(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Latest:
    """Only what is written from now on."""

    def __str__(self) -> str:
        return "latest"


@dataclass(frozen=True, slots=True)
class Earliest:
    """The oldest record that is still there."""

    def __str__(self) -> str:
        return "earliest"


@dataclass(frozen=True, slots=True)
class Back:
    """So many offsets before the end of each partition; fewer records where compaction or transactions left gaps."""

    count: int

    def __str__(self) -> str:
        return f"-{self.count}"


@dataclass(frozen=True, slots=True)
class Offset:
    """The same offset in every partition; the nearest that is there where it is not."""

    offset: int

    def __str__(self) -> str:
        return f"+{self.offset}"


@dataclass(frozen=True)
class Offsets:
    """An offset for each partition; partitions that are not named begin at their earliest."""

    by_partition: Mapping[int, int] = field(hash=False)

    def __str__(self) -> str:
        return ",".join(f"p{index}+{offset}" for index, offset in sorted(self.by_partition.items()))


@dataclass(frozen=True, slots=True)
class Since:
    """The first record whose timestamp is this one or later; partitions without one begin at their end."""

    at_ms: int
    text: str = ""
    """As it was written, for the screen: `-5m`."""

    def __str__(self) -> str:
        return self.text or str(self.at_ms)


Start = Latest | Earliest | Back | Offset | Offsets | Since
LATEST: Final = Latest()
EARLIEST: Final = Earliest()


def parse_start(text: str, now_ms: int) -> Start:
    """`earliest`, `latest`, `-N`, `+OFFSET`, or a moment (see `moment_ms`). ValueError with a sentence."""
    match text.strip().lower():
        case "latest" | "end":
            return LATEST
        case "earliest" | "beginning":
            return EARLIEST
    back, offset = _BACK.fullmatch(text.strip()), _OFFSET.fullmatch(text.strip())
    if back is not None:
        return Back(int(back[1]))
    if offset is not None:
        return Offset(int(offset[1]))
    try:
        return Since(moment_ms(text.strip(), now_ms), text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is no place to start: give earliest, latest, -N (so many back), +OFFSET, or a moment:"
            " ISO 8601, milliseconds since 1970, or a time ago such as -5m"
        ) from None
