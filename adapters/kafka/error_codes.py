"""Error codes of answers as exceptions with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ktui.adapters.errors import NotPermitted, Refused
from ktui.adapters.kafka.error_code_list import PERMISSION, RETRIABLE, Code

__all__ = ["Code", "check", "is_retriable", "name_of", "refusal", "sentence_of"]

_SENTENCES: Final[Mapping[int, str]] = {
    Code.UNKNOWN_SERVER_ERROR: "the server met an error that it did not expect; its log says more",
    Code.UNKNOWN_TOPIC_OR_PARTITION: "no such topic or partition, or no right to see it",
    Code.LEADER_NOT_AVAILABLE: "there is no leader now",
    Code.NOT_LEADER_OR_FOLLOWER: "the node that was asked is not the leader any more",
    Code.REQUEST_TIMED_OUT: "the cluster did not finish in the time it was given",
    Code.BROKER_NOT_AVAILABLE: "the broker is not available",
    Code.INVALID_TOPIC_EXCEPTION: "the topic name is not allowed",
    Code.COORDINATOR_LOAD_IN_PROGRESS: "the coordinator is still loading its groups",
    Code.COORDINATOR_NOT_AVAILABLE: "no coordinator is available",
    Code.NOT_COORDINATOR: "another broker coordinates the group now",
    Code.UNKNOWN_MEMBER_ID: "the group has members",
    Code.NON_EMPTY_GROUP: "the group has members",
    Code.GROUP_ID_NOT_FOUND: "there is no such group",
    Code.GROUP_SUBSCRIBED_TO_TOPIC: "a member of the group reads this topic",
    Code.TOPIC_AUTHORIZATION_FAILED: "no right to do this with the topic",
    Code.GROUP_AUTHORIZATION_FAILED: "no right to do this with the group",
    Code.CLUSTER_AUTHORIZATION_FAILED: "no right to do this with the cluster",
    Code.UNSUPPORTED_VERSION: "the server does not support this",
    Code.TOPIC_ALREADY_EXISTS: "a topic with this name exists already",
    Code.INVALID_PARTITIONS: "the number of partitions cannot be used",
    Code.INVALID_REPLICATION_FACTOR: "the replication factor is below 1 or above the number of available brokers",
    Code.INVALID_REPLICA_ASSIGNMENT: "the replica assignment cannot be used",
    Code.INVALID_CONFIG: "a configuration value cannot be used",
    Code.NOT_CONTROLLER: "the node that was asked is not the controller",
    Code.INVALID_REQUEST: "the server takes the request for a wrong one",
    Code.POLICY_VIOLATION: "a policy of the cluster forbids it",
    Code.SECURITY_DISABLED: "the cluster has no authorizer",
    Code.OPERATION_NOT_ATTEMPTED: "not tried, because another part of the request failed",
    Code.KAFKA_STORAGE_ERROR: "the disk of the log directory failed",
    Code.LISTENER_NOT_FOUND: "the leader has no listener of the kind that was asked",
    Code.TOPIC_DELETION_DISABLED: "deleting topics is switched off in the cluster",
    Code.FENCED_LEADER_EPOCH: "the leader has changed since",
    Code.UNKNOWN_LEADER_EPOCH: "the broker does not know the newest leader yet",
    Code.OFFSET_NOT_AVAILABLE: "a new leader does not know its offsets yet",
    Code.THROTTLING_QUOTA_EXCEEDED: "the quota for changes is used up for the moment",
    Code.UNKNOWN_TOPIC_ID: "no topic has this id",
    Code.MISMATCHED_ENDPOINT_TYPE: "a controller was asked what only brokers answer, or the reverse",
    Code.UNSUPPORTED_ENDPOINT_TYPE: "this server does not tell of endpoints of this kind",
    Code.REBOOTSTRAP_REQUIRED: "the broker asks to start again from the bootstrap addresses",
}


def name_of(code: int) -> str:
    """Kafka's name of a code; "ERROR_n" for one that is newer than our list."""
    try:
        return Code(code).name
    except ValueError:
        return f"ERROR_{code}"


def sentence_of(code: int) -> str:
    """The code in words, without a full stop."""
    return _SENTENCES.get(code) or name_of(code).replace("_", " ").lower()


def is_retriable(code: int) -> bool:
    """Whether Kafka's own clients would try again."""
    return code in RETRIABLE


def refusal(code: int, message: str | None = None, *, needs: str | None = None) -> Refused:
    """The error for a code that is not 0; NotPermitted for a missing right, with the right where it is known."""
    if code in PERMISSION:
        text = f"needs {needs}" if needs else message or sentence_of(code)
        return NotPermitted(code, name_of(code), text)
    error = Refused(code, name_of(code), message or sentence_of(code))
    error.is_retriable = is_retriable(code)
    return error


def check(code: int, message: str | None = None, *, needs: str | None = None) -> None:
    """Raise the refusal unless the code is 0."""
    if code:
        raise refusal(code, message, needs=needs)
