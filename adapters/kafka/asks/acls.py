"""DescribeAcls (29), CreateAcls (30), DeleteAcls (31): access rules.

Sources: AclOperation, AclPermissionType, ResourceType and PatternType of Kafka for the codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ktui.adapters.access.model import ALL, AclEntry, Pattern, Permission, ResourceKind
from ktui.adapters.access.operation import Operation
from ktui.adapters.errors import BadSettings, Refused
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import Code, refusal
from ktui.adapters.kafka.link import Link

_ANY: Final = 1
_KINDS: Final[Mapping[int, str]] = dict(enumerate(ResourceKind, 2))
_PATTERNS: Final[Mapping[int, str]] = dict(enumerate(Pattern, 3))
_PERMISSIONS: Final[Mapping[int, str]] = {2: Permission.DENY, 3: Permission.ALLOW}
_OPERATIONS: Final[Mapping[int, str]] = {2: ALL, **dict(enumerate(Operation, 3))}
_READS: Final = "Describe on Cluster"
_CHANGES: Final = "Alter on Cluster"
NO_AUTHORIZER: Final = "no authorizer is configured: everybody may do everything"


async def describe_acls(link: Link) -> tuple[AclEntry, ...]:
    """All rules, sorted. Refused SECURITY_DISABLED: there is no authorizer. NotPermitted needs Describe on Cluster."""
    request = {
        "resource_type_filter": _ANY,
        "resource_name_filter": None,
        "pattern_type_filter": _ANY,
        "principal_filter": None,
        "host_filter": None,
        "operation": _ANY,
        "permission_type": _ANY,
    }
    answer = await exchange(link, Api.DESCRIBE_ACLS, request)
    if answer.error_code:
        raise _refusal(answer.error_code, answer.error_message, _READS)
    return tuple(
        sorted(
            AclEntry(
                acl.principal,
                _word(_KINDS, resource.resource_type, "kind"),
                resource.resource_name,
                _word(_PATTERNS, resource.pattern_type, "pattern"),
                _word(_OPERATIONS, acl.operation, "operation"),
                _word(_PERMISSIONS, acl.permission_type, "permission"),
                acl.host,
            )
            for resource in answer.resources
            for acl in resource.acls
        )
    )


async def create_acls(link: Link, entries: Sequence[AclEntry]) -> list[Refused | None]:
    """None where it was made or was there already, in the order of the entries. Asked of who decides changes."""
    creations = [
        {
            "resource_type": _code(_KINDS, entry.kind),
            "resource_name": entry.name,
            "resource_pattern_type": _code(_PATTERNS, entry.pattern),
            "principal": entry.principal,
            "host": entry.host,
            "operation": _code(_OPERATIONS, entry.operation),
            "permission_type": _code(_PERMISSIONS, entry.permission),
        }
        for entry in entries
    ]
    answer = await exchange(link, Api.CREATE_ACLS, {"creations": creations})
    return [
        _refusal(result.error_code, result.error_message, _CHANGES) if result.error_code else None
        for result in answer.results
    ]


async def delete_acls(link: Link, entries: Sequence[AclEntry]) -> list[int | Refused]:
    """How many rules each entry took away: 1, or 0 where there was no such rule any more."""
    filters = [
        {
            "resource_type_filter": _code(_KINDS, entry.kind),
            "resource_name_filter": entry.name,
            "pattern_type_filter": _code(_PATTERNS, entry.pattern),
            "principal_filter": entry.principal,
            "host_filter": entry.host,
            "operation": _code(_OPERATIONS, entry.operation),
            "permission_type": _code(_PERMISSIONS, entry.permission),
        }
        for entry in entries
    ]
    answer = await exchange(link, Api.DELETE_ACLS, {"filters": filters})
    told: list[int | Refused] = []
    for result in answer.filter_results:
        failed = next((match for match in result.matching_acls if match.error_code), None)
        if result.error_code:
            told.append(_refusal(result.error_code, result.error_message, _CHANGES))
        elif failed is not None:
            told.append(_refusal(failed.error_code, failed.error_message, _CHANGES))
        else:
            told.append(len(result.matching_acls))
    return told


def _refusal(code: int, message: str | None, needs: str) -> Refused:
    if code == Code.SECURITY_DISABLED:
        return refusal(code, NO_AUTHORIZER)
    return refusal(code, message, needs=needs)


def _word(words: Mapping[int, str], code: int, what: str) -> str:
    return words.get(code) or f"{what} {code}"


def _code(words: Mapping[int, str], word: str) -> int:
    code = next((code for code, known in words.items() if known == word), None)
    if code is None:
        raise BadSettings(f"{word!r} is not known here, so no such rule can be made or deleted.")
    return code
