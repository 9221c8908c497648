"""What all commands that change a cluster have in common: the plan shown, confirmed, applied, and its end told."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ktui.adapters import daemon_thread
from ktui.adapters.errors import GuardRefused
from ktui.adapters.operate.change import Change, ConfirmKind
from ktui.adapters.operate.guard import GuardName
from ktui.adapters.operate.operation import NOTHING_KNOWN, Known
from ktui.adapters.operate.operator import Operator
from ktui.adapters.operate.plan import Outcome, OutcomeState, Plan, Progress, Stage
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.present.sanitise import safe

_GOOD = frozenset({OutcomeState.DONE, OutcomeState.STARTED})


async def carry_out(
    operator: Operator,
    change: Change,
    *,
    known: Known = NOTHING_KNOWN,
    confirmed: str | None = None,
    tells_moves: bool = False,
) -> int:
    """Plan it, have it confirmed where that takes more than the command itself, and apply it."""
    plan = await operator.plan(change, known=known)
    for warning in plan.warnings:
        complain(f"note: {safe(warning)}")
    typed = await typed_for(plan, confirmed)
    told = _Told(tells_moves)
    return tell(await operator.apply(plan, typed=typed, report=told.report))


async def show_plan(operator: Operator, change: Change, *, known: Known = NOTHING_KNOWN, then: str) -> int:
    """What would be done, on standard output; `then`: how to do it."""
    plan = await operator.plan(change, known=known)
    for fact in plan.facts:
        say(fact)
    for warning in plan.warnings:
        complain(f"note: {safe(warning)}")
    for refusal in plan.refusals:
        complain(f"note: it would be refused: {safe(refusal.sentence)}")
    complain(f"note: nothing was changed; {then}")
    return Exit.DONE


async def validate(operator: Operator, change: Change, *, could: str) -> int:
    """A dry run: the difference, and that it could be made."""
    plan = await operator.plan(change)
    await operator.validate(change)
    for fact in plan.facts:
        say(fact)
    for warning in plan.warnings:
        complain(f"note: {safe(warning)}")
    say(f"{could}; nothing was changed.")
    return Exit.DONE


async def typed_for(plan: Plan, confirmed: str | None) -> str | None:
    """What the plan asks for: given, typed, or said by the command itself."""
    asked = plan.confirmation
    if asked.kind in (ConfirmKind.NONE, ConfirmKind.YES) or plan.refusals:
        return asked.expected
    if confirmed is not None:
        return confirmed
    if not is_interactive():
        raise GuardRefused(
            GuardName.NAME,
            f"Nothing was changed: {safe(plan.name)} was not confirmed; without a terminal to type it on, give "
            f"--confirm {safe(asked.expected)}.",
        )
    lines = [*map(safe, plan.facts)]
    return await typed_line("\n".join([*lines, f"Type {safe(asked.expected)} to go on: "]))


async def typed_line(prompt: str) -> str | None:
    """A line from the terminal, without its end; None when there is none."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line: str | Exception = ""
    try:
        line = await daemon_thread.start(sys.stdin.readline, "typed name")
    finally:
        if not isinstance(line, str) or not line.endswith("\n"):
            sys.stderr.write("\n")
    return line.rstrip("\n") if isinstance(line, str) and line else None


class _Told:
    """Progress on standard error: what was lost always, how a move goes on where that is wanted."""

    def __init__(self, tells_moves: bool) -> None:
        self._tells_moves = tells_moves
        self._last = ""

    def report(self, progress: Progress) -> None:
        is_told = progress.stage is Stage.LOST or (self._tells_moves and progress.stage is Stage.WAITING)
        if is_told and progress.sentence != self._last:
            self._last = progress.sentence
            complain(safe(progress.sentence))


def report_lost(progress: Progress) -> None:
    if progress.stage is Stage.LOST:
        complain(safe(progress.sentence))


def tell(outcome: Outcome) -> int:
    """The end in a sentence, and the exit code that goes with it."""
    is_good = outcome.state in _GOOD
    if is_good:
        say(outcome.sentence)
    else:
        complain(safe(outcome.sentence))
    for note in outcome.notes:
        complain(f"note: {safe(note)}")
    for path in outcome.saved_to:
        complain(f"note: its definition is kept in {safe(str(path))}")
    return Exit.DONE if is_good else Exit.UNKNOWN


def say(sentence: str) -> None:
    sys.stdout.write(f"{safe(sentence)}\n")
    sys.stdout.flush()


def say_all(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
