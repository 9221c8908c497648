"""The application: owns the one current snapshot, shows it, and runs the commands."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Iterable
from datetime import tzinfo
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from ktui.adapters.groups.view import NOTHING
from ktui.tui import administration, changes, mishaps, terminal
from ktui.tui.bindings import bindings, palette
from ktui.tui.command_line import NotUnderstood, completions, parse
from ktui.tui.crossing import Crossing, Gap
from ktui.tui.desk import Clock, Desk
from ktui.tui.dispatch import Dispatch
from ktui.tui.places import Place, ScreenName, Trail
from ktui.tui.ports import FeedPort, PlayerPort
from ktui.tui.present import keys
from ktui.tui.present.header import segments
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.help import HelpScreen, help_lines
from ktui.tui.screens.messages import Go, OffersChanged, Say, SnapshotArrived, TaskFailed, TopicGone
from ktui.tui.screens.stage import Stage
from ktui.tui.settings import ConsoleSettings
from ktui.tui.watchman import Watchman
from ktui.widgets.command_bar import CommandBar
from ktui.widgets.filter_bar import FilterBar
from ktui.widgets.key_bar import KeyBar
from ktui.widgets.keys_in_order import KeysInOrder
from ktui.widgets.status_line import StatusLine


class KtuiApp(KeysInOrder[None]):
    """`ticks=False`: no timers run; `tick` is called by whoever wants time to pass."""

    CSS_PATH = "ktui.tcss"
    TITLE = "ktui"
    BINDINGS: ClassVar[list[BindingType]] = bindings()

    def __init__(
        self,
        feed: FeedPort,
        settings: ConsoleSettings,
        *,
        player: PlayerPort | None = None,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
        zone: tzinfo | None = None,
        ticks: bool = True,
    ) -> None:
        # Which colours are sent is decided while an App is made, from its theme: a later one comes too late.
        super().__init__(ansi_color=True if settings.theme and settings.theme.startswith("ansi") else None)
        if settings.theme is not None:
            self.theme = settings.theme
        self.desk = Desk(feed, settings, player=player, clock=clock, monotonic=monotonic, zone=zone)
        self.trail = Trail(settings.first_place)
        self.dispatch = Dispatch(self)
        self.wants_another_cluster = False
        """Why it was left."""
        self._ticks = ticks
        self._crossing = Crossing(self._wake)
        self._gap = Gap()
        self._is_waiting = False
        self._may_change = False
        self._opening: Worker[None] | None = None
        self._remarked = ""
        self._looked_at: frozenset[str] = frozenset()
        self._wanted_groups = NOTHING
        self.header = StatusLine(id="header")
        self.stage = Stage(self.desk, self.trail.here)
        self.filter_bar = FilterBar()
        self.command_bar = CommandBar(self._complete)
        self.key_bar = KeyBar()

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.stage
        yield self.filter_bar
        yield self.command_bar
        yield self.key_bar

    def on_mount(self) -> None:
        self.set_keymap(dict(self.desk.settings.keymap))
        self.show_header()
        self.show_keys()
        self._watchman = Watchman(self, self._gap) if self._ticks else None
        # The feed begins behind the first paint, so that a slow cluster delays nothing on the screen.
        self.call_after_refresh(self._start_feed)

    def _start_feed(self) -> None:
        if self.desk.player is not None:
            self.desk.player.say = self._say_from_elsewhere
        self.desk.feed.start(self._crossing.put)

    def on_unmount(self) -> None:
        if self._watchman is not None:
            self._watchman.go_home()
        self.desk.feed.stop(0)

    # The picture

    def _wake(self) -> None:
        """Called on the feed's thread."""
        self.post_message(SnapshotArrived())

    @on(SnapshotArrived)
    def _arrived(self) -> None:
        if self._gap.seconds:
            if not self._is_waiting:
                self._is_waiting = True
                self.set_timer(self._gap.seconds, self._take)
        else:
            self._take()

    def _take(self) -> None:
        self._is_waiting = False
        snapshot = self._crossing.take()
        self.desk.take_timeline()
        if snapshot is not None and self.desk.take(snapshot):
            self.show_all()

    def show_all(self) -> None:
        """The picture or the way to see it is another one."""
        self.show_header()
        self.stage.view.update_view()
        self.look()

    def show_header(self) -> None:
        self.header.show(segments(self.desk.snapshot, self.desk.surroundings()))

    def show_keys(self) -> None:
        self._may_change = self.desk.settings.may_change
        if self.filter_bar.is_open or self.command_bar.is_open:
            hints = self.stage.view.FILTER_HINTS if self.filter_bar.is_open else keys.WHILE_COMMANDING
            self.key_bar.show(hints)
            return
        way_back = self.trail.has_way_back
        keymap = self.desk.settings.keymap
        self.key_bar.show(keys.bar(self.dispatch.offered(), keymap, self.size.width, has_way_back=way_back))

    def look(self) -> None:
        """Tell the feed which topics and groups are in sight."""
        seen = frozenset(self.stage.view.looked_at())
        if seen != self._looked_at:
            self._looked_at = seen
            self.desk.feed.look_at(seen)
        wanted = NOTHING if self.desk.is_paused else self.stage.view.wanted_groups()
        if wanted != self._wanted_groups:
            self._wanted_groups = wanted
            self.desk.feed.look_at_groups(wanted)

    def glance(self) -> None:
        """Newer rates, groups and what happened are shown when they come, not when the second is over."""
        has_rates, has_groups = self.desk.take_rates(), self.desk.take_groups()
        has_events = self.desk.take_timeline()
        if has_rates or self.desk.player is not None:
            self.show_header()
        shows_groups = self._wanted_groups is not NOTHING
        if has_rates or has_events or (has_groups and shows_groups):
            self.stage.view.tick()
        if shows_groups:
            self.look()

    def tick(self) -> None:
        """A second has passed: what is written about time may be another text."""
        self.desk.take_rates()
        self.desk.take_groups()
        self.desk.take_timeline()
        self.show_header()
        if self.desk.settings.may_change is not self._may_change:
            self.show_keys()
        if not self.desk.is_paused:
            self.stage.view.tick()
        self.look()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show_keys)

    # Where one is

    async def show_place(self, place: Place) -> None:
        if self.filter_bar.is_open:
            self.filter_bar.close(kept=True)
        await self.stage.show(place)
        self.show_keys()
        # Which rows are in sight is known once the view has its size.
        self.call_after_refresh(self.look)

    @on(Go)
    async def _go(self, event: Go) -> None:
        self.trail.go(event.place)
        await self.show_place(self.trail.here)

    @on(TopicGone)
    async def _topic_gone(self, event: TopicGone) -> None:
        before = self.trail.here
        self.trail.forget(Place(ScreenName.TOPIC, event.name))
        if self.trail.here != before:
            await self.show_place(self.trail.here)

    @on(OffersChanged)
    def _offers_changed(self) -> None:
        self.show_keys()

    # Commands

    async def action_run(self, name: str) -> None:
        await self.dispatch.run(name)
        self.look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run":
            is_typing = self.filter_bar.is_open or self.command_bar.is_open
            has_dialog = len(self.screen_stack) > 1
            return not (is_typing or has_dialog) and str(parameters[0]) in self.dispatch.offered()
        return True

    def action_interrupt(self) -> None:
        self.leave(terminal.INTERRUPTED_CODE)

    def leave(self, code: int) -> None:
        if not self.is_headless:
            terminal.end_at_latest(code)
        self.exit(return_code=code)

    def leave_for_another(self) -> None:
        """End, so that whoever runs this asks which cluster comes next."""
        self.wants_another_cluster = True
        self.exit()

    def show_help(self) -> None:
        desk = self.desk
        lines = help_lines(
            self.dispatch.offered(),
            desk.settings.keymap,
            desk.newest_rates,
            is_replay=desk.player is not None,
        )
        self.push_screen(HelpScreen(lines, self.trail.here.screen))

    def open_creation(self, name: str, like: str | None) -> None:
        self._open(changes.create(self, name, like), "create")

    def open_deletion(self, names: tuple[str, ...]) -> None:
        self._open(changes.delete(self, names), "ask-delete")

    def open_recreation(self, name: str) -> None:
        self._open(changes.recreate(self, name), "create")

    def open_change(self, name: str, chosen: Chosen) -> None:
        self._open(administration.open_change(self, name, chosen), name)

    def open_produce(self, topic: str) -> None:
        self._open(changes.produce(self, topic), "produce")

    def turn_lock(self) -> None:
        self._open(changes.turn_lock(self), "lock")

    def _open(self, work: Coroutine[Any, Any, None], group: str) -> None:
        self._opening = self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def holds_keys(self) -> bool:
        """What is typed while a dialog is about to open is meant for the dialog."""
        if self._opening is not None and (self._opening.is_finished or len(self.screen_stack) > 1):
            self._opening = None
        return self._opening is not None

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        return palette(self.dispatch)

    def _complete(self, text: str) -> list[str]:
        return completions(
            text,
            self.desk.newest,
            may_change=self.desk.settings.may_change,
            is_replay=self.desk.player is not None,
        )

    @on(CommandBar.CommandEntered)
    async def _command_entered(self, event: CommandBar.CommandEntered) -> None:
        try:
            await self.dispatch.obey(parse(event.text))
        except NotUnderstood as error:
            self.say(str(error))
        self.show_keys()

    @on(CommandBar.CommandClosed)
    def _command_closed(self) -> None:
        self.show_keys()

    @on(FilterBar.FilterChanged)
    def _filter_changed(self, event: FilterBar.FilterChanged) -> None:
        self.stage.view.try_filter(event.text)

    @on(FilterBar.FilterClosed)
    def _filter_closed(self, event: FilterBar.FilterClosed) -> None:
        self.stage.view.set_filter(event.bar.text if event.kept else "")
        self.show_keys()

    # Sentences

    def _say_from_elsewhere(self, sentence: str) -> None:
        """Called on another thread."""
        self.post_message(Say(sentence))

    def say(self, sentence: str) -> None:
        """A sentence that goes away by itself; not twice while it stands."""
        text = safe(sentence)
        if all(standing.message != text for standing in self._notifications):
            self.notify(text, timeout=5, markup=False)

    def remark(self, sentence: str) -> None:
        """What a key did: takes the place of what the key before it did."""
        text = safe(sentence)
        for standing in [*self._notifications]:
            if standing.message == self._remarked != text:
                self._unnotify(standing)
        self._remarked = text
        self.say(sentence)

    @on(Say)
    def _said(self, event: Say) -> None:
        self.say(event.sentence)

    @on(TaskFailed)
    def _task_failed(self, event: TaskFailed) -> None:
        self.say(mishaps.note(event.error, "a view"))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say(mishaps.note(event.worker.error, event.worker.group))
