"""`sasl.jaas.config`: one login module and its options, as Java's JaasConfig reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import BadSettings

_FLAGS: Final = frozenset({"required", "requisite", "sufficient", "optional"})
_TOKEN: Final = re.compile(
    r"""\s+ | //[^\n]* | /\*.*?\*/
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | '(?P<single>(?:[^'\\]|\\.)*)'
      | (?P<sign>[=;])
      | (?P<word>[^\s"'=;]+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class LoginModule:
    """The class and its options. Options hold passwords: do not print them."""

    name: str
    options: Mapping[str, str]

    @property
    def short_name(self) -> str:
        return self.name.rpartition(".")[2]

    def __repr__(self) -> str:
        return f"LoginModule({self.name!r}, ***)"


def parse_jaas(text: str) -> LoginModule:
    """`Module required key="value" … ;`. Raises BadSettings, never quoting a value."""
    tokens = _tokens(text)
    if len(tokens) < 2 or tokens[1][1].lower() not in _FLAGS:
        raise BadSettings('a login module and "required" are expected first')
    (_, name), _, *rest = tokens
    if not rest or rest[-1] != ("sign", ";"):
        raise BadSettings('";" is missing at the end')
    if ("sign", ";") in rest[:-1]:
        raise BadSettings("only one login module can be used")
    options: dict[str, str] = {}
    pairs = rest[:-1]
    for index in range(0, len(pairs), 3):
        key, equals, value = (*pairs[index : index + 3], ("", ""), ("", ""))[:3]
        if key[0] == "sign" or equals != ("sign", "=") or value[0] in ("sign", ""):
            raise BadSettings(f'option {index // 3 + 1} of the login module is not of the form key="value"')
        options[key[1]] = value[1]
    return LoginModule(name, options)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadSettings("a quote is not closed")
        position = match.end()
        kind = match.lastgroup
        if kind in ("double", "single"):
            tokens.append(("text", _ESCAPE.sub(_escaped, match[kind])))
        elif kind is not None:
            tokens.append((kind, match[kind]))
    return tokens


def _escaped(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape, 8)) if escape[0] in "01234567" else _LETTERS.get(escape, escape)
