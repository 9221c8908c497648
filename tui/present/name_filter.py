"""What is typed after `/`: a part of a name, `!part` for all others, `~regular expression`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class NameFilter:
    """Matches names without regard to case. An expression that is not valid matches nothing and says why."""

    text: str = ""

    @property
    def is_empty(self) -> bool:
        return not self._body

    @property
    def is_inverse(self) -> bool:
        return self.text.startswith("!")

    @property
    def _body(self) -> str:
        bare = self.text.removeprefix("!")
        return bare.removeprefix("~") if bare.startswith("~") else bare

    @property
    def _is_expression(self) -> bool:
        return self.text.removeprefix("!").startswith("~")

    @cached_property
    def error(self) -> str | None:
        if not self._is_expression:
            return None
        try:
            re.compile(self._body)
        except re.error as error:
            return f"not a regular expression: {error}"
        return None

    @cached_property
    def matches(self) -> Callable[[str], bool]:
        """Whether a name is shown."""
        if self.is_empty:
            return lambda name: True
        if self.error is not None:
            return lambda name: False
        inverse = self.is_inverse
        if self._is_expression:
            search = re.compile(self._body, re.IGNORECASE).search
            return lambda name: (search(name) is None) is inverse
        wanted = self._body.lower()
        return lambda name: (wanted not in name.lower()) is inverse
