"""JSON laid out for people without changing a character of its names, strings and numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

LARGEST: Final = 256 << 10
"""Bytes that are laid out; more would hold whoever waits for it."""
_DEEPEST: Final = 200
_INDENT: Final = "  "
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_PAIRS: Final = {"{": "}", "[": "]"}


def is_json(text: str) -> bool:
    """Whether it is an object or a list: what else is JSON is as readable as it stands."""
    if text.lstrip(" \t\r\n")[:1] not in _PAIRS or len(text) > LARGEST:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def laid_out(text: str) -> list[str]:
    """Lines of JSON, indented. Duplicate names and digits stay as they are; the text must be JSON.

    >>> laid_out('{"a":[1,{}],"b":1.0}')
    ['{', '  "a": [', '    1,', '    {}', '  ],', '  "b": 1.0', '}']
    """
    lines: list[str] = []
    current, depth = "", 0
    for token, following in _with_next(_TOKEN.findall(text)):
        if token in _PAIRS:
            if following == _PAIRS[token]:
                current += token
                continue
            lines.append(current + token)
            depth += 1
            current = _margin(depth)
        elif token in ("}", "]"):
            if current.endswith(("{", "[")) and current.strip():
                current += token
                continue
            depth -= 1
            if current.strip():
                lines.append(current)
            current = _margin(depth) + token
        elif token == ",":
            lines.append(current + token)
            current = _margin(depth)
        else:
            current += ": " if token == ":" else token
    return [*lines, current]


def _with_next(tokens: list[str]) -> Iterator[tuple[str, str]]:
    return zip(tokens, [*tokens[1:], ""], strict=True)


def _margin(depth: int) -> str:
    return _INDENT * min(depth, _DEEPEST)
