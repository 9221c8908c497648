"""One example of each kind of change, for the guards. A kind without an example fails `test_guard_matrix`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from ktui.adapters.model import Mode
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.configs import ConfigOwner
from ktui.adapters.operate.operations.add_partitions import AddPartitions
from ktui.adapters.operate.operations.alter_config import AlterConfig
from ktui.adapters.operate.operations.cancel_reassignment import CancelReassignment
from ktui.adapters.operate.operations.clear_throttle import ClearThrottle
from ktui.adapters.operate.operations.create_acls import CreateAcls
from ktui.adapters.operate.operations.delete_acls import DeleteAcls
from ktui.adapters.operate.operations.delete_group import DeleteGroup
from ktui.adapters.operate.operations.delete_group_offsets import DeleteGroupOffsets
from ktui.adapters.operate.operations.delete_records import DeleteRecords
from ktui.adapters.operate.operations.delete_topics import DeleteTopics
from ktui.adapters.operate.operations.elect_leaders import ElectLeaders
from ktui.adapters.operate.operations.produce import Produce
from ktui.adapters.operate.operations.reassign import Reassign
from ktui.adapters.operate.operations.reset_offsets import Aim, ResetOffsets
from ktui.adapters.operate.operations.unregister_broker import UnregisterBroker
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.produce.records import NewRecord
from tests.adapters.operate.fake_ground import FakeGround
from tests.adapters.operate.little_cluster import LittleCluster, with_orders
from tests.adapters.operate.little_groups import READ, with_groups

INTERNAL = "__consumer_offsets"


def _nothing(ground: FakeGround) -> None:
    del ground


def _orders(ground: FakeGround) -> None:
    with_orders(ground)
    LittleCluster(ground)


def _moving(ground: FakeGround) -> None:
    _orders(ground)
    ground.put("orders", ((1, 2), (2, 3)), leaders=(2, 2))
    LittleCluster(ground).moving = {("orders", 0): ((3,), (1,)), (INTERNAL, 0): ((3,), (1,))}


def _throttled(ground: FakeGround) -> None:
    with_orders(ground)
    LittleCluster(ground).brokers = {"1": {"leader.replication.throttled.rate": "1000"}}


def _groups(ground: FakeGround) -> None:
    with_groups(ground)


@dataclass(frozen=True)
class Example:
    """A change that every guard lets pass, and the cluster that it fits to."""

    change: Change
    prepare: Callable[[FakeGround], None] = _orders
    internal: Change | None = None
    """The same about a topic of Kafka's own, where the change is about topics."""
    modes: tuple[Mode, ...] = (Mode.KRAFT, Mode.ZOOKEEPER)


class Given:
    """These records, then these again: as often as they are gone through."""

    def __init__(self, *records: NewRecord | None) -> None:
        self._records = records

    async def __aiter__(self) -> AsyncIterator[NewRecord | None]:
        for record in self._records:
            yield record


EXAMPLES: dict[str, Example] = {
    "create-topic": Example(CreateTopic("orders", 1, 1), _nothing, CreateTopic(INTERNAL, 1, 1)),
    "delete-topic": Example(DeleteTopic("orders"), internal=DeleteTopic(INTERNAL)),
    "delete-topics": Example(
        DeleteTopics((DeleteTopic("orders"), DeleteTopic("others"))),
        internal=DeleteTopics((DeleteTopic("orders"), DeleteTopic(INTERNAL))),
    ),
    "add-partitions": Example(AddPartitions("orders", 3), internal=AddPartitions(INTERNAL, 3)),
    "alter-config": Example(
        AlterConfig(ConfigOwner.topic("orders"), {"retention.ms": "5"}),
        internal=AlterConfig(ConfigOwner.topic(INTERNAL), {"retention.ms": "5"}),
    ),
    "delete-records": Example(DeleteRecords("orders", 5), internal=DeleteRecords(INTERNAL, 5)),
    "elect-leaders": Example(ElectLeaders({"orders": (0,)}), _moving, ElectLeaders({INTERNAL: (0,)})),
    "reassign": Example(Reassign({("orders", 0): (2, 3)}), internal=Reassign({(INTERNAL, 0): (2, 3)})),
    "cancel-reassignment": Example(
        CancelReassignment({"orders": (0,)}), _moving, CancelReassignment({INTERNAL: (0,)})
    ),
    "clear-throttle": Example(ClearThrottle(), _throttled),
    "reset-offsets": Example(ResetOffsets("billing", Aim.EARLIEST), _groups),
    "delete-group": Example(DeleteGroup("billing"), _groups),
    "delete-group-offsets": Example(DeleteGroupOffsets("billing", ("orders",)), _groups),
    "create-acls": Example(CreateAcls((replace(READ, operation="Write"),)), _groups),
    "delete-acls": Example(DeleteAcls((READ,)), _groups),
    "unregister-broker": Example(UnregisterBroker(9), modes=(Mode.KRAFT,)),
    "produce": Example(
        Produce("orders", Given(NewRecord(b"v"))),
        internal=Produce("__consumer_offsets", Given(NewRecord(b"v"))),
    ),
}
