"""Where the parts of the source put what they learned and what they could not read."""

from __future__ import annotations

import time

from ktui.adapters.events import ClusterEvent, SourceName, SourceState, Stamp
from ktui.adapters.ports import Sink

WHERE = "zookeeper"


def stamp(happened_at: float | None = None, position: int | None = None) -> Stamp:
    """Learned from ZooKeeper now; when it was written there, and by which transaction, where a node tells."""
    return Stamp(SourceName.ZOOKEEPER, time.time(), happened_at, position)


class Report:
    """The sink, and the faults that are open: only changes of a fault are told."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._reasons: dict[str, str] = {}

    def tell(self, *events: ClusterEvent) -> None:
        self._sink(events)

    def fault(self, what: str, reason: str | None, *, blocks: bool = False) -> None:
        """This part cannot be read for that reason; None: it can."""
        if self._reasons.get(what) == reason:
            return
        if reason is None:
            del self._reasons[what]
        else:
            self._reasons[what] = reason
        self._sink([SourceState(stamp(), what, WHERE, reason, blocks)])

    def reason(self, what: str) -> str | None:
        return self._reasons.get(what)


def listed(reasons: dict[str, str], what: str) -> str | None:
    """One sentence for many unreadable things; None when there are none."""
    if not reasons:
        return None
    first = "; ".join(list(reasons.values())[:3])
    return f"{len(reasons)} {what} cannot be read: {first}" + ("; …" if len(reasons) > 3 else "")
