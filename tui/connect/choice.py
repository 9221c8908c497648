"""What can be chosen before there is a cluster."""

from __future__ import annotations

from dataclasses import dataclass

from ktui.adapters.target import Target


@dataclass(frozen=True, slots=True)
class UseProfile:
    """A cluster that has a name."""

    name: str


@dataclass(frozen=True, slots=True)
class UseTarget:
    """A cluster that was typed in and answered."""

    target: Target


@dataclass(frozen=True, slots=True)
class RunCommand:
    """One of ktui's own commands in place of a cluster: the sandbox, the demo."""

    name: str


@dataclass(frozen=True, slots=True)
class Stay:
    """The cluster that was on the screen before."""


Choice = UseProfile | UseTarget | RunCommand | Stay


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to choose; a choice of None opens the form for a cluster that has no name yet."""

    title: str
    detail: str
    choice: Choice | None
