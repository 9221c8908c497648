"""Access rules in words. Codes: `ResourceType`, `PatternType`, `AclOperation`, `AclPermissionType` of kafka-clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_RESOURCES: Final[Mapping[int, str]] = {
    1: "ANY", 2: "TOPIC", 3: "GROUP", 4: "CLUSTER", 5: "TRANSACTIONAL_ID", 6: "DELEGATION_TOKEN", 7: "USER",
}  # fmt: skip
_PATTERNS: Final[Mapping[int, str]] = {1: "ANY", 2: "MATCH", 3: "LITERAL", 4: "PREFIXED"}
_OPERATIONS: Final[Mapping[int, str]] = dict(
    enumerate(
        (
            "ANY", "ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "CLUSTER_ACTION",
            "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "CREATE_TOKENS", "DESCRIBE_TOKENS",
            "TWO_PHASE_COMMIT",
        ),
        1,
    )
)  # fmt: skip
_PERMISSIONS: Final[Mapping[int, str]] = {1: "ANY", 2: "DENY", 3: "ALLOW"}


def acl_sentence(
    principal: str, host: str, *, permission: int, operation: int, resource: int, pattern: int, name: str
) -> str:
    """As `events.AclsChanged` has it: "User:a ALLOW READ on TOPIC LITERAL orders from *"."""
    what = f"{_word(_PERMISSIONS, permission)} {_word(_OPERATIONS, operation)}"
    on = f"{_word(_RESOURCES, resource)} {_word(_PATTERNS, pattern)} {name}"
    return f"{principal} {what} on {on} from {host}"


def _word(words: Mapping[int, str], code: int) -> str:
    return words.get(code, f"#{code}")
