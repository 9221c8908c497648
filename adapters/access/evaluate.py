"""May this principal do that, by the rules that there are, and which of them decides. Pure.

The rules of Kafka's own authorizers (`StandardAuthorizerData`, `AclAuthorizer`): a super user may do everything; a rule
that denies wins over all that allow; what nothing allows is denied, unless no rule at all is about the resource: then
`allow.everyone.if.no.acl.found` decides. Reading, writing, deleting and altering imply Describe; altering
configurations implies describing them. Both settings are the authorizer's own and are not told to clients.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ktui.adapters.access.model import ALL, ANY_HOST, CLUSTER_NAME, AclEntry, Permission, ResourceKind
from ktui.adapters.access.operation import Operation

IMPLYING: Final = {
    Operation.DESCRIBE: (Operation.READ, Operation.WRITE, Operation.DELETE, Operation.ALTER),
    Operation.DESCRIBE_CONFIGS: (Operation.ALTER_CONFIGS,),
}
OPERATIONS: Final = {
    ResourceKind.TOPIC: (
        Operation.DESCRIBE,
        Operation.READ,
        Operation.WRITE,
        Operation.CREATE,
        Operation.DELETE,
        Operation.ALTER,
        Operation.DESCRIBE_CONFIGS,
        Operation.ALTER_CONFIGS,
    ),
    ResourceKind.GROUP: (
        Operation.DESCRIBE,
        Operation.READ,
        Operation.DELETE,
        Operation.DESCRIBE_CONFIGS,
        Operation.ALTER_CONFIGS,
    ),
    ResourceKind.CLUSTER: (
        Operation.DESCRIBE,
        Operation.CREATE,
        Operation.ALTER,
        Operation.DESCRIBE_CONFIGS,
        Operation.ALTER_CONFIGS,
        Operation.CLUSTER_ACTION,
        Operation.IDEMPOTENT_WRITE,
    ),
    ResourceKind.TRANSACTIONAL_ID: (Operation.DESCRIBE, Operation.WRITE, Operation.TWO_PHASE_COMMIT),
    ResourceKind.DELEGATION_TOKEN: (Operation.DESCRIBE,),
    ResourceKind.USER: (Operation.CREATE_TOKENS, Operation.DESCRIBE_TOKENS),
}
"""What can be done with which kind of resource (`AclEntry.supportedOperations`)."""


class Answer(StrEnum):
    ALLOWED = "allowed"
    DENIED = "denied"
    """By a rule."""
    NOT_ALLOWED = "not allowed"
    """No rule allows it, and there are rules about the resource."""
    NO_RULE = "no rule"
    """No rule is about the resource: `allow.everyone.if.no.acl.found` decides."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """For anybody who is no super user."""

    answer: Answer
    decided_by: tuple[AclEntry, ...] = ()
    """The rules that deny, or else those that allow."""
    elsewhere: tuple[AclEntry, ...] = ()
    """Rules that would change the answer for clients on some hosts, where no host was given."""

    @property
    def sentence(self) -> str:
        """Why, as one sentence."""
        by = "; ".join(entry.text for entry in self.decided_by)
        match self.answer:
            case Answer.ALLOWED:
                told = f"Allowed by: {by}."
            case Answer.DENIED:
                told = f"Denied by: {by}."
            case Answer.NOT_ALLOWED:
                told = "Not allowed: there are rules about it, and none allows this."
            case Answer.NO_RULE:
                told = "No rule is about it: allow.everyone.if.no.acl.found decides (false unless set)."
        hosts = "; ".join(entry.text for entry in self.elsewhere)
        return f"{told} Not from everywhere: {hosts}." if hosts else told


def may(
    entries: Iterable[AclEntry],
    principal: str,
    operation: Operation,
    kind: ResourceKind,
    name: str = CLUSTER_NAME,
    *,
    host: str | None = None,
) -> Verdict:
    """`principal` with its type, such as `User:alice`. Without a host: from anywhere."""
    about = [entry for entry in entries if entry.covers(kind, name)]
    if not about:
        return Verdict(Answer.NO_RULE)
    ours = [entry for entry in about if entry.concerns(principal)]
    denying = [entry for entry in ours if _denies(entry, operation)]
    allowing = [entry for entry in ours if _allows(entry, operation)]
    here = [entry for entry in denying if _is_for(entry, host)]
    if here:
        return Verdict(Answer.DENIED, tuple(here))
    there = tuple(entry for entry in denying if host is None)
    granted = tuple(entry for entry in allowing if _is_for(entry, host))
    if granted:
        return Verdict(Answer.ALLOWED, granted, there)
    return Verdict(Answer.NOT_ALLOWED, (), tuple(entry for entry in allowing if host is None))


def verdicts(
    entries: Sequence[AclEntry], principal: str, kind: ResourceKind, name: str, *, host: str | None = None
) -> dict[Operation, Verdict]:
    """Of everything that can be done with a resource of this kind."""
    return {which: may(entries, principal, which, kind, name, host=host) for which in OPERATIONS[kind]}


def _is_for(entry: AclEntry, host: str | None) -> bool:
    return entry.host == ANY_HOST or entry.host == host


def _denies(entry: AclEntry, operation: Operation) -> bool:
    return entry.permission == Permission.DENY and entry.operation in (ALL, operation)


def _allows(entry: AclEntry, operation: Operation) -> bool:
    wanted = (ALL, operation, *IMPLYING.get(operation, ()))
    return entry.permission == Permission.ALLOW and entry.operation in wanted
