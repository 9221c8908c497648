"""The dialog that unlocks changes for a while; nothing is sent by it."""

from __future__ import annotations

from typing import Final

from ktui.adapters.operate.lock import Lock
from ktui.tui.present.formats import duration_ms
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.confirm import ConfirmName

UNLOCKED_S: Final = 15 * 60


class UnlockDialog(ConfirmName):
    def __init__(self, lock: Lock, cluster: str, environment: str | None) -> None:
        kind = f" ({safe(environment)})" if environment else ""
        body = (
            line("Changes to  ", Run(f"{safe(cluster)}{kind}", Tone.BAD), "  are locked."),
            line(
                f"They will be unlocked for {duration_ms(UNLOCKED_S * 1000)}, then locked again; L locks at once."
            ),
            line(Run("Every change still asks for its own confirmation.", Tone.MUTED)),
        )
        super().__init__(
            "Unlock changes",
            body,
            expected=safe(cluster),
            action="Unlock",
            prompt="Type the cluster's name to unlock it:",
        )
        self._lock = lock

    def confirmed(self) -> None:
        self._lock.unlock(UNLOCKED_S)
        super().confirmed()
