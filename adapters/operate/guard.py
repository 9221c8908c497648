"""What must hold before anything is changed; below every screen and every command, so that all pass the same gate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ktui.adapters.errors import GuardRefused
from ktui.adapters.operate.names import is_internal_name
from ktui.adapters.operate.spec import Change, CreateTopic, DeleteTopic
from ktui.adapters.target import Target


class GuardName(StrEnum):
    """The guards, in the order in which they are asked."""

    READ_ONLY = "read-only"
    CLUSTER = "wrong-cluster"
    INTERNAL = "internal"
    PROTECTED = "protected"
    NAME = "name-not-confirmed"
    SAVE = "definition-not-saved"
    AUDIT = "no-audit"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a guard would say to a plan as it stands."""

    guard: GuardName
    sentence: str

    def as_error(self) -> GuardRefused:
        return GuardRefused(self.guard, self.sentence)


@dataclass(frozen=True, slots=True)
class Guard:
    """Frozen: what was locked at the start stays locked."""

    is_read_only: bool = False
    protected_topics: tuple[str, ...] = ()
    """Patterns with * and ?, matched against the whole name."""
    expect_cluster_id: str | None = None

    @staticmethod
    def of(target: Target) -> Guard:
        return Guard(target.is_read_only, target.protected_topics, target.expect_cluster_id)

    def standing(self, change: Change, cluster_id: str | None, *, is_internal: bool) -> tuple[Refusal, ...]:
        """What stands against a change whatever is typed; empty when nothing does."""
        asked = (
            self._read_only(),
            self._expected_cluster(cluster_id),
            _internal(change, is_internal),
            self._protected(change),
        )
        return tuple(refusal for refusal in asked if refusal is not None)

    def check(
        self,
        change: Change,
        cluster_id: str | None,
        *,
        planned_for: str | None,
        is_internal: bool,
        confirmed_name: str | None,
    ) -> None:
        """Raise GuardRefused unless the change may be sent to the cluster with this id now."""
        refusals = self.standing(change, cluster_id, is_internal=is_internal)
        if refusals:
            raise refusals[0].as_error()
        if cluster_id != planned_for:
            raise GuardRefused(
                GuardName.CLUSTER,
                f"This was planned for cluster {planned_for or 'without an id'}, but cluster "
                f"{cluster_id or 'without an id'} answers now; nothing was changed.",
            )
        if isinstance(change, DeleteTopic):
            _check_typed_name(change.name, confirmed_name)

    def _read_only(self) -> Refusal | None:
        if not self.is_read_only:
            return None
        return Refusal(GuardName.READ_ONLY, "Read-only: nothing may be changed; nothing was sent.")

    def _expected_cluster(self, cluster_id: str | None) -> Refusal | None:
        if self.expect_cluster_id is None or cluster_id == self.expect_cluster_id:
            return None
        is_now = f"is {cluster_id}" if cluster_id else "is not known"
        return Refusal(
            GuardName.CLUSTER,
            f"The cluster's id {is_now}, not {self.expect_cluster_id} as expected; nothing was changed.",
        )

    def _protected(self, change: Change) -> Refusal | None:
        for pattern in self.protected_topics:
            if _matcher(pattern).fullmatch(change.name):
                return Refusal(
                    GuardName.PROTECTED,
                    f"{change.name} is protected by the pattern {pattern!r}; nothing was changed.",
                )
        return None


def _internal(change: Change, is_internal: bool) -> Refusal | None:
    if not (is_internal or is_internal_name(change.name)):
        return None
    action = "created by hand" if isinstance(change, CreateTopic) else "deleted"
    return Refusal(
        GuardName.INTERNAL,
        f"{change.name} is a topic of Kafka's own and is not {action}; nothing was changed.",
    )


def _check_typed_name(name: str, typed: str | None) -> None:
    if typed == name:
        return
    said = "its name was not confirmed" if typed is None else f"the name typed was {typed!r}"
    raise GuardRefused(GuardName.NAME, f"{name} was not deleted: {said}.")


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL)
