"""Bytes that every match of a regular expression contains: what a search can look for before it decodes anything."""

from __future__ import annotations

from typing import Final

_SPECIAL: Final = frozenset(".^$*+?{}[]\\|()")
_OPTIONAL: Final = frozenset("*?{")
"""What follows these may be left out; `+` may not."""
_PLAIN_ESCAPES: Final = frozenset(".^$*+?{}[]\\|()/-_:,;=@#%&~\"' <>!")


def literal_of(pattern: str) -> str:
    """The longest text that is certain to be in whatever matches; empty: there is none that is certain.

    It errs to the safe side: only plain characters at the top level count, none inside groups, and none at all
    where alternatives or flags could change what they mean.
    """
    if "(?" in pattern or "|" in pattern:
        return ""
    best, run = "", ""
    position, depth = 0, 0
    while position < len(pattern):
        character, width = _literal_at(pattern, position)
        after = pattern[position + width : position + width + 1]
        is_literal = character != "" and not depth
        if is_literal and after not in _OPTIONAL:
            run += character
            best = max(best, run, key=len)
            if after == "+":
                run = ""
        else:
            run = ""
        depth += _depth_change(pattern[position : position + width])
        position += width
    return best


def _depth_change(token: str) -> int:
    return 1 if token == "(" else -1 if token == ")" else 0


def _literal_at(pattern: str, position: int) -> tuple[str, int]:
    """The plain character here, empty when it is something else, and how many characters of the pattern it takes."""
    character = pattern[position]
    if character == "\\":
        escaped = pattern[position + 1 : position + 2]
        return (escaped if escaped in _PLAIN_ESCAPES else ""), _escape_width(pattern, position)
    if character == "[":
        return "", _class_width(pattern, position)
    if character == "{":
        closing = pattern.find("}", position)
        return "", (closing - position + 1) if closing >= 0 else 1
    return ("" if character in _SPECIAL else character), 1


def _escape_width(pattern: str, position: int) -> int:
    """Escapes by number (`\\x41`, `\\u0041`, `\\101`) and by name take more than two characters."""
    kind = pattern[position + 1 : position + 2]
    if kind == "N" and pattern[position + 2 : position + 3] == "{":
        return max(2, pattern.find("}", position) - position + 1)
    if kind in ("x", "u", "U"):
        return 2 + {"x": 2, "u": 4, "U": 8}[kind]
    digits = 0
    while kind.isdigit() and pattern[position + 1 + digits : position + 2 + digits].isdigit() and digits < 3:
        digits += 1
    return max(2, 1 + digits)


def _class_width(pattern: str, position: int) -> int:
    """Up to the bracket that closes a set; one right after the opening (or `[^`) stands for itself."""
    end = position + 1
    if pattern[end : end + 1] == "^":
        end += 1
    if pattern[end : end + 1] == "]":
        end += 1
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end - position + 1
