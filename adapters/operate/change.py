"""What every change has: whom it is about, which rights it needs, and what must be typed before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ktui.adapters.kafka.operations import Operation as AclOperation

CLUSTER_RESOURCE: Final = "kafka-cluster"
"""The one name of the resource Cluster in access rules."""


class Change:
    """A change that can be asked for. Each kind is a frozen value and has one `Operation`."""

    __slots__ = ()


class SubjectKind(StrEnum):
    """What a change is about."""

    TOPIC = "topic"
    GROUP = "group"
    BROKER = "broker"
    CLUSTER = "cluster"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class Subject:
    """Names of one kind: topics, groups, ids of brokers, principals; the cluster has none."""

    kind: SubjectKind
    names: tuple[str, ...] = ()

    @staticmethod
    def topics(*names: str) -> Subject:
        return Subject(SubjectKind.TOPIC, names)

    @property
    def text(self) -> str:
        """`orders`, `broker 3`, `12 topics`, `the cluster`."""
        if not self.names:
            return f"the {self.kind.value}"
        if len(self.names) > 1:
            return f"{len(self.names)} {self.kind.value}s"
        return f"broker {self.names[0]}" if self.kind is SubjectKind.BROKER else self.names[0]


@dataclass(frozen=True, slots=True)
class Right:
    """An operation of Kafka's access rules on one resource."""

    operation: AclOperation
    kind: SubjectKind
    name: str = CLUSTER_RESOURCE

    @property
    def text(self) -> str:
        """`Delete on topic orders`"""
        if self.kind is SubjectKind.CLUSTER:
            return f"{self.operation} on Cluster"
        return f"{self.operation} on {self.kind.value} {self.name}"


@dataclass(frozen=True, slots=True)
class Need:
    """Rights of which one is enough."""

    any_of: tuple[Right, ...]

    @staticmethod
    def topic(operation: AclOperation, name: str) -> Need:
        return Need((Right(operation, SubjectKind.TOPIC, name),))

    @staticmethod
    def cluster(operation: AclOperation) -> Need:
        return Need((Right(operation, SubjectKind.CLUSTER),))

    @property
    def text(self) -> str:
        return " or ".join(right.text for right in self.any_of)


class ConfirmKind(StrEnum):
    """What a person must do before a change is made."""

    NONE = "none"
    YES = "yes"
    """Say yes. On a command line the command itself says it."""
    NAME = "name"
    """Type the whole name."""
    PHRASE = "phrase"
    """Type what is done to how many."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`expected` is what must be typed, exactly; empty where nothing must."""

    kind: ConfirmKind
    expected: str = ""

    @staticmethod
    def name(expected: str) -> Confirmation:
        return Confirmation(ConfirmKind.NAME, expected)

    @staticmethod
    def phrase(expected: str) -> Confirmation:
        return Confirmation(ConfirmKind.PHRASE, expected)

    def fault(self, typed: str | None) -> str | None:
        """Why this is no confirmation, as the end of a sentence; None when it is one."""
        if self.kind is ConfirmKind.NONE or typed == self.expected:
            return None
        what = {ConfirmKind.NAME: "name", ConfirmKind.PHRASE: "phrase"}.get(self.kind, "answer")
        if typed is None:
            return "it was not confirmed" if what == "answer" else f"its {what} was not confirmed"
        return f"the {what} typed was {typed!r}"


NO_CONFIRMATION: Final = Confirmation(ConfirmKind.NONE)
YES: Final = Confirmation(ConfirmKind.YES, "yes")
