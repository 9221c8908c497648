"""The form of a cluster that has no name yet: tried step by step before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ktui.adapters.checkup import Reached, check_up
from ktui.adapters.errors import AdapterError
from ktui.adapters.target import Target
from ktui.tui.connect import typed
from ktui.tui.connect.choice import UseTarget
from ktui.tui.present.advice import ADVICE
from ktui.tui.present.sanitise import safe
from ktui.tui.profiles.writing import add_profile
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.form import FormOutcome, FormScreen


class ConnectForm(FormScreen):
    """`choice` is set once the cluster has answered."""

    def __init__(self, file: Path, taken: frozenset[str]) -> None:
        self._file = file
        self.choice: UseTarget | None = None
        super().__init__(
            "Connect to a cluster",
            typed.fields(),
            check=lambda values: typed.check(values, taken),
            submit=self._try,
            action="Connect",
            intro=(
                line(Run("It is tried first: name, connect, TLS, protocol, SASL, permission.", Tone.MUTED)),
            ),
        )

    async def _try(self, values: Mapping[str, str]) -> FormOutcome:
        try:
            cluster = typed.typed(values)
            sentence = await _why_not(cluster.target)
            if sentence is not None:
                return FormOutcome(False, sentence)
            if cluster.target.name is not None:
                add_profile(self._file, cluster.target.name, cluster.settings)
        except AdapterError as error:
            return FormOutcome(False, safe(str(error)))
        self.choice = UseTarget(cluster.target)
        return FormOutcome(True)


async def _why_not(target: Target) -> str | None:
    """None as soon as one address is reached and the cluster tells of itself."""
    failed: Reached | None = None
    async for finding in check_up(target):
        if isinstance(finding, Reached):
            failed = failed if finding.is_well else failed or finding
            continue
        return None if finding.reason is None else safe(finding.reason)
    if failed is None or failed.failed is None:
        return "No address was reached."
    done = ", ".join(f"{step} ok" for step in failed.steps)
    how_far = f"{done}, then " if done else ""
    reason = f"{failed.address}: {how_far}{failed.failed} failed: {failed.reason}"
    return f"{safe(reason)}. Try: {ADVICE[failed.failed]}."
