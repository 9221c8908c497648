"""What dies with a topic, in lines, from the plan of its deletion."""

from __future__ import annotations

from collections.abc import Iterator

from ktui.adapters.operate.plan import Outcome, OutcomeState, Plan
from ktui.tui.present.formats import counted, number, size_in_words, topic_id
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Line, Run, Tone, line

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


def outcome_lines(outcome: Outcome) -> tuple[Line, ...]:
    tone = Tone.GOOD if outcome.state is OutcomeState.DONE else Tone.WARN
    lines: list[Line] = [(Run(safe(outcome.sentence), tone),)]
    lines += [line(safe(note)) for note in outcome.notes]
    lines += [line(Run(f"Its definition: {safe(str(path))}", Tone.MUTED)) for path in outcome.saved_to]
    return tuple(lines)
