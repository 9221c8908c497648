"""What a change would do, in lines, from its plan; and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from ktui.adapters.operate.plan import Outcome, OutcomeState, Plan
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Line, Run, Tone, line

READING = line(Run("Reading what would be changed…", Tone.MUTED))
_GOOD = frozenset({OutcomeState.DONE, OutcomeState.STARTED})


def where_line(subject: str, cluster: str, environment: str | None) -> Line:
    """What is changed, and the cluster it is in."""
    kind = f" ({safe(environment)})" if environment else ""
    return line(
        Run(safe(subject), Tone.TITLE),
        "   in  ",
        Run(f"{safe(cluster)}{kind}", Tone.BAD if kind else Tone.NORMAL),
    )


def plan_lines(plan: Plan, cluster: str, environment: str | None) -> tuple[Line, ...]:
    """Of any kind of change: what is and will be, what to know, who takes it, and the way back."""
    return tuple(_lines(plan, cluster, environment))


def _lines(plan: Plan, cluster: str, environment: str | None) -> Iterator[Line]:
    yield where_line(plan.subject.text, cluster, environment)
    yield from (line(safe(fact)) for fact in plan.facts)
    yield from warning_lines(plan)
    yield line(Run(f"Sent to {safe(plan.receiver)}", Tone.MUTED))
    yield line(Run(f"Way back: {safe(plan.undo)}", Tone.MUTED))


def warning_lines(plan: Plan) -> Iterator[Line]:
    """What to know before, and what stands against it."""
    for warning in plan.warnings:
        yield (Run(f"▲ {safe(warning)}", Tone.WARN),)
    for refusal in plan.refusals:
        yield (Run(f"✕ {safe(refusal.sentence)}", Tone.BAD),)


def outcome_lines(outcome: Outcome) -> tuple[Line, ...]:
    tone = Tone.GOOD if outcome.state in _GOOD else Tone.WARN
    lines: list[Line] = [(Run(safe(outcome.sentence), tone),)]
    lines += [line(safe(note)) for note in outcome.notes]
    lines += [line(Run(f"Its definition: {safe(str(path))}", Tone.MUTED)) for path in outcome.saved_to]
    return tuple(lines)
