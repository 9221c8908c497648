"""What screens read of groups: one frozen picture with a revision of its own, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.groups.model import GroupDetail, GroupListed, TopicReaders
from ktui.adapters.model import Fault


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is on screen; nothing else is asked for."""

    has_list: bool = False
    groups: frozenset[str] = frozenset()
    """Whose members and lag are in sight."""
    topic: str | None = None
    """Whose readers are looked for."""

    @property
    def is_nothing(self) -> bool:
        return not (self.has_list or self.groups or self.topic)


NOTHING: Final = Wanted()


@dataclass(frozen=True, slots=True, eq=False)
class GroupsView:
    """Compared by identity; a new one only when something in it is new."""

    revision: int = 0
    is_listed: bool = False
    """Whether every broker was asked for its groups, or has failed to answer."""
    listed: tuple[GroupListed, ...] = ()
    """By name."""
    by_name: Mapping[str, GroupListed] = field(default_factory=dict)
    details: Mapping[str, GroupDetail] = field(default_factory=dict)
    readers: TopicReaders | None = None
    faults: tuple[Fault, ...] = ()
    """Coordinators that did not answer; the groups of each are as they were last seen."""
    stale_coordinators: frozenset[int] = frozenset()


EMPTY_GROUPS: Final = GroupsView()
