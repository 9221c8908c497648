"""What creating and deleting access rules have in common: the rules of now, and what a change of them means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from ktui.adapters.access.model import ANY_HOST, ANY_PRINCIPAL, AclEntry, Pattern, Permission, ResourceKind
from ktui.adapters.errors import BadSettings
from ktui.adapters.kafka.asks.acls import describe_acls
from ktui.adapters.kafka.link import Lane
from ktui.adapters.operate.ground import Ground

_OPTIONS = {
    ResourceKind.TOPIC: "--topic",
    ResourceKind.GROUP: "--group",
    ResourceKind.TRANSACTIONAL_ID: "--transactional-id",
}
_SEEN = 20


async def rules_now(ground: Ground) -> tuple[AclEntry, ...]:
    """Refused SECURITY_DISABLED: there is no authorizer. NotPermitted needs Describe on Cluster."""
    return await ground.at_any(describe_acls, Lane.BULK)


def check_entries(entries: Sequence[AclEntry]) -> None:
    """BadSettings for what no authorizer takes."""
    if not entries:
        raise BadSettings("Name at least one rule.")
    for entry in entries:
        if ":" not in entry.principal:
            raise BadSettings(f"Write the principal with its type: User:{entry.principal}.")
        if not entry.name:
            raise BadSettings("A rule needs the name of what it is about.")
        if entry.kind == ResourceKind.CLUSTER and entry.pattern != Pattern.LITERAL:
            raise BadSettings("There is one cluster only: its rules have no prefix.")


def principals(entries: Iterable[AclEntry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.principal for entry in entries))


def first_of_resource(entries: Iterable[AclEntry], others: Collection[AclEntry]) -> Iterator[str]:
    """Resources that no other rule is about, in words."""
    told: set[tuple[str, str]] = set()
    for entry in entries:
        key = (entry.kind, entry.name)
        is_alone = not any(other.covers(*key) or (other.kind, other.name) == key for other in others)
        if is_alone and key not in told:
            told.add(key)
            yield resource_text(entry)


def resource_text(entry: AclEntry) -> str:
    """`Topic orders`, `topics that begin with ord`, `the Cluster`."""
    if entry.kind == ResourceKind.CLUSTER:
        return "the Cluster"
    if entry.pattern == Pattern.PREFIXED:
        return f"every {entry.kind} that begins with {entry.name}"
    return f"every {entry.kind}" if entry.name == "*" else f"{entry.kind} {entry.name}"


def denial_warnings(entries: Iterable[AclEntry]) -> Iterator[str]:
    for entry in entries:
        if entry.permission == Permission.DENY and entry.principal == ANY_PRINCIPAL:
            yield f"It denies everybody but super users {entry.operation} on {resource_text(entry)}."


def entry_words(entry: AclEntry) -> tuple[str, ...]:
    """The options of our command and of kafka-acls."""
    verb = "deny" if entry.permission == Permission.DENY else "allow"
    words = [f"--{verb}-principal", entry.principal, "--operation", entry.operation]
    option = _OPTIONS.get(ResourceKind(entry.kind)) if entry.kind in list(ResourceKind) else None
    words += ["--cluster"] if option is None else [option, entry.name]
    if entry.pattern == Pattern.PREFIXED:
        words += ["--resource-pattern-type", "prefixed"]
    if entry.host != ANY_HOST:
        words += [f"--{verb}-host", entry.host]
    return tuple(words)


def texts(entries: Sequence[AclEntry], sign: str) -> tuple[str, ...]:
    more = (f"and {len(entries) - _SEEN} more",) if len(entries) > _SEEN else ()
    return (*(f"{sign} {entry.text}" for entry in entries[:_SEEN]), *more)
