"""All kinds of change. What is not here cannot be made; what is here passes the gate."""

from __future__ import annotations

from typing import Any, Final

from ktui.adapters.operate.change import Change
from ktui.adapters.operate.operation import Operation
from ktui.adapters.operate.operations.add_partitions import AddPartitionsOperation
from ktui.adapters.operate.operations.alter_config import AlterConfigOperation
from ktui.adapters.operate.operations.cancel_reassignment import CancelReassignmentOperation
from ktui.adapters.operate.operations.clear_throttle import ClearThrottleOperation
from ktui.adapters.operate.operations.create_acls import CreateAclsOperation
from ktui.adapters.operate.operations.create_topic import CreateTopicOperation
from ktui.adapters.operate.operations.delete_acls import DeleteAclsOperation
from ktui.adapters.operate.operations.delete_group import DeleteGroupOperation
from ktui.adapters.operate.operations.delete_group_offsets import DeleteGroupOffsetsOperation
from ktui.adapters.operate.operations.delete_records import DeleteRecordsOperation
from ktui.adapters.operate.operations.delete_topic import DeleteTopicOperation
from ktui.adapters.operate.operations.delete_topics import DeleteTopicsOperation
from ktui.adapters.operate.operations.elect_leaders import ElectLeadersOperation
from ktui.adapters.operate.operations.produce import ProduceOperation
from ktui.adapters.operate.operations.reassign import ReassignOperation
from ktui.adapters.operate.operations.reset_offsets import ResetOffsetsOperation
from ktui.adapters.operate.operations.unregister_broker import UnregisterBrokerOperation

OPERATIONS: Final[tuple[Operation[Any], ...]] = (
    CreateTopicOperation(),
    DeleteTopicOperation(),
    ProduceOperation(),
    DeleteTopicsOperation(),
    AddPartitionsOperation(),
    AlterConfigOperation(),
    DeleteRecordsOperation(),
    ElectLeadersOperation(),
    ReassignOperation(),
    CancelReassignmentOperation(),
    ClearThrottleOperation(),
    UnregisterBrokerOperation(),
    ResetOffsetsOperation(),
    DeleteGroupOperation(),
    DeleteGroupOffsetsOperation(),
    CreateAclsOperation(),
    DeleteAclsOperation(),
)

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}
_BY_CHANGE: Final = {operation.change: operation for operation in OPERATIONS}


def operation_of(change: Change) -> Operation[Any]:
    """The one operation for changes of this type."""
    return _BY_CHANGE[type(change)]
