"""What a change of one value means: leaders and in-sync sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from ktui.adapters.partitions import NO_LEADER, NOT_LOADED
from ktui.adapters.replica_sets import number_of, replicas_of
from ktui.adapters.timeline.kinds import Kind


@dataclass(frozen=True, slots=True)
class Ties:
    """What may have caused a change: brokers that it took something from or gave something to, or a reassignment."""

    away: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    is_moving: bool = False

    def while_moving(self) -> Ties:
        return Ties(self.away, self.back, is_moving=True)


NO_TIES: Final = Ties()
Step: TypeAlias = tuple[Kind, int, int, Ties]
"""Kind, what it was, what it is, and what may have caused it."""


def leader_step(before: int, after: int) -> Step | None:
    """From one leader to another; None where one of them is not known."""
    if before == after or NOT_LOADED in (before, after):
        return None
    if after == NO_LEADER:
        return (Kind.LEADER_LOST, before, after, Ties(away=(before,)))
    if before == NO_LEADER:
        return (Kind.LEADER_MOVED, before, after, Ties(back=(after,)))
    return (Kind.LEADER_MOVED, before, after, Ties((before,), (after,)))


def isr_steps(before: int, after: int) -> tuple[Step, ...]:
    """From one in-sync set to another, by their numbers: who left it, then who came. Order does not count."""
    was, now = replicas_of(before), replicas_of(after)
    left = tuple(sorted(set(was) - set(now)))
    came = tuple(sorted(set(now) - set(was)))
    if not left and not came:
        return ()
    if not came:
        return ((Kind.ISR_SHRANK, before, after, Ties(away=left)),)
    if not left:
        return ((Kind.ISR_EXPANDED, before, after, Ties(back=came)),)
    between = number_of(broker for broker in was if broker in now)
    return (
        (Kind.ISR_SHRANK, before, between, Ties(away=left)),
        (Kind.ISR_EXPANDED, between, after, Ties(back=came)),
    )


def is_outside(leader: int, isr: int) -> bool:
    """Whether a leader is none of a known in-sync set."""
    members = replicas_of(isr)
    return leader >= 0 and bool(members) and leader not in members
