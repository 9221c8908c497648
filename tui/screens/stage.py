"""Holds the views and shows one of them; a view is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.containers import Vertical

from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.screens.access import AclsView, QuotasView, UsersView
from ktui.tui.screens.broker_settings import BrokerSettingsView
from ktui.tui.screens.brokers import BrokersView
from ktui.tui.screens.chart import ChartView
from ktui.tui.screens.events import EventsView
from ktui.tui.screens.group import GroupView
from ktui.tui.screens.groups import GroupsView
from ktui.tui.screens.moves import MovesView
from ktui.tui.screens.overview import OverviewView
from ktui.tui.screens.partitions import BrokerView, PartitionsView
from ktui.tui.screens.problems import ProblemsView
from ktui.tui.screens.quorum import QuorumView
from ktui.tui.screens.tail import TailScreen
from ktui.tui.screens.topic import TopicView
from ktui.tui.screens.topics import TopicsView
from ktui.tui.screens.view import View

MAKERS: Final[dict[ScreenName, Callable[[Desk], View]]] = {
    ScreenName.OVERVIEW: OverviewView,
    ScreenName.BROKERS: BrokersView,
    ScreenName.QUORUM: QuorumView,
    ScreenName.TOPICS: TopicsView,
    ScreenName.PARTITIONS: PartitionsView,
    ScreenName.PROBLEMS: ProblemsView,
    ScreenName.GROUPS: GroupsView,
    ScreenName.GROUP: GroupView,
    ScreenName.ACLS: AclsView,
    ScreenName.USERS: UsersView,
    ScreenName.QUOTAS: QuotasView,
    ScreenName.EVENTS: EventsView,
    ScreenName.TOPIC: TopicView,
    ScreenName.BROKER: BrokerView,
    ScreenName.CHART: ChartView,
    ScreenName.MOVES: MovesView,
    ScreenName.BROKER_SETTINGS: BrokerSettingsView,
    ScreenName.TAIL: TailScreen,
}


class Stage(Vertical):
    def __init__(self, desk: Desk, first: Place) -> None:
        self._desk = desk
        self._first = first
        self._views: dict[ScreenName, View] = {}
        self.view = self._made(first.screen)
        super().__init__(self.view)

    def on_mount(self) -> None:
        self.view.show_place(self._first)

    def _made(self, screen: ScreenName) -> View:
        view = MAKERS[screen](self._desk)
        self._views[screen] = view
        return view

    async def show(self, place: Place) -> None:
        """Put this place on the screen."""
        view = self._views.get(place.screen)
        if view is None:
            view = self._made(place.screen)
            view.display = False
            await self.mount(view)
        before, self.view = self.view, view
        with self.app.batch_update():
            if before is not view:
                before.hide()
            view.show_place(place)
