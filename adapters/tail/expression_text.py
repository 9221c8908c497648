"""Reading expressions on JSON fields.

or     := and ("or" and)*
and    := not ("and" not)*
not    := "not" not | "(" or ")" | path [sign literal]
path   := ("." name | "." string | "[" integer "]")+     name: letters, digits, _ and -
sign   := "==" | "!=" | "<" | "<=" | ">" | ">=" | "~"    ("=" is taken for "==")
literal: as in JSON; after ~ a string with a regular expression
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

from ktui.adapters.tail.expression import (
    AllOf,
    AnyOf,
    Compare,
    Exists,
    Expression,
    Literal,
    Matches,
    Not,
    Path,
    Step,
)

_TOKEN: Final = re.compile(
    r"""\s*(?P<token>
        \.\s*"(?:[^"\\]|\\.)*" | \.[\w-]+ | \.(?![\w"]) | \[\s*-?\d+\s*\]
      | ==|!=|<=|>=|=|<|>|~
      | "(?:[^"\\]|\\.)*"
      | -?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?
      | [A-Za-z]\w*
      | [()]
    )""",
    re.VERBOSE,
)
_SIGNS: Final = frozenset(("==", "!=", "<", "<=", ">", ">=", "=", "~"))
_DEEPEST: Final = 50


def parse_expression(text: str) -> Expression:
    """ValueError with a sentence that says where it went wrong."""
    expression, end = expression_at(text, 0)
    rest = text[end:].strip()
    if rest:
        raise ValueError(f"{text!r}: {rest!r} was not expected there")
    return expression


def expression_at(text: str, position: int) -> tuple[Expression, int]:
    """The longest expression that begins here, and the position after it; ValueError."""
    parser = _Parser(text, position)
    expression = parser.either()
    return expression, parser.position


class _Parser:
    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.depth = 0

    def either(self) -> Expression:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self) -> Expression:
        parts = [self._one()]
        while self._goes_on_after_and():
            self._takes("and")
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            self._fail("it is nested too deeply")
        try:
            if self._takes("not"):
                return Not(self._one())
            if self._takes("("):
                inner = self.either()
                if not self._takes(")"):
                    self._fail("a closing parenthesis is missing")
                return inner
            return self._comparison()
        finally:
            self.depth -= 1

    def _comparison(self) -> Expression:
        path = self._path()
        sign, end = self._peek()
        if sign not in _SIGNS:
            return Exists(path)
        self.position = end
        literal = self._literal()
        if sign == "~":
            if not isinstance(literal, str):
                self._fail('~ needs a regular expression in quotes, as in .name ~ "^a"')
            return Matches(path, self._pattern(literal))
        return Compare(path, "==" if sign == "=" else sign, literal)

    def _path(self) -> Path:
        steps: list[Step] = []
        token, end = self._peek()
        if not token.startswith((".", "[")):
            self._fail("a field such as .customer is expected")
        while token.startswith((".", "[")):
            self.position = end
            if token.startswith("["):
                steps.append(int(token[1:-1]))
            elif token.lstrip(".").strip():
                name = token[1:].strip()
                steps.append(str(json.loads(name)) if name.startswith('"') else name)
            if self.text[end : end + 1] not in (".", "["):
                break
            token, end = self._peek()
        return Path(tuple(steps))

    def _literal(self) -> Literal:
        token, end = self._peek()
        try:
            value = json.loads(token)
        except ValueError:
            self._fail("a number, true, false, null or a text in quotes is expected")
        self.position = end
        if isinstance(value, str | int | float) or value is None:
            return value
        self._fail("a number, true, false, null or a text in quotes is expected")

    def _pattern(self, source: str) -> re.Pattern[str]:
        try:
            return re.compile(source)
        except re.error as error:
            self._fail(f"the regular expression {source!r} cannot be used: {error}")

    def _goes_on_after_and(self) -> bool:
        """Whether "and" comes, and after it something of this language (and not another condition)."""
        token, end = self._peek()
        if token != "and":
            return False
        following = _TOKEN.match(self.text, end)
        word = following["token"] if following else ""
        return word in ("not", "(") or word.startswith((".", "["))

    def _takes(self, wanted: str) -> bool:
        token, end = self._peek()
        if token == wanted:
            self.position = end
        return token == wanted

    def _peek(self) -> tuple[str, int]:
        found = _TOKEN.match(self.text, self.position)
        return (found["token"], found.end()) if found else ("", self.position)

    def _fail(self, what: str) -> NoReturn:
        where = self.text[self.position :].strip()
        raise ValueError(f"{self.text!r}: {what}" + (f", at {where!r}" if where else ""))
