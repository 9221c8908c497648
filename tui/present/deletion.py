"""The end of a topic in words: what dies with it, from the plan; and what a deletion waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ktui.adapters.deletions import obstacles
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.operate.plan import Impact, Plan
from ktui.adapters.operate.warnings import named_brokers
from ktui.adapters.topics import Topic
from ktui.tui.present.change_plan import warning_lines, where_line
from ktui.tui.present.formats import UNKNOWN, age, counted, number, rate, size_in_words, topic_id
from ktui.widgets.cells import Line, Run, Tone, line

BEING_DELETED: Final = "being deleted"
_BUSY_S: Final = 60.0
"""A topic that was written to so lately is in use."""


def deletion_lines(
    plan: Plan, cluster: str, environment: str | None, *, per_s: float | None, now: float
) -> tuple[Line, ...]:
    """`per_s`: records a second by the newest measurement; `now` in seconds since the epoch."""
    return tuple(_lines(plan, cluster, environment, per_s, now))


def _lines(
    plan: Plan, cluster: str, environment: str | None, per_s: float | None, now: float
) -> Iterator[Line]:
    yield where_line(plan.name, cluster, environment)
    impact = plan.impact or Impact(None, None)
    facts = [f"RF {number(impact.replication_factor)}", f"size {size_in_words(impact.size_bytes)}"]
    if impact.partitions is not None:
        facts.insert(0, counted(impact.partitions, "partition"))
    yield line("   ".join(facts))
    yield line(f"{rate(per_s)} msg/s now   last write {_last_write(impact, now)}")
    if impact.topic_id is not None:
        yield line(Run(f"id {topic_id(impact.topic_id)}, deleted by this id", Tone.MUTED))
    if impact.is_internal:
        yield (Run("▲ Kafka itself keeps its state in this topic.", Tone.BAD),)
    if _is_busy(impact, per_s, now):
        yield (Run("▲ It is being written to right now.", Tone.BAD),)
    yield from warning_lines(plan)
    if not plan.refusals:
        yield line("Its definition will be saved, its data will not.")


def deletion_words(topic: Topic, snapshot: ClusterSnapshot) -> str:
    """`deletion queued: broker 3 is down` of a topic that is marked; without an obstacle the controller is at it."""
    reason = waiting_words(topic, snapshot)
    return f"deletion queued: {reason}" if reason else BEING_DELETED


def waiting_words(topic: Topic, snapshot: ClusterSnapshot) -> str | None:
    """What a deletion waits for; None: for nothing."""
    found = obstacles(topic, snapshot)
    reasons: list[str] = []
    if found.brokers:
        reasons.append(f"{named_brokers(found.brokers)} down")
    if found.moving:
        is_one = len(found.moving) == 1
        named = f"partition {found.moving[0]} is" if is_one else f"{len(found.moving):,} partitions are"
        reasons.append(f"{named} being moved")
    if found.has_no_controller:
        reasons.append("there is no controller")
    return ", ".join(reasons) or None


def _last_write(impact: Impact, now: float) -> str:
    if impact.is_empty:
        return "never, it is empty"
    if impact.last_write_ms is None:
        return UNKNOWN
    return f"{age(now - impact.last_write_ms / 1000)} ago"


def _is_busy(impact: Impact, per_s: float | None, now: float) -> bool:
    if per_s:
        return True
    return impact.last_write_ms is not None and now - impact.last_write_ms / 1000 < _BUSY_S
