"""The form that changes one setting: its name completed, with what the broker says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ktui.adapters.kafka.asks.config_values import ConfigType, ConfigValue
from ktui.tui.present.sanitise import safe
from ktui.tui.present.settings_help import about
from ktui.tui.screens.small_forms import Values, _take
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.form import FormScreen
from ktui.widgets.form_fields import FieldKind, FieldSpec

SET: Final = "set"
RESET: Final = "reset to what it inherits"
_NUMBERS: Final = frozenset({ConfigType.INT, ConfigType.LONG, ConfigType.SHORT})


class EditConfigForm(FormScreen):
    """Its result is what was filled in: `key`, `what` and `value`."""

    def __init__(self, owner: str, known: Mapping[str, ConfigValue], key: str | None) -> None:
        self._known = {name: value for name, value in known.items() if not value.is_read_only}
        value = self._known.get(key or "")
        text = "" if value is None or value.is_sensitive or value.value is None else value.value
        fields = (
            FieldSpec(
                "key", "Setting", value=key or "", required=True, suggestions=tuple(sorted(self._known)),
                hint="→ takes what is suggested",
            ),
            FieldSpec("what", "Do", kind=FieldKind.CHOICE, choices=(SET, RESET), value=SET),
            FieldSpec("value", "Value", value=text),
        )  # fmt: skip
        super().__init__(
            f"Settings of {safe(owner)}",
            fields,
            check=self.faults,
            submit=_take,
            preview=self._about,
            action="Show the difference",
            intro=(line(Run("Only this setting changes; all others stay as they are.", Tone.MUTED)),),
        )

    def faults(self, values: Values) -> Values:
        key, text = values["key"].strip(), values["value"].strip()
        known = self._known.get(key)
        if self._known and known is None and key:
            return {"key": "there is no such setting that can be changed here"}
        if values["what"] == RESET or known is None:
            return {}
        if known.type in _NUMBERS and not text.removeprefix("-").isdecimal():
            return {"value": "must be a whole number"}
        if known.type is ConfigType.BOOLEAN and text.lower() not in ("true", "false"):
            return {"value": "must be true or false"}
        return {}

    def _about(self, values: Values) -> str:
        return about(values["key"].strip(), self._known)
