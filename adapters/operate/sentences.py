"""A refusal of the cluster as one sentence: what was refused, why, and which right or setting it needs."""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import NotPermitted, Refused
from ktui.adapters.operate.ground import Answer
from ktui.adapters.operate.spec import Change, CreateTopic

REQUEST_TIMED_OUT: Final = 7
UNKNOWN_TOPIC: Final = 3
INVALID_TOPIC: Final = 17
TOPIC_AUTHORIZATION_FAILED: Final = 29
CLUSTER_AUTHORIZATION_FAILED: Final = 31
TOPIC_EXISTS: Final = 36
INVALID_PARTITIONS: Final = 37
INVALID_REPLICATION_FACTOR: Final = 38
INVALID_REPLICA_ASSIGNMENT: Final = 39
INVALID_CONFIG: Final = 40
NOT_CONTROLLER: Final = 41
INVALID_REQUEST: Final = 42
POLICY_VIOLATION: Final = 44
DELETION_DISABLED: Final = 73
THROTTLED: Final = 89
UNKNOWN_TOPIC_ID: Final = 100


def refusal_error(change: Change, answer: Answer) -> Refused:
    """The error for an answer whose code is not 0."""
    lacks_right = answer.code in (TOPIC_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED)
    kind = NotPermitted if lacks_right else Refused
    told = _create_sentence if isinstance(change, CreateTopic) else _delete_sentence
    error = kind(answer.code, answer.code_name, told(change, answer) or _any_sentence(change, answer))
    error.is_retriable = answer.code in (THROTTLED, NOT_CONTROLLER)
    return error


def _create_sentence(change: Change, answer: Answer) -> str | None:
    assert isinstance(change, CreateTopic)
    match answer.code:
        case c if c in (TOPIC_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED):
            return (
                f"Not permitted: creating {change.name} needs the right Create on the topic or on the cluster; "
                "nothing was created."
            )
        case c if c == TOPIC_EXISTS and "marked for deletion" in (answer.message or ""):
            return (
                f"{change.name} is still being deleted; a new topic of that name must wait until it is gone."
            )
        case c if c == TOPIC_EXISTS:
            return f"A topic {change.name} exists already; nothing was created."
        case c if c == INVALID_TOPIC:
            return f"The cluster does not take the name {change.name}{_words(answer)}"
        case c if c == INVALID_PARTITIONS:
            return f"{change.name} was not created: the number of partitions is refused{_words(answer)}"
        case c if c == INVALID_REPLICATION_FACTOR:
            factor = "" if change.replication_factor is None else f" {change.replication_factor}"
            return f"{change.name} was not created: the replication factor{factor} is refused{_words(answer)}"
        case c if c == INVALID_REPLICA_ASSIGNMENT:
            return f"{change.name} was not created: the replica assignment is refused{_words(answer)}"
        case c if c == INVALID_CONFIG:
            return f"{change.name} was not created: its configuration is refused{_words(answer)}"
    return None


def _delete_sentence(change: Change, answer: Answer) -> str | None:
    match answer.code:
        case c if c in (TOPIC_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED):
            return (
                f"Not permitted: deleting {change.name} needs the rights Delete and Describe on the topic; "
                "nothing was deleted."
            )
        case c if c in (UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID):
            return f"There is no topic {change.name} any more, or this principal may not see it; nothing was deleted."
        case c if c in (DELETION_DISABLED, INVALID_REQUEST):
            return (
                f"{change.name} was not deleted: the cluster has deletion switched off "
                f"(delete.topic.enable=false){_words(answer) if answer.code == INVALID_REQUEST else '.'}"
            )
    return None


def _any_sentence(change: Change, answer: Answer) -> str:
    undone = "created" if isinstance(change, CreateTopic) else "deleted"
    match answer.code:
        case c if c == POLICY_VIOLATION:
            return f"{change.name} was not {undone}: a policy of the cluster forbids it{_words(answer)}"
        case c if c == THROTTLED:
            wait = (
                f"; try again in {answer.throttled_s:.0f} s"
                if answer.throttled_s >= 1
                else "; try again soon"
            )
            return (
                f"{change.name} was not {undone}: this principal's quota for changes "
                f"(controller_mutation_rate) is used up{wait}."
            )
        case c if c == NOT_CONTROLLER:
            return f"{change.name} was not {undone}: the controller is moving; try again."
    name = answer.code_name.replace("_", " ").lower()
    return f"{change.name} was not {undone}: {name}{_words(answer)}"


def _words(answer: Answer) -> str:
    """The cluster's own words as the end of a sentence."""
    words = " ".join((answer.message or "").split()).rstrip(".")
    return f": {words}." if words else "."
