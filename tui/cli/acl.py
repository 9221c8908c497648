"""`ktui acl`: list rules, check what a principal may do, make and delete rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from ktui.adapters.access.model import CLUSTER_NAME, ResourceKind
from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address

R = TypeVar("R")
_RESOURCES: Final = (
    click.option("--topic", metavar="T", help="A topic."),
    click.option("--group", metavar="G", help="A group."),
    click.option("--transactional-id", metavar="ID", help="A transactional id."),
    click.option("--cluster", is_flag=True, help="The cluster itself."),
)


def resource_options(command: Callable[..., R]) -> Callable[..., R]:
    """As kafka-acls names resources."""
    for option in reversed(_RESOURCES):
        command = option(command)
    return command


def taken_resource(given: dict[str, Any]) -> tuple[ResourceKind, str] | None:
    """Take the one resource out of what was given; None: none was."""
    found = [
        (kind, name)
        for kind, name in (
            (ResourceKind.TOPIC, given.pop("topic")),
            (ResourceKind.GROUP, given.pop("group")),
            (ResourceKind.TRANSACTIONAL_ID, given.pop("transactional_id")),
            (ResourceKind.CLUSTER, CLUSTER_NAME if given.pop("cluster") else None),
        )
        if name is not None
    ]
    if len(found) > 1:
        raise click.UsageError("Give one of --topic, --group, --transactional-id and --cluster.")
    return found[0] if found else None


@click.group()
def acl() -> None:
    """Access rules (ACLs)."""


@acl.command("list")
@click.option(
    "--principal", metavar="P", help="Rules for this principal (User:alice), those for all included."
)
@resource_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def list_acls(target: Target, *, principal: str | None, as_json: bool, **given: Any) -> None:
    """All rules, or those that concern a principal or a resource, patterns included."""
    from ktui.tui.cli.access_reading import list_acls

    resource = taken_resource(given)
    require_address(target)
    run_command(lambda: list_acls(target, principal, resource, as_json=as_json))


@acl.command("check")
@click.argument("principal", metavar="P")
@resource_options
@click.option("--host", metavar="H", help="From this host; without it: from anywhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@connection_options
def check(target: Target, principal: str, *, host: str | None, as_json: bool, **given: Any) -> None:
    """What the principal (User:alice) may do with the resource by the rules, and which rule decides."""
    from ktui.tui.cli.access_reading import check_access

    resource = taken_resource(given)
    if resource is None:
        raise click.UsageError("Give one of --topic, --group, --transactional-id and --cluster.")
    if ":" not in principal:
        raise click.UsageError(f"Write the principal with its type: User:{principal}.")
    require_address(target)
    run_command(lambda: check_access(target, principal, resource, host, as_json=as_json))


_RULE: Final = (
    click.option(
        "--allow-principal", metavar="P", help="Whom it allows: User:alice, or User:* for everybody."
    ),
    click.option("--deny-principal", metavar="P", help="Whom it denies."),
    click.option(
        "--operation", "operations", multiple=True, required=True, metavar="OP", help="Read, Write, …, All."
    ),
    click.option(
        "--resource-pattern-type",
        type=click.Choice(["literal", "prefixed"]),
        default="literal",
        help="Whether the name is a whole one or the beginning of names.",
    ),
    click.option("--allow-host", metavar="H", help="From this host only."),
    click.option("--deny-host", metavar="H", help="From this host only."),
)


def _rule_options(command: Callable[..., R]) -> Callable[..., R]:
    for option in reversed(_RULE):
        command = option(command)
    return resource_options(command)


@acl.command("create")
@_rule_options
@connection_options
def create(target: Target, **given: Any) -> None:
    """Make rules, one for each operation, and wait until the cluster tells of them."""
    from ktui.tui.cli.access_changing import create_rules, entries_of

    entries = entries_of(taken_resource(given), **given)
    require_address(target)
    run_command(lambda: create_rules(target, entries))


@acl.command("delete")
@_rule_options
@click.option("--confirm", "confirmed", metavar="PRINCIPAL", help="The principal once more.")
@connection_options
def delete(target: Target, *, confirmed: str | None, **given: Any) -> None:
    """Delete exactly these rules, one for each operation."""
    from ktui.tui.cli.access_changing import delete_rules, entries_of

    entries = entries_of(taken_resource(given), **given)
    require_address(target)
    run_command(lambda: delete_rules(target, entries, confirmed))
