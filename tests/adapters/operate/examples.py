"""One example of each kind of change, for the guards. A kind without an example fails `test_guard_matrix`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from ktui.adapters.operate.change import Change
from ktui.adapters.operate.operations.produce import Produce
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.produce.records import NewRecord
from tests.adapters.operate.fake_ground import FakeGround


def with_orders(ground: FakeGround) -> None:
    ground.put("orders", ((1, 2), (2, 3)))
    ground.configs["orders"] = {"retention.ms": "1000"}


def _nothing(ground: FakeGround) -> None:
    del ground


@dataclass(frozen=True)
class Example:
    """A change that every guard lets pass, and the cluster that it fits to."""

    change: Change
    prepare: Callable[[FakeGround], None] = with_orders
    internal: Change | None = None
    """The same about a topic of Kafka's own, where the change is about topics."""


class Given:
    """These records, then these again: as often as they are gone through."""

    def __init__(self, *records: NewRecord | None) -> None:
        self._records = records

    async def __aiter__(self) -> AsyncIterator[NewRecord | None]:
        for record in self._records:
            yield record


EXAMPLES: dict[str, Example] = {
    "create-topic": Example(CreateTopic("orders", 1, 1), _nothing, CreateTopic("__consumer_offsets", 1, 1)),
    "delete-topic": Example(DeleteTopic("orders"), internal=DeleteTopic("__consumer_offsets")),
    "produce": Example(
        Produce("orders", Given(NewRecord(b"v"))),
        internal=Produce("__consumer_offsets", Given(NewRecord(b"v"))),
    ),
}
