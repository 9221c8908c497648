"""From the name of a command to what it does."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from ktui.tui.administration import OPENED
from ktui.tui.command_line import NotUnderstood, Order
from ktui.tui.commands import BY_NAME, COMMANDS, Argument, Command
from ktui.tui.desk import PACE_STEP, Desk
from ktui.tui.places import ROOTS, Place, ScreenName, Trail
from ktui.tui.replaying import replay_deeds, seek
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.view import View
from ktui.widgets.command_bar import CommandBar
from ktui.widgets.filter_bar import FilterBar

_ROOT_NAMES: Final = frozenset(ROOTS)


class StageLike(Protocol):
    @property
    def view(self) -> View: ...


class Host(Protocol):
    """What commands need of the application."""

    @property
    def desk(self) -> Desk: ...
    @property
    def trail(self) -> Trail: ...
    @property
    def stage(self) -> StageLike: ...
    @property
    def filter_bar(self) -> FilterBar: ...
    @property
    def command_bar(self) -> CommandBar: ...

    async def show_place(self, place: Place) -> None: ...
    def show_all(self) -> None: ...
    def show_header(self) -> None: ...
    def show_keys(self) -> None: ...
    def show_help(self) -> None: ...
    def remark(self, sentence: str) -> None: ...
    def copy_to_clipboard(self, text: str) -> None: ...
    def leave(self, code: int) -> None: ...
    def leave_for_another(self) -> None: ...
    def open_creation(self, name: str, like: str | None) -> None: ...
    def open_deletion(self, names: tuple[str, ...]) -> None: ...
    def open_produce(self, topic: str) -> None: ...
    def turn_lock(self) -> None: ...
    def open_change(self, name: str, chosen: Chosen) -> None: ...
    def open_recreation(self, name: str) -> None: ...


class Dispatch:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._last_tail: Place | None = None
        self._deeds: dict[str, Callable[[], Awaitable[None] | None]] = {
            "back": self._back,
            "quit": self._quit,
            "filter": self._filter,
            "command": self._command,
            "help": host.show_help,
            "clusters": host.leave_for_another,
            "pause": self._pause,
            "utc": self._utc,
            "refresh": self._refresh,
            "slower": lambda: self._pace(PACE_STEP),
            "faster": lambda: self._pace(1 / PACE_STEP),
            "scale": self._scale,
            "chart": lambda: self._go(host.stage.view.charted()),
            "history": lambda: self._go(host.stage.view.history_here() or host.trail.here),
            "busiest": lambda: self._start(Place(ScreenName.TOPICS, aspect="busiest")),
            "stopped": lambda: self._start(Place(ScreenName.TOPICS, aspect="stopped")),
            "began": lambda: self._start(Place(ScreenName.TOPICS, aspect="began")),
            "copy": self._copy,
            **replay_deeds(lambda: host.desk),
            "lock": host.turn_lock,
            "create": lambda: host.open_creation("", None),
            "create-like": lambda: host.open_creation("", host.stage.view.topic_here()),
            "delete": lambda: self._delete(""),
            "moves": lambda: self._go(Place(ScreenName.MOVES)),
            "produce": lambda: self._produce(host.stage.view.topic_here() or ""),
            "tail": self._tail,
            "tail-here": lambda: self._show_tail(host.stage.view.topic_here() or "", ""),
            "from": lambda: self._type("from "),
        }

    def offered(self) -> frozenset[str]:
        """The commands that work here and now."""
        locals_ = self._host.stage.view.offers()
        here = self._host.trail.here.screen
        settings = self._host.desk.settings
        return frozenset(
            command.name
            for command in COMMANDS
            if (command.name in locals_ or not command.is_local)
            and command.in_replay in (None, self._host.desk.player is not None)
            and (settings.may_change or not command.changes_cluster)
            and not (command.name == "lock" and settings.is_read_only)
            and not (command.name == "clusters" and not settings.can_switch)
            and not (command.name == "chart" and here is ScreenName.CHART)
            and not (command.name == "tail-here" and here is ScreenName.TAIL)
            and (not command.needs_topic or self._host.stage.view.topic_here() is not None)
        )

    async def run(self, name: str) -> None:
        """A command by its key."""
        if name in _ROOT_NAMES:
            await self._start(Place(ScreenName(name)))
            return
        if name in OPENED:
            self._host.open_change(name, self._host.stage.view.chosen())
            return
        deed = self._deeds.get(name)
        if deed is None:
            self._host.stage.view.run_command(name)
            self._host.show_keys()
            return
        waiting = deed()
        if waiting is not None:
            await waiting

    def starter(self, name: str) -> Callable[[], Awaitable[None]]:
        async def start() -> None:
            await self.run(name)

        return start

    async def obey(self, order: Order) -> None:
        """A command by its word, with what follows it. NotUnderstood for what cannot be done."""
        command, argument = order.command, order.argument
        settings = self._host.desk.settings
        is_replay = self._host.desk.player is not None
        if is_replay and (command.changes_cluster or command.in_replay is False):
            raise NotUnderstood("This is a replay: there is no cluster to ask or to change.")
        if not is_replay and command.in_replay:
            raise NotUnderstood(f":{command.words[0]} is for replays; this cluster is live.")
        if settings.is_read_only and (command.changes_cluster or command.name == "lock"):
            raise NotUnderstood("This console is read-only.")
        if command.changes_cluster and not settings.may_change:
            raise NotUnderstood("Changes are locked; L unlocks them.")
        match command.name:
            case "clusters" if not self._host.desk.settings.can_switch:
                raise NotUnderstood("This console is for this one cluster.")
            case "quit":
                self._host.leave(0)
            case "topic":
                await self._go(Place(ScreenName.TOPIC, argument))
            case "group":
                await self._go(Place(ScreenName.GROUP, argument))
            case "broker":
                await self._go(Place(ScreenName.BROKER, int(argument)))
            case "chart" if argument:
                await self._go(Place(ScreenName.CHART, argument))
            case "seek":
                seek(self._host.desk, argument)
            case "create":
                self._host.open_creation(argument, None)
            case "delete":
                self._delete(argument)
            case "recreate":
                self._host.open_recreation(argument)
            case name if name in OPENED:
                self._host.open_change(name, self._meant(command, argument))
            case "produce":
                self._produce(argument or self._host.stage.view.topic_here() or "")
            case "tail" if argument:
                topic, _, rest = argument.partition(" ")
                await self._show_tail(topic, tail_filter(rest))
            case "from" | "budget":
                self._host.remark(self._host.stage.view.obey(command.name, argument))
            case _:
                await self.run(command.name)
                if argument:
                    self._host.stage.view.set_filter(argument)

    async def _start(self, place: Place) -> None:
        self._host.trail.start(place)
        await self._host.show_place(place)

    async def _go(self, place: Place) -> None:
        self._host.trail.go(place)
        await self._host.show_place(place)

    async def _back(self) -> None:
        view = self._host.stage.view
        if view.filter_text:
            view.set_filter("")
            self._host.show_keys()
        elif self._host.trail.has_way_back:
            await self._host.show_place(self._host.trail.back())

    async def _quit(self) -> None:
        if self._host.trail.has_way_back:
            await self._host.show_place(self._host.trail.back())
        else:
            self._host.leave(0)

    async def _tail(self) -> None:
        """The tail that was shown last; without one, which topic is asked for."""
        if self._last_tail is not None:
            await self._start(self._last_tail)
            return
        await self._start(Place(ScreenName.TAIL))
        self._type("tail ")

    async def _show_tail(self, topic: str, filter_text: str) -> None:
        self._last_tail = Place(ScreenName.TAIL, topic, filter_text or None)
        await self._go(self._last_tail)

    def _type(self, text: str) -> None:
        """Begin a command for the user, who types the rest."""
        self._host.command_bar.open(text)
        self._host.show_keys()

    def _produce(self, topic: str) -> None:
        if not topic:
            raise NotUnderstood(f":{BY_NAME['produce'].words[0]} needs a topic's name.")
        self._host.open_produce(topic)

    def _filter(self) -> None:
        self._host.filter_bar.open(self._host.stage.view.filter_text)
        self._host.show_keys()

    def _command(self) -> None:
        self._host.command_bar.open()
        self._host.show_keys()

    def _pause(self) -> None:
        if self._host.desk.player is not None:
            self._host.desk.player.toggle()
            return
        self._host.desk.toggle_pause()
        self._host.show_all()

    def _utc(self) -> None:
        desk = self._host.desk
        desk.times = desk.times.toggled()
        self._host.show_all()
        self._host.remark(f"Times are shown in {desk.times.name}.")

    def _scale(self) -> None:
        desk = self._host.desk
        desk.has_common_scale = not desk.has_common_scale
        self._host.show_all()
        self._host.remark(
            "All sparklines are drawn against the highest."
            if desk.has_common_scale
            else "Each sparkline is drawn against its own highest."
        )

    def _refresh(self) -> None:
        self._host.desk.feed.refresh()
        self._host.remark("Asking the cluster now.")

    def _pace(self, factor: float) -> None:
        if self._host.desk.player is not None:
            speed = self._host.desk.player.play_at(1 / factor)
            self._host.remark("Plays as it was." if speed == 1 else f"Plays at {speed:g} times the speed.")
            return
        told = self._host.stage.view.change_pace(factor)
        if told is not None:
            self._host.remark(told)
            return
        pace = self._host.desk.set_pace(factor)
        self._host.remark("Asks as often as usual." if pace == 1 else f"Asks {_times(pace)} as usual.")

    def _copy(self) -> None:
        text = self._host.stage.view.copied_text()
        if text:
            self._host.copy_to_clipboard(text)
            first = text.splitlines()[0].split("\t")[0]
            self._host.remark(f"Copied: {first[:50]}{'' if first == text and len(first) <= 50 else '…'}")

    def _delete(self, name: str) -> None:
        """The topic of this name; without one, what is marked or under the cursor, be it a topic or another thing."""
        chosen = self._host.stage.view.chosen()
        if not name and (chosen.group is not None or chosen.rule is not None):
            self._host.open_change("delete-rule" if chosen.group is None else "delete-group", chosen)
            return
        names = (name,) if name else chosen.topics
        if not names:
            raise NotUnderstood(f":{BY_NAME['delete'].words[0]} needs a topic's name.")
        self._host.open_deletion(names)

    def _meant(self, command: Command, argument: str) -> Chosen:
        """What a command about something is about, where it is named, else what the view shows."""
        if not argument:
            return self._host.stage.view.chosen()
        if command.argument is Argument.BROKER:
            return Chosen(broker=int(argument))
        if command.argument is Argument.GROUP:
            return Chosen(group=argument)
        return Chosen(topics=(argument,))


def tail_filter(text: str) -> str:
    """One plain word behind the topic is a key; anything else is a filter as `/` takes it."""
    bare = text.strip()
    is_plain = re.fullmatch(r"[^\s=~*^!<>\"'.(:][^\s=~*^!<>\"'(]*", bare) is not None
    return f"key={bare}" if is_plain and bare != "tombstone" else bare


def _times(pace: float) -> str:
    return f"{pace:g} times as rarely" if pace > 1 else f"{1 / pace:g} times as often"
