"""What `ktui acl list`, `acl check`, `user list` and `quota list` ask and print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ktui.adapters.access.evaluate import Verdict, verdicts
from ktui.adapters.access.model import AclEntry, Quota, ResourceKind, ScramUser
from ktui.adapters.kafka.access import fetch_acls, fetch_quotas, fetch_users
from ktui.adapters.once import open_cluster
from ktui.adapters.target import Target
from ktui.tui.cli.exits import Exit
from ktui.tui.cli.printing import print_json, print_lines
from ktui.tui.cli.text_table import table_lines
from ktui.tui.present import access as present
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import ColumnSpec, plain
from ktui.widgets.rows import Row

Resource = tuple[ResourceKind, str]


async def list_acls(
    target: Target, principal: str | None, resource: Resource | None, *, as_json: bool
) -> int:
    """Print the rules; without an authorizer that is said instead."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        entries = await fetch_acls(cluster.pool, timeout_s=target.timeout_s)
    found = [
        entry
        for entry in entries
        if (principal is None or entry.concerns(principal)) and (resource is None or entry.covers(*resource))
    ]
    if as_json:
        print_json({"acls": [acl_document(entry) for entry in found]})
    else:
        _print_table(present.ACL_COLUMNS, present.acl_rows(found, _all, "principal"))
    return Exit.DONE


async def check_access(
    target: Target, principal: str, resource: Resource, host: str | None, *, as_json: bool
) -> int:
    """Print what may be done and why."""
    kind, name = resource
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        entries = await fetch_acls(cluster.pool, timeout_s=target.timeout_s)
    told = verdicts(entries, principal, kind, name, host=host)
    if as_json:
        operations = [verdict_document(which, verdict) for which, verdict in told.items()]
        print_json(
            {"principal": principal, "kind": kind, "name": name, "host": host, "operations": operations}
        )
        return Exit.DONE
    rows = [(which.value, verdict.answer.value, safe(verdict.sentence)) for which, verdict in told.items()]
    print_lines([*table_lines(("OPERATION", "ANSWER", "WHY"), rows), present.SUPER_USERS])
    return Exit.DONE


async def list_users(target: Target, *, as_json: bool) -> int:
    """Print names and mechanisms."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        users = await fetch_users(cluster.pool, timeout_s=target.timeout_s)
    if as_json:
        print_json({"users": [user_document(user) for user in users]})
    else:
        _print_table(present.USER_COLUMNS, present.user_rows(users, _all))
    return Exit.DONE


async def list_quotas(target: Target, *, as_json: bool) -> int:
    """Print entities and limits."""
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        quotas = await fetch_quotas(cluster.pool, timeout_s=target.timeout_s)
    if as_json:
        print_json({"quotas": [quota_document(quota) for quota in quotas]})
    else:
        _print_table(present.QUOTA_COLUMNS, present.quota_rows(quotas, _all))
    return Exit.DONE


def acl_document(entry: AclEntry) -> dict[str, Any]:
    return {
        "principal": entry.principal,
        "permission": entry.permission,
        "operation": entry.operation,
        "kind": entry.kind,
        "name": entry.name,
        "pattern": entry.pattern,
        "host": entry.host,
    }


def verdict_document(operation: str, verdict: Verdict) -> dict[str, Any]:
    """`allowed` is null where `allow.everyone.if.no.acl.found` decides, which is not told."""
    allowed = {"allowed": True, "no rule": None}.get(verdict.answer.value, False)
    return {
        "operation": operation,
        "allowed": allowed,
        "answer": verdict.answer.value,
        "decided_by": [acl_document(entry) for entry in verdict.decided_by],
        "elsewhere": [acl_document(entry) for entry in verdict.elsewhere],
    }


def user_document(user: ScramUser) -> dict[str, Any]:
    return {
        "name": user.name,
        "mechanisms": [
            {"name": name, "iterations": count} for name, count in sorted(user.mechanisms.items())
        ],
    }


def quota_document(quota: Quota) -> dict[str, Any]:
    """A name that is null is the default of its type."""
    return {"entity": dict(quota.entity), "limits": dict(quota.limits)}


def _print_table(columns: Sequence[ColumnSpec], rows: Sequence[Row]) -> None:
    titles = [column.title for column in columns]
    print_lines(table_lines(titles, [tuple(plain(cell) for cell in row.cells) for row in rows]))


def _all(_: str) -> bool:
    return True
