"""What a change is about when a key asks for it: what is marked, else what is under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ktui.adapters.access.model import AclEntry


@dataclass(frozen=True, slots=True)
class Chosen:
    """Empty where the view shows nothing of the kind."""

    topics: tuple[str, ...] = ()
    partitions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    setting: str | None = None
    """The key of the setting under the cursor."""
    broker: int | None = None
    group: str | None = None
    rule: AclEntry | None = None
    """The access rule under the cursor."""
    is_marked: bool = False

    @property
    def topic(self) -> str | None:
        return self.topics[0] if self.topics else None


def by_topic(keys: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    """Partition indexes by topic, in order."""
    found: dict[str, list[int]] = {}
    for topic, index in sorted(keys):
        found.setdefault(topic, []).append(index)
    return {topic: tuple(indexes) for topic, indexes in found.items()}
