"""DescribeQuorum (55): the active controller, which is the leader of the metadata log, and how far the others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadAnswer, Refused
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import Code, check, name_of, sentence_of
from ktui.adapters.kafka.link import Link
from ktui.adapters.model import Quorum, QuorumReplica

_LOG: Final = {"topic_name": "__cluster_metadata", "partitions": [{"partition_index": 0}]}
_RIGHT: Final = "Describe on Cluster"


class NotQuorumLeader(Refused):
    """There is no leader now, or the controller that was asked is not the one; both pass."""

    def __init__(self, code: int, leader_id: int | None, leader_epoch: int | None) -> None:
        super().__init__(code, name_of(code), sentence_of(code))
        self.leader_id = leader_id
        self.leader_epoch = leader_epoch


@dataclass(frozen=True, slots=True)
class QuorumAnswer:
    """The quorum as its leader sees it."""

    quorum: Quorum
    listeners: Mapping[int, Mapping[str, Address]]
    """Of each voter by listener name; empty where the servers are too old to tell (below version 2, 3.9)."""


async def describe_quorum(link: Link) -> QuorumAnswer:
    """Brokers forward this to the controller, and while there is none hold it for up to a minute."""
    answer = await exchange(link, Api.DESCRIBE_QUORUM, {"topics": [_LOG]})
    _check(answer.error_code, getattr(answer, "error_message", None), None)
    partition = next((part for topic in answer.topics for part in topic.partitions), None)
    if partition is None:
        raise BadAnswer("DescribeQuorum: the answer tells of no partition")
    _check(partition.error_code, getattr(partition, "error_message", None), partition)
    if partition.leader_id < 0:
        raise NotQuorumLeader(Code.LEADER_NOT_AVAILABLE, None, partition.leader_epoch)
    return QuorumAnswer(*_quorum(answer, partition))


def _check(code: int, message: str | None, partition: Any) -> None:
    if code in (Code.NOT_LEADER_OR_FOLLOWER, Code.NOT_CONTROLLER):
        is_told = partition is not None and partition.leader_id >= 0
        raise NotQuorumLeader(
            code, partition.leader_id if is_told else None, partition.leader_epoch if is_told else None
        )
    check(code, message, needs=_RIGHT)


def _quorum(answer: Any, partition: Any) -> tuple[Quorum, Mapping[int, Mapping[str, Address]]]:
    listeners = {
        node.node_id: {one.name: Address(one.host, one.port) for one in node.listeners}
        for node in getattr(answer, "nodes", ())
    }
    states = (*partition.current_voters, *partition.observers)
    leader = next((state for state in states if state.replica_id == partition.leader_id), None)

    def replica(state: Any) -> QuorumReplica:
        address = next(iter(listeners.get(state.replica_id, {}).values()), None)
        return QuorumReplica(
            state.replica_id,
            state.log_end_offset if state.log_end_offset >= 0 else None,
            _lag(state, leader),
            _age_s(state, leader),
            str(address) if address else None,
        )

    quorum = Quorum(
        partition.leader_id,
        partition.leader_epoch,
        partition.high_watermark,
        tuple(replica(state) for state in partition.current_voters),
        tuple(replica(state) for state in partition.observers),
    )
    return quorum, listeners


def _lag(state: Any, leader: Any) -> int | None:
    if leader is None or min(state.log_end_offset, leader.log_end_offset) < 0:
        return None
    lag: int = leader.log_end_offset - state.log_end_offset
    return max(0, lag)


def _age_s(state: Any, leader: Any) -> float | None:
    """By the leader's clock, which it tells as the moment at which it had itself caught up (`LeaderState.java`)."""
    now = getattr(leader, "last_caught_up_timestamp", -1)
    caught_up = getattr(state, "last_caught_up_timestamp", -1)
    if now < 0 or caught_up < 0:
        return None
    return max(0, now - caught_up) / 1000
