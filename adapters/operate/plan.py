"""A change thought through: what will be sent, to whom, what it breaks, how to undo it, and the same for a shell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ktui.adapters.model import Mode
from ktui.adapters.operate.change import Change, Confirmation, ConfirmKind, Subject
from ktui.adapters.operate.definition import Definition
from ktui.adapters.operate.ground import TopicSeen
from ktui.adapters.operate.guard import Refusal


@dataclass(frozen=True, slots=True)
class Impact:
    """The topic that the change makes or ends; None: not known or left to the cluster."""

    partitions: int | None
    replication_factor: int | None
    topic_id: bytes | None = None
    size_bytes: int | None = None
    is_internal: bool = False
    last_write_ms: int | None = None
    """The newest timestamp of a record, since the epoch."""
    is_empty: bool = False
    """Whether it is known to hold no record."""
    min_isr: int | None = None
    """Effective for a topic to create: its own override or the brokers' default."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an operation thinks of a change, before the gate was asked."""

    change: Change
    """As it will be sent: what could be made more exact has been, such as a name into an id."""
    request: str
    """What will be sent, in words."""
    undo: str
    warnings: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """What is now and what will be, a line each: a difference of settings, a list of moves."""
    receiver: str | None = None
    """Who takes it, where that is not who takes changes in general."""
    impact: Impact | None = None
    definitions: tuple[Definition, ...] = ()
    """Deletion: what is saved before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Made by an Operator, shown to a person, given back to be applied. Nothing has been sent for it."""

    change: Change
    operation: str
    """Its name in the registry."""
    subject: Subject
    cluster_id: str | None
    mode: Mode
    request: str
    """What will be sent, in words."""
    receiver: str
    """Who takes it, in words."""
    facts: tuple[str, ...]
    """What is now and what will be, a line each."""
    impact: Impact | None
    warnings: tuple[str, ...]
    undo: str
    command: str
    """The same as a `ktui` command."""
    kafka_command: str | None
    """The same as a command of Kafka's own tools; None where they have none."""
    confirmation: Confirmation
    refusals: tuple[Refusal, ...]
    """Guards that will refuse it whatever is typed; empty when none does."""
    definitions: tuple[Definition, ...] = ()
    """Deletion: what is saved before."""

    @property
    def name(self) -> str:
        """Of its subject."""
        return self.subject.text

    @property
    def needs_typed_name(self) -> bool:
        return self.confirmation.kind in (ConfirmKind.NAME, ConfirmKind.PHRASE)


class OutcomeState(StrEnum):
    """How far a change came; only DONE is done."""

    DONE = "done"
    QUEUED = "queued"
    """Deletion accepted and waiting (ZooKeeper mode), or not seen finished in time."""
    STARTED = "started"
    """Accepted, and not waited for as asked."""
    INCOMPLETE = "incomplete"
    """Done in part. A topic: created, but not every partition has a leader, or that could not be seen in time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change that the cluster accepted."""

    state: OutcomeState
    sentence: str
    topic: TopicSeen | None = None
    """Creation: the topic with its leaders as last seen. Deletion: another topic of that name, made meanwhile."""
    saved_to: tuple[Path, ...] = ()
    """Deletion: where the definitions are."""
    notes: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        return self.state is OutcomeState.DONE


class Stage(StrEnum):
    """Where an apply stands."""

    CHECKING = "checking"
    SENT = "sent"
    WAITING = "waiting"
    LOST = "lost"
    """The connection broke between request and answer: finding out."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Told while a change is applied."""

    stage: Stage
    sentence: str
