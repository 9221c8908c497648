"""Partitions that are being moved: which way, how far, how fast; where they can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual import on

from ktui.adapters.errors import AdapterError
from ktui.adapters.model import Fault
from ktui.adapters.operate.moving import Moving, look_at_moves
from ktui.adapters.operate.throttle import Throttled, look_at
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import moves
from ktui.tui.present.slices import Steps
from ktui.tui.screens.chosen import Chosen, by_topic
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.rows import RowModel, TupleModel

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

PERIOD_S: Final = 2.0
_TIMEOUT_S: Final = 10.0
Looked = tuple[tuple[Moving, ...], Throttled]


class MovesView(TableView):
    """Asks again and again while it is shown, and never twice at once."""

    SCREEN = ScreenName.MOVES
    COLUMNS = moves.COLUMNS
    CAN_MARK = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pace = moves.Pace()
        self._moves: tuple[Moving, ...] | None = None
        self._throttled: Throttled | None = None
        self._error: str | None = None
        self._asked_at: float | None = None
        self._is_asking = False

    def show_place(self, place: Place) -> None:
        self._asked_at = None
        super().show_place(place)

    def update_view(self) -> None:
        now = self.desk.monotonic()
        is_due = self._asked_at is None or now - self._asked_at >= PERIOD_S
        if is_due and not self._is_asking and self.desk.newest.brokers_loaded and not self.desk.is_paused:
            self._is_asking, self._asked_at = True, now
            self.run_worker(self._ask(), group="moves", exit_on_error=False)
        super().update_view()

    async def _ask(self) -> None:
        try:
            seen, self._throttled = await on_feed(self.desk.feed, _look)
            self._pace.take(seen, self.desk.monotonic())
            self._moves, self._error = seen, None
        except AdapterError as error:
            self._error = str(error)
        finally:
            self._is_asking = False
        if self.is_shown:
            super().update_view()

    def build(self) -> Steps[RowModel]:
        yield from ()
        matches = self.name_filter.matches
        shown = [move for move in self._moves or () if matches(move.topic)]
        return TupleModel(moves.rows(shown, self._pace, self.marks))

    def title(self) -> Line:
        name = Run("Moves", Tone.TITLE)
        if self._moves is None:
            return (name, Run("  not read yet", Tone.MUTED))
        return (name, Run(f"  {moves.summary(self._moves, self._pace)}", Tone.MUTED))

    def remarks(self) -> Sequence[Line]:
        throttled = () if self._throttled is None else moves.throttle_remark(self._throttled)
        return tuple(remark for remark in (throttled, *super().remarks()) if remark)

    def faults(self) -> Sequence[Fault]:
        own = () if self._error is None else (Fault("moves", "cluster", self._error, self.desk.now()),)
        return (*super().faults(), *own)

    def empty_text(self, model: RowModel) -> str:
        if self._moves is None:
            return "Reading…" if self._error is None else "The moves could not be read."
        return "No partition is being moved." if self.name_filter.is_empty else super().empty_text(model)

    def offers(self) -> frozenset[str]:
        offered = super().offers() | {"move"}
        if self.table.cursor_key is not None:
            offered |= {"open", "cancel-move"}
        if self._throttled is not None and self._throttled.is_on:
            offered |= {"clear-throttle"}
        return offered

    def chosen(self) -> Chosen:
        keys = self.marks or ({self.table.cursor_key} if self.table.cursor_key is not None else set())
        return Chosen(
            partitions=by_topic(key for key in keys if isinstance(key, tuple)), is_marked=bool(self.marks)
        )

    def topic_here(self) -> str | None:
        key = self.table.cursor_key
        return key[0] if isinstance(key, tuple) else None

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        if isinstance(event.key, tuple):
            self.post_message(Go(Place(ScreenName.TOPIC, event.key[0])))


async def _look(cluster: Cluster) -> Looked:
    ground = cluster.operator.ground
    seen = await look_at_moves(ground, _TIMEOUT_S)
    return seen, await look_at(ground, sorted({move.topic for move in seen}))
