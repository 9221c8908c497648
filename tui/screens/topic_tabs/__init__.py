"""The tabs of the topic screen, in their order; `tab` goes to the next one."""

from __future__ import annotations

from typing import Final

from ktui.tui.screens.topic_tabs.access import AccessTab
from ktui.tui.screens.topic_tabs.configuration import ConfigurationTab
from ktui.tui.screens.topic_tabs.groups import GroupsTab
from ktui.tui.screens.topic_tabs.history import HistoryTab
from ktui.tui.screens.topic_tabs.partitions import PartitionsTab
from ktui.tui.screens.topic_tabs.tab import Ground, TopicTab

TABS: Final[tuple[type[TopicTab], ...]] = (PartitionsTab, ConfigurationTab, GroupsTab, AccessTab, HistoryTab)

__all__ = ["TABS", "Ground", "TopicTab"]
