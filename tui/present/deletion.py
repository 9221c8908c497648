"""The end of a topic in words: what dies with it, from the plan; and what a deletion waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ktui.adapters.deletions import obstacles
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.operate.plan import Outcome, OutcomeState, Plan
from ktui.adapters.operate.warnings import named_brokers
from ktui.adapters.topics import Topic
from ktui.tui.present.formats import counted, number, size_in_words, topic_id
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Line, Run, Tone, line

BEING_DELETED: Final = "being deleted"
READING = line(Run("Reading what would be deleted…", Tone.MUTED))


def where_line(name: str, cluster: str, environment: str | None) -> Line:
    """The topic and the cluster it is in."""
    kind = f" ({safe(environment)})" if environment else ""
    return line(
        Run(safe(name), Tone.TITLE),
        "   in  ",
        Run(f"{safe(cluster)}{kind}", Tone.BAD if kind else Tone.NORMAL),
    )


def plan_lines(plan: Plan, cluster: str, environment: str | None) -> tuple[Line, ...]:
    return tuple(_plan_lines(plan, cluster, environment))


def _plan_lines(plan: Plan, cluster: str, environment: str | None) -> Iterator[Line]:
    yield where_line(plan.name, cluster, environment)
    impact = plan.impact
    assert impact is not None
    facts = [f"RF {number(impact.replication_factor)}", f"size {size_in_words(impact.size_bytes)}"]
    if impact.partitions is not None:
        facts.insert(0, counted(impact.partitions, "partition"))
    yield line("   ".join(facts))
    if impact.topic_id is not None:
        yield line(Run(f"id {topic_id(impact.topic_id)}, deleted by this id", Tone.MUTED))
    if impact.is_internal:
        yield (Run("▲ Kafka itself keeps its state in this topic.", Tone.BAD),)
    for warning in plan.warnings:
        yield (Run(f"▲ {safe(warning)}", Tone.WARN),)
    for refusal in plan.refusals:
        yield (Run(f"✕ {safe(refusal.sentence)}", Tone.BAD),)
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


def outcome_lines(outcome: Outcome) -> tuple[Line, ...]:
    tone = Tone.GOOD if outcome.state is OutcomeState.DONE else Tone.WARN
    lines: list[Line] = [(Run(safe(outcome.sentence), tone),)]
    lines += [line(safe(note)) for note in outcome.notes]
    lines += [line(Run(f"Its definition: {safe(str(path))}", Tone.MUTED)) for path in outcome.saved_to]
    return tuple(lines)
