"""The configuration file without what must not be handed on."""

from __future__ import annotations

import re
from typing import Final

_SECRET: Final = re.compile(
    r"""(?P<key>[\w."'-]*(?:password|secret|jaas|keystore\.key|key\.pem|token)[\w."'-]*\s*=\s*)(?P<value>.*)""",
    re.IGNORECASE,
)
_SOURCE: Final = re.compile(r"\{\s*(?:env|file|prompt)\s*=[^{}]*\}\s*(?:#.*)?$")
_URL_LOGIN: Final = re.compile(r"(?P<scheme>\w+://)[^/@\s\"']+@")
_MULTI_LINE: Final = ('"""', "'''")


def redacted(text: str) -> str:
    """Values of settings that hold secrets are `***`; where a secret comes from stays, unless it is a command."""
    lines: list[str] = []
    closing: str | None = None
    for line in text.splitlines():
        if closing is not None:
            closing = None if closing in line else closing
            continue
        match = _SECRET.search(line)
        if match is not None and not _SOURCE.match(match["value"]):
            closing = next((mark for mark in _MULTI_LINE if match["value"].count(mark) == 1), None)
            line = line[: match.start("value")] + "***"
        lines.append(_URL_LOGIN.sub(r"\g<scheme>***@", line))
    return "\n".join(lines) + "\n"
