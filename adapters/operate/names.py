"""What a topic may be called, by Kafka's rules.

Source: `org.apache.kafka.common.internals.Topic` (clients): MAX_NAME_LENGTH 249, LEGAL_CHARS [a-zA-Z0-9._-], and the
collision of `.` with `_` in metric names, for which the controller refuses a second name that differs only so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MAX_LENGTH: Final = 249
INTERNAL_TOPICS: Final = frozenset(
    {"__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata"}
)
_ILLEGAL: Final = re.compile(r"[^a-zA-Z0-9._-]")


def name_fault(name: str) -> str | None:
    """Why Kafka would not take this name, as a sentence; None when it would."""
    if not name:
        return "A topic needs a name."
    if name in (".", ".."):
        return f"A topic cannot be called {name!r}."
    if len(name) > MAX_LENGTH:
        return f"The name has {len(name)} characters; a topic's name has at most {MAX_LENGTH}."
    illegal = list(dict.fromkeys(_ILLEGAL.findall(name)))
    if illegal:
        shown = " ".join("space" if char == " " else ascii(char) for char in illegal[:5])
        return f"A topic's name has only ASCII letters, digits, '.', '_' and '-'; this one has {shown}."
    return None


def collision_fault(name: str, existing: Iterable[str]) -> str | None:
    """Why this name cannot stand beside the existing ones, as a sentence; None when it can."""
    folded = _folded(name)
    if "_" not in folded:
        return None
    for other in existing:
        if other != name and _folded(other) == folded:
            return f"{name} collides with the topic {other}: in Kafka's metrics '.' and '_' are the same."
    return None


def is_internal_name(name: str) -> bool:
    """Whether Kafka itself keeps its state in a topic of this name."""
    return name in INTERNAL_TOPICS


def _folded(name: str) -> str:
    return name.replace(".", "_")
