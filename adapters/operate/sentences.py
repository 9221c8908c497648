"""A refusal of the cluster as one sentence: what was refused, why, and which right or setting it needs."""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import NotPermitted, Refused
from ktui.adapters.operate.ground import Answer

UNKNOWN_TOPIC: Final = 3
REQUEST_TIMED_OUT: Final = 7
INVALID_TOPIC: Final = 17
TOPIC_AUTHORIZATION_FAILED: Final = 29
GROUP_AUTHORIZATION_FAILED: Final = 30
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

LACKS_RIGHT: Final = frozenset(
    {TOPIC_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED}
)


def refusal_error(answer: Answer, undone: str, own: str | None = None, *, needs: str = "") -> Refused:
    """The error for an answer whose code is not 0.

    `undone`: `orders was not created`, without a full stop. `own`: what the kind of change says to this code.
    `needs`: the rights, where that is what is missing.
    """
    kind = NotPermitted if answer.code in LACKS_RIGHT else Refused
    error = kind(answer.code, answer.code_name, own or _sentence(answer, undone, needs))
    error.is_retriable = answer.code in (THROTTLED, NOT_CONTROLLER)
    return error


def _sentence(answer: Answer, undone: str, needs: str) -> str:
    match answer.code:
        case c if c in LACKS_RIGHT:
            return f"Not permitted: {undone}; needs the right {needs or answer.code_name.lower()}."
        case c if c == POLICY_VIOLATION:
            return f"{undone}: a policy of the cluster forbids it{words_of(answer)}"
        case c if c == THROTTLED:
            wait = (
                f"; try again in {answer.throttled_s:.0f} s"
                if answer.throttled_s >= 1
                else "; try again soon"
            )
            return (
                f"{undone}: this principal's quota for changes (controller_mutation_rate) is used up{wait}."
            )
        case c if c == NOT_CONTROLLER:
            return f"{undone}: the controller is moving; try again."
    name = answer.code_name.replace("_", " ").lower()
    return f"{undone}: {name}{words_of(answer)}"


def words_of(answer: Answer) -> str:
    """The cluster's own words as the end of a sentence."""
    words = " ".join((answer.message or "").split()).rstrip(".")
    return f": {words}." if words else "."
