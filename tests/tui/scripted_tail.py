"""A running tail that shows what it is told, and views made of values."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from ktui.adapters.errors import AdapterError
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.port import OnView
from ktui.adapters.tail.record import Headers, Record, TimestampType
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import Start
from ktui.adapters.tail.view import Counts, Evidence, Place, TailState, TailView, Window
from tests.tui.builders import NOW

AT_MS = round(NOW * 1000)


def record(
    offset: int,
    key: bytes | None = b"c42",
    value: bytes | None = b'{"id":1}',
    *,
    partition: int = 0,
    headers: Headers = (),
    at: int = AT_MS,
    cut: int = 0,
) -> Record:
    return Record("orders", partition, offset, at, TimestampType.CREATE, key, value, headers, cut)


def window_of(records: Sequence[Record], first: int = 0) -> Window:
    return Window((tuple(records),), (first,)) if records else Window(_next=first)


class ScriptedTail:
    """Notes what was asked of it; every filter and start makes another list, as the real one does."""

    def __init__(self, spec: TailSpec, on_view: OnView) -> None:
        self.spec = spec
        self.asked: list[Any] = []
        self.is_stopped = False
        self.neighbours: tuple[Record, ...] | AdapterError = ()
        self._on_view = on_view
        self.view = TailView(spec)

    def give(self, records: Sequence[Record] = (), *, first: int = 0, **changes: Any) -> None:
        """A newer view. Counts follow from the records where they are not given."""
        count = len(records) + first
        counts = changes.pop("counts", None) or Counts(
            seen=count, matched=count, shown=len(records), dropped=first
        )
        places = changes.pop("places", tuple(Place(n, 0, 1, 1, is_read=True) for n in range(6)))
        given = {"state": TailState.WAITING, "counts": counts, "places": places, **changes}
        self.view = replace(self.view, spec=self.spec, window=window_of(records, first), **given)
        self._on_view(self.view)

    def set_filter(self, wanted: Filter) -> None:
        self.asked.append(wanted.text)
        self.spec = replace(self.spec, filter=wanted)
        self.view = replace(self.view, filter_revision=self.view.filter_revision + 1)

    def start_at(self, start: Start) -> None:
        self.asked.append(start)
        self.spec = replace(self.spec, start=start)
        self.view = replace(self.view, filter_revision=self.view.filter_revision + 1)

    def read_all_partitions(self, wanted: bool) -> None:
        self.asked.append(wanted)
        self.spec = replace(self.spec, reads_all_partitions=wanted)

    def set_budget(self, bytes_per_s: int | None) -> None:
        self.asked.append(bytes_per_s)
        self.spec = replace(self.spec, bytes_per_s=bytes_per_s)

    def around(self, partition: int, offset: int, *, before: int, after: int) -> Future[tuple[Record, ...]]:
        self.asked.append((partition, offset, before, after))
        future: Future[tuple[Record, ...]] = Future()
        if isinstance(self.neighbours, AdapterError):
            future.set_exception(self.neighbours)
        else:
            future.set_result(self.neighbours)
        return future

    def stop(self) -> None:
        self.is_stopped = True


class Tails:
    """All that were started; stands in for the one way to start a tail."""

    def __init__(self) -> None:
        self.started: list[ScriptedTail] = []
        self.error: AdapterError | None = None

    async def start(self, cluster: Any, spec: TailSpec, on_view: OnView) -> ScriptedTail:
        if self.error is not None:
            raise self.error
        self.started.append(ScriptedTail(spec, on_view))
        return self.started[-1]

    @property
    def last(self) -> ScriptedTail:
        return self.started[-1]

    @property
    def count(self) -> int:
        return len(self.started)


def take_over(monkeypatch: pytest.MonkeyPatch) -> Tails:
    from ktui.adapters.kafka.tail import start

    tails = Tails()
    monkeypatch.setattr(start, "start_tail", tails.start)
    return tails


EVIDENCE = Evidence("murmur2", 600, 97, partition=4)
