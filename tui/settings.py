"""What the console is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ktui.adapters.operate.lock import Lock
from ktui.adapters.serde.masking import MaskRule
from ktui.tui.places import Place, ScreenName


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """One value, made by the command line."""

    name: str
    """What the cluster is called: the profile's name, or its address as it was typed."""
    environment: str | None = None
    is_read_only: bool = False
    lock: Lock = field(default_factory=lambda: Lock(is_locked=False))
    """Of the changes to this cluster; the feed obeys the same one."""
    first_screen: str = ScreenName.OVERVIEW.value
    first_topic: str | None = None
    uses_utc: bool = False
    connection_words: tuple[str, ...] = ()
    """The options that reach the same cluster from a shell."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by the name of a command, where they differ from the usual ones."""
    mask_rules: tuple[MaskRule, ...] = ()
    """What of records must not be shown, copied or exported."""
    schema_registry: str | None = None
    """Its address; None: records are read without schemas."""
    theme: str | None = None
    """A theme of Textual; None: the usual one."""
    can_switch: bool = False
    """Whether another cluster can be chosen from inside."""

    @property
    def may_change(self) -> bool:
        """Whether changes are offered now."""
        return not self.is_read_only and not self.lock.is_locked

    @property
    def first_place(self) -> Place:
        """ValueError for a screen that does not exist."""
        if self.first_screen == ScreenName.TAIL:
            return Place(ScreenName.TAIL, self.first_topic)
        if self.first_topic is not None:
            return Place(ScreenName.TOPIC, self.first_topic)
        return Place(ScreenName(self.first_screen))
