"""Access rules (ACLs), SCRAM users and quotas, as the cluster tells of them. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ALL: Final = "All"
"""The operation that stands for every one."""
ANY_PRINCIPAL: Final = "User:*"
ANY_HOST: Final = "*"
ANY_NAME: Final = "*"
CLUSTER_NAME: Final = "kafka-cluster"


class ResourceKind(StrEnum):
    """What a rule is about."""

    TOPIC = "Topic"
    GROUP = "Group"
    CLUSTER = "Cluster"
    TRANSACTIONAL_ID = "TransactionalId"
    DELEGATION_TOKEN = "DelegationToken"
    USER = "User"


class Pattern(StrEnum):
    """How a rule's name is meant."""

    LITERAL = "literal"
    """The name itself; `*` is every name."""
    PREFIXED = "prefixed"
    """Every name that begins with it."""


class Permission(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True, order=True)
class AclEntry:
    """One rule. Words that we do not know are kept as `kind 9`."""

    principal: str
    """Type and name: `User:alice`."""
    kind: str
    name: str
    pattern: str
    operation: str
    """`All`, or a word of `kafka.operations.Operation`."""
    permission: str
    host: str = ANY_HOST

    @property
    def text(self) -> str:
        """`Allow User:alice Read on Topic orders* from 10.0.0.1`"""
        star = "*" if self.pattern == Pattern.PREFIXED else ""
        name = "" if self.kind == ResourceKind.CLUSTER else f" {self.name}{star}"
        host = "" if self.host == ANY_HOST else f" from {self.host}"
        return f"{self.permission} {self.principal} {self.operation} on {self.kind}{name}{host}"

    def covers(self, kind: str, name: str) -> bool:
        """Whether it is about this resource."""
        if self.kind != kind:
            return False
        if self.pattern == Pattern.PREFIXED:
            return name.startswith(self.name)
        return self.pattern == Pattern.LITERAL and self.name in (name, ANY_NAME)

    def concerns(self, principal: str) -> bool:
        return self.principal in (principal, ANY_PRINCIPAL)


@dataclass(frozen=True, slots=True)
class ScramUser:
    """A user with SCRAM credentials; of these only the mechanism and the iterations are ever told."""

    name: str
    mechanisms: Mapping[str, int]
    """Iterations by mechanism."""


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one entity, such as a user with a client id."""

    entity: Mapping[str, str | None]
    """Name by type (`user`, `client-id`, `ip`); None is the default of that type."""
    limits: Mapping[str, float]
    """By Kafka's key, such as `producer_byte_rate`."""
