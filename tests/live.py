"""The feed without a screen: its snapshots with the moments at which they came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from ktui.adapters.addresses import parse_addresses
from ktui.adapters.feed import Feed
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.target import Target


def target(
    brokers: str | None = None, *, controllers: str | None = None, zookeeper: str | None = None
) -> Target:
    return Target(
        bootstrap_servers=parse_addresses(brokers, "brokers") if brokers else (),
        bootstrap_controllers=parse_addresses(controllers, "controllers") if controllers else (),
        zookeeper=zookeeper,
    )


class Live:
    """Use as a context manager; `wait` for a fact."""

    def __init__(self, of: Target) -> None:
        self.feed = Feed(of)
        self.snapshot = ClusterSnapshot()
        self.count = 0
        self._came = threading.Condition()

    def __enter__(self) -> Self:
        self.feed.start(self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.feed.stop()

    def _take(self, snapshot: ClusterSnapshot) -> None:
        with self._came:
            self.snapshot = snapshot
            self.count += 1
            self._came.notify_all()

    def wait(self, fact: Callable[[ClusterSnapshot], bool], within_s: float = 20.0) -> ClusterSnapshot:
        """The first snapshot for which the fact is true, or an error that quotes the last one."""
        until = time.monotonic() + within_s
        with self._came:
            while not fact(self.snapshot):
                if not self._came.wait(until - time.monotonic()) and not fact(self.snapshot):
                    raise AssertionError(
                        f"not so within {within_s} s: {_short(self.snapshot)}; {self.feed.last_error()}"
                    )
            return self.snapshot


def is_whole(snapshot: ClusterSnapshot) -> bool:
    """Brokers, topics with their settings, and the controller are known."""
    return (
        snapshot.is_loaded
        and snapshot.brokers_loaded
        and snapshot.controller is not None
        and all(topic.settings.min_isr is not None for topic in snapshot.topics)
    )


def _short(snapshot: ClusterSnapshot) -> str:
    brokers = {broker.id: str(broker.state) for broker in snapshot.brokers}
    return (
        f"mode {snapshot.mode}, controller {snapshot.controller} ({snapshot.controller_reason}), brokers {brokers}, "
        f"{len(snapshot.topics)} topics, {snapshot.topics.health}, faults {snapshot.faults}"
    )
