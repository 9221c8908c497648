"""What a server says to one part of a request for changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ktui.adapters.kafka.error_codes import name_of, sentence_of


@dataclass(frozen=True, slots=True)
class Told:
    """Code 0 is yes."""

    code: int
    message: str | None = None
    """The server's own words, where it has some."""

    @staticmethod
    def by(answered: Any) -> Told:
        """Of an entry with kio's fields."""
        return Told(int(answered.error_code), getattr(answered, "error_message", None))

    @property
    def code_name(self) -> str:
        return name_of(self.code)

    @property
    def sentence(self) -> str:
        """Why not, without a full stop."""
        words = " ".join((self.message or "").split()).rstrip(".")
        return words or sentence_of(self.code)
