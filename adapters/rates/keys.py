"""What has a rate: a topic by its name, a broker by its id, a partition by both, and the whole cluster."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Final, NamedTuple


class Whole(Enum):
    """The cluster as a key."""

    CLUSTER = "cluster"


CLUSTER: Final = Whole.CLUSTER

Key = str | int | tuple[str, int] | Whole
"""A topic, a broker, a partition (topic, index), or the cluster."""


class Method(StrEnum):
    """How a rate was found."""

    OFFSETS = "offsets"
    """End-offset deltas: records that were replicated, transaction markers and aborted records included."""
    LOG_GROWTH = "log-growth"
    """An estimate: messages times the mean record size by which the leaders' logs grew."""
    METRICS = "metrics"
    """The brokers' own counters."""


class BytesRate(NamedTuple):
    """Bytes a second, and how they were found."""

    per_s: float
    method: Method
