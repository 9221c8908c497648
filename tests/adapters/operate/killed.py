"""Makes each kind of change in a process of its own that kills itself at one step; run as a script by the tests.

The step is the name of a method that is about to be called: what came before it has happened, nothing after it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ktui.adapters.operate.audit import Audit
from ktui.adapters.operate.guard import Guard
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.registry import BY_NAME
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from tests.adapters.operate.examples import EXAMPLES
from tests.adapters.operate.fake_ground import FakeGround


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def before_the_gate(ground: FakeGround) -> None:
    Guard.standing = die  # type: ignore[method-assign]


def before_the_intent(ground: FakeGround) -> None:
    Audit.intent = die  # type: ignore[method-assign]


def while_the_intent_is_flushed(ground: FakeGround) -> None:
    flush = os.fsync

    def flush_or_die(handle: int) -> None:
        """The audit is read too, for its last line; the definitions of topics are only written."""
        try:
            os.pread(handle, 1, 0)
        except OSError:
            flush(handle)
        else:
            die()

    os.fsync = flush_or_die  # type: ignore[assignment]


def before_it_is_sent(ground: FakeGround) -> None:
    for operation in BY_NAME.values():
        type(operation).apply = die  # type: ignore[method-assign]


def while_it_is_sent(ground: FakeGround) -> None:
    ground.on_change = die


def before_the_result(ground: FakeGround) -> None:
    Audit.result = die  # type: ignore[method-assign]


STEPS: dict[str, Callable[[FakeGround], None]] = {
    step.__name__: step
    for step in (
        before_the_gate,
        before_the_intent,
        while_the_intent_is_flushed,
        before_it_is_sent,
        while_it_is_sent,
        before_the_result,
    )
}


async def change(name: str, folder: Path, step: str) -> None:
    ground, example = FakeGround(), EXAMPLES[name]
    example.prepare(ground)
    paths = Paths(folder / "audit.jsonl", folder / "deleted")
    operator = Operator(ground, Target(), paths=paths, patience=Patience(0.02, 0.005))
    plan = await operator.plan(example.change)
    STEPS[step](ground)
    await operator.apply(plan, typed=plan.confirmation.expected)


def main(root: Path) -> None:
    """Every kind of change at every step, each in its own child and folder."""
    for step in STEPS:
        for name in EXAMPLES:
            folder = root / step / name
            folder.mkdir(parents=True)
            child = os.fork()
            if child == 0:
                asyncio.run(change(name, folder, step))
                os._exit(0)
            _, status = os.waitpid(child, 0)
            (folder / "ended").write_text(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
