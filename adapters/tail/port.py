"""A running tail as whoever shows it sees it.

The console starts one on the feed's thread, and may use it from its own:

    future = feed.submit(lambda cluster: start_tail(cluster, spec, on_view))     # a Future of a RunningTail

`start_tail` (`ktui.adapters.kafka.tail.start`) returns at once; what it cannot do comes as a view that has ended.
`on_view` is called on the feed's thread, at most twenty times a second.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.start import Start
from ktui.adapters.tail.view import TailView

OnView = Callable[[TailView], None]


class RunningTail(Protocol):
    """All methods may be called from any thread and return at once; the next views show their effect."""

    @property
    def view(self) -> TailView:
        """The newest one."""

    def set_filter(self, wanted: Filter) -> None:
        """Records that are kept are looked through by it, and the tail goes on where it is.

        Partitions that come in (another key, all partitions) are read from where the tail started.
        """

    def start_at(self, start: Start) -> None:
        """Begin at another place, with an empty window; a tail that had reached its end runs again."""

    def read_all_partitions(self, wanted: bool) -> None:
        """For an exact key: every partition, or only the one that the evidence names."""

    def set_budget(self, bytes_per_s: int | None) -> None:
        """From all brokers together; None: as much as they give."""

    def around(self, partition: int, offset: int, *, before: int, after: int) -> Future[tuple[Record, ...]]:
        """The record at this offset and its neighbours on the partition, whole and whatever the filter says.

        So many before and after it, fewer where the partition ends. `before=0, after=0` brings the one record.
        AdapterError as the future's exception. The tail itself is not disturbed.
        """

    def stop(self) -> None:
        """End it; its connections are closed. Stopping twice is fine."""
