"""What `ktui acl create` and `delete` do: through the operator, as the console does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from ktui.adapters.access.model import ALL, ANY_HOST, AclEntry, Permission, ResourceKind
from ktui.adapters.access.operation import Operation
from ktui.adapters.once import open_cluster
from ktui.adapters.operate.operations.create_acls import CreateAcls
from ktui.adapters.operate.operations.delete_acls import DeleteAcls
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import carry_out

_WORDS: Final = {word.lower(): word for word in (ALL, *(which.value for which in Operation))}


def entries_of(
    resource: tuple[ResourceKind, str] | None,
    *,
    allow_principal: str | None,
    deny_principal: str | None,
    operations: Sequence[str],
    resource_pattern_type: str,
    allow_host: str | None,
    deny_host: str | None,
) -> tuple[AclEntry, ...]:
    """The options as rules; UsageError says what is missing or too much."""
    if (allow_principal is None) == (deny_principal is None):
        raise click.UsageError("Give one of --allow-principal and --deny-principal.")
    if resource is None:
        raise click.UsageError("Give one of --topic, --group, --transactional-id and --cluster.")
    host = allow_host if deny_principal is None else deny_host
    if (deny_host if deny_principal is None else allow_host) is not None:
        raise click.UsageError("--allow-host goes with --allow-principal, --deny-host with --deny-principal.")
    permission = Permission.ALLOW if deny_principal is None else Permission.DENY
    kind, name = resource
    principal = allow_principal or deny_principal or ""
    return tuple(
        AclEntry(principal, kind, name, resource_pattern_type, word_of(text), permission, host or ANY_HOST)
        for text in operations
    )


def word_of(text: str) -> str:
    """`describe-configs`, `DESCRIBE_CONFIGS` and `DescribeConfigs` are one; UsageError for a word that is none."""
    word = _WORDS.get(text.lower().replace("-", "").replace("_", ""))
    if word is None:
        raise click.UsageError(f"There is no operation {text!r}; there are {', '.join(_WORDS.values())}.")
    return word


async def create_rules(target: Target, entries: tuple[AclEntry, ...]) -> int:
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        return await carry_out(cluster.operator, CreateAcls(entries))


async def delete_rules(target: Target, entries: tuple[AclEntry, ...], confirmed: str | None) -> int:
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        return await carry_out(cluster.operator, DeleteAcls(entries), confirmed=confirmed)
