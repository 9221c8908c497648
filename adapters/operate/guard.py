"""What must hold before anything is changed; below every screen and every command, so that all pass the same gate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from ktui.adapters.errors import AdapterError, GuardRefused, NotPermitted
from ktui.adapters.operate.change import Confirmation, Subject, SubjectKind
from ktui.adapters.operate.lock import Lock
from ktui.adapters.operate.names import is_internal_name
from ktui.adapters.target import Target


class GuardName(StrEnum):
    """The guards, in the order in which they are asked."""

    READ_ONLY = "read-only"
    LOCKED = "locked"
    CLUSTER = "wrong-cluster"
    INTERNAL = "internal"
    PROTECTED = "protected"
    PERMISSION = "no-permission"
    NAME = "name-not-confirmed"
    SAVE = "definition-not-saved"
    AUDIT = "no-audit"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a guard would say to a plan as it stands."""

    guard: GuardName
    sentence: str
    code: int = 0
    """What the cluster would answer, where it is a missing right."""

    def as_error(self) -> AdapterError:
        """A missing right is the cluster's refusal, known before: the same error as if it had been asked."""
        if self.guard is GuardName.PERMISSION:
            return NotPermitted(self.code, "AUTHORIZATION_FAILED", self.sentence)
        return GuardRefused(self.guard, self.sentence)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the guard must know of a change."""

    subject: Subject
    done: str
    """What would be done to it: `deleted`."""
    cluster_id: str | None
    """Of the cluster that answers now."""
    spares_internal: bool
    """Whether topics of Kafka's own are left alone by it."""
    is_internal: bool = False
    """What a broker says of the topic."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Frozen: what was read-only at the start stays so."""

    is_read_only: bool = False
    protected_topics: tuple[str, ...] = ()
    """Patterns with * and ?, matched against the whole name."""
    expect_cluster_id: str | None = None
    lock: Lock = field(default_factory=lambda: Lock(is_locked=False))

    @staticmethod
    def of(target: Target, lock: Lock | None = None) -> Guard:
        return Guard(
            target.is_read_only, target.protected_topics, target.expect_cluster_id, lock or Lock.of(target)
        )

    def standing(self, asked: Asked) -> tuple[Refusal, ...]:
        """What stands against a change whatever is typed; empty when nothing does."""
        answers = (
            self._read_only(),
            self._locked(),
            self._expected_cluster(asked.cluster_id),
            _internal(asked),
            self._protected(asked.subject),
        )
        return tuple(refusal for refusal in answers if refusal is not None)

    def protecting(self, topic: str) -> str | None:
        """The pattern that protects a topic; None when none does."""
        return next((p for p in self.protected_topics if _matcher(p).fullmatch(topic)), None)

    def _read_only(self) -> Refusal | None:
        if not self.is_read_only:
            return None
        return Refusal(GuardName.READ_ONLY, "Read-only: nothing may be changed; nothing was sent.")

    def _locked(self) -> Refusal | None:
        if self.is_read_only or not self.lock.is_locked:
            return None
        return Refusal(
            GuardName.LOCKED,
            "Changes to this cluster are locked; unlock them first (L in the console, --allow-writes in a "
            "shell). Nothing was sent.",
        )

    def _expected_cluster(self, cluster_id: str | None) -> Refusal | None:
        if self.expect_cluster_id is None or cluster_id == self.expect_cluster_id:
            return None
        is_now = f"is {cluster_id}" if cluster_id else "is not known"
        return Refusal(
            GuardName.CLUSTER,
            f"The cluster's id {is_now}, not {self.expect_cluster_id} as expected; nothing was changed.",
        )

    def _protected(self, subject: Subject) -> Refusal | None:
        if subject.kind is not SubjectKind.TOPIC:
            return None
        for name in subject.names:
            pattern = self.protecting(name)
            if pattern is not None:
                return Refusal(
                    GuardName.PROTECTED,
                    f"{name} is protected by the pattern {pattern!r}; nothing was changed.",
                )
        return None


def check_cluster(planned_for: str | None, cluster_id: str | None) -> None:
    """Raise GuardRefused when another cluster answers than the one that the plan was made for."""
    if cluster_id != planned_for:
        raise GuardRefused(
            GuardName.CLUSTER,
            f"This was planned for cluster {planned_for or 'without an id'}, but cluster "
            f"{cluster_id or 'without an id'} answers now; nothing was changed.",
        )


def check_typed(subject: Subject, done: str, confirmation: Confirmation, typed: str | None) -> None:
    """Raise GuardRefused unless exactly what was asked for has been typed."""
    fault = confirmation.fault(typed)
    if fault is not None:
        were = "were" if len(subject.names) > 1 else "was"
        raise GuardRefused(GuardName.NAME, f"{subject.text} {were} not {done}: {fault}.")


def _internal(asked: Asked) -> Refusal | None:
    if not asked.spares_internal or asked.subject.kind is not SubjectKind.TOPIC:
        return None
    names = asked.subject.names
    own = next((name for name in names if is_internal_name(name)), names[0] if asked.is_internal else None)
    if own is None:
        return None
    return Refusal(
        GuardName.INTERNAL,
        f"{own} is a topic of Kafka's own and is not {asked.done}; nothing was changed.",
    )


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL)
