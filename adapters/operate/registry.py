"""All kinds of change. What is not here cannot be made; what is here passes the gate."""

from __future__ import annotations

from typing import Any, Final

from ktui.adapters.operate.change import Change
from ktui.adapters.operate.operation import Operation
from ktui.adapters.operate.operations.create_topic import CreateTopicOperation
from ktui.adapters.operate.operations.delete_topic import DeleteTopicOperation
from ktui.adapters.operate.operations.produce import ProduceOperation

OPERATIONS: Final[tuple[Operation[Any], ...]] = (
    CreateTopicOperation(),
    DeleteTopicOperation(),
    ProduceOperation(),
)

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}
_BY_CHANGE: Final = {operation.change: operation for operation in OPERATIONS}


def operation_of(change: Change) -> Operation[Any]:
    """The one operation for changes of this type."""
    return _BY_CHANGE[type(change)]
