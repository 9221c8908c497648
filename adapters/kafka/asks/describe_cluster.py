"""DescribeCluster (60): the brokers, the fenced ones too where the broker is new enough to tell (version 2, 4.0)."""

from __future__ import annotations

from dataclasses import dataclass

from ktui.adapters.kafka.bridge import Api, exchange, supports
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.metadata import fetch_metadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder
from ktui.adapters.kafka.operations import Operation, operations_of
from ktui.adapters.kafka.steps import in_steps

_BROKERS = 1
"""The endpoint type; 2 would be the controllers, which tell it only to those who may alter the cluster."""


@dataclass(frozen=True, slots=True)
class DescribedBroker:
    """A registered broker, with its address for the listener that was asked."""

    id: int
    host: str
    port: int
    rack: str | None
    is_fenced: bool = False


@dataclass(frozen=True, slots=True)
class ClusterDescription:
    """The brokers as one of them knows them. (Its word on the controller means nothing in KRaft mode.)"""

    cluster_id: str | None
    brokers: tuple[DescribedBroker, ...]
    tells_fenced: bool
    """Whether fenced brokers would be among them."""
    operations: frozenset[Operation] | None = None
    """What the principal may do with the cluster, where that was asked for and told."""


async def describe_cluster(link: Link, *, include_operations: bool = False) -> ClusterDescription:
    """Brokers before 2.8 do not know this request: their Metadata tells as much, about no topic."""
    if not await supports(link, Api.DESCRIBE_CLUSTER):
        return await _from_metadata(link, include_operations=include_operations)
    request = {
        "include_cluster_authorized_operations": include_operations,
        "endpoint_type": _BROKERS,
        "include_fenced_brokers": True,
    }
    answer = await exchange(link, Api.DESCRIBE_CLUSTER, request)
    check(answer.error_code, answer.error_message)
    brokers = tuple(
        DescribedBroker(b.broker_id, b.host, b.port, b.rack, getattr(b, "is_fenced", False))
        for b in answer.brokers
    )
    return ClusterDescription(
        answer.cluster_id,
        brokers,
        tells_fenced=answer.__version__ >= 2,
        operations=operations_of(answer.cluster_authorized_operations),
    )


async def _from_metadata(link: Link, *, include_operations: bool) -> ClusterDescription:
    raw = await fetch_metadata(link, [], include_operations=include_operations)
    header = (await in_steps(MetadataDecoder().named(raw))).header
    brokers = tuple(DescribedBroker(b.id, b.host, b.port, b.rack) for b in header.brokers)
    return ClusterDescription(
        header.cluster_id, brokers, tells_fenced=False, operations=header.cluster_operations
    )
