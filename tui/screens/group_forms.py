"""The forms that ask where offsets are set to, and what a new access rule says."""

from __future__ import annotations

from typing import Final

from ktui.adapters.access.model import ALL, Pattern, Permission, ResourceKind
from ktui.adapters.access.operation import Operation
from ktui.adapters.errors import BadSettings
from ktui.adapters.operate.operations.reset_offsets import Aim, parse_only
from ktui.tui.present.moment import moment_fault
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.small_forms import AskingForm, Values
from ktui.widgets.form_fields import FieldKind, FieldSpec

AIMS: Final = {
    "the first record": Aim.EARLIEST,
    "the end": Aim.LATEST,
    "an offset": Aim.OFFSET,
    "a time": Aim.TIME,
    "so many records on": Aim.SHIFT,
}
_KINDS: Final = (
    ResourceKind.TOPIC,
    ResourceKind.GROUP,
    ResourceKind.TRANSACTIONAL_ID,
    ResourceKind.CLUSTER,
)


class ResetForm(AskingForm):
    def __init__(self, group: str, topic: str | None, now_ms: int) -> None:
        self._now_ms = now_ms
        fields = (
            FieldSpec("to", "To", kind=FieldKind.CHOICE, choices=tuple(AIMS), value=next(iter(AIMS))),
            FieldSpec("value", "Which", hint="the offset; 2026-01-31T12:00:00Z or -2h; or -100 for back"),
            FieldSpec(
                "topics", "Topics", value=topic or "", hint="orders or orders:0,2 by ;   empty: all committed"
            ),
        )
        intro = "You see each offset first; it is refused while the group has members."
        super().__init__(f"Set the offsets of {safe(group)}", fields, intro=intro)

    def faults(self, values: Values) -> Values:
        found: dict[str, str] = {}
        aim, text = AIMS[values["to"]], values["value"].strip()
        if aim is Aim.TIME:
            found["value"] = moment_fault(text, self._now_ms) if text else "which time?"
        elif aim is Aim.OFFSET and not text.isdecimal():
            found["value"] = "must be an offset: a whole number"
        elif aim is Aim.SHIFT and not text.removeprefix("-").isdecimal():
            found["value"] = "must be a number of records, such as -100"
        try:
            for part in values["topics"].split(";"):
                if part.strip():
                    parse_only(part.strip())
        except BadSettings as error:
            found["topics"] = str(error)
        return {key: sentence for key, sentence in found.items() if sentence}


class RuleForm(AskingForm):
    def __init__(self, topic: str | None) -> None:
        fields = (
            FieldSpec("principal", "Principal", required=True, hint="User:alice; User:* is everybody"),
            _choice("permission", "Rule", tuple(Permission)),
            _choice("operation", "Operation", (Operation.READ, ALL, *list(Operation)[1:])),
            _choice("kind", "On", _KINDS),
            FieldSpec("name", "Name", value=topic or "", hint="* is every one; nothing for the cluster"),
            _choice("pattern", "Name is", tuple(Pattern)),
            FieldSpec("host", "From host", hint="empty: anywhere"),
        )
        super().__init__("A new access rule", fields)

    def faults(self, values: Values) -> Values:
        found: dict[str, str] = {}
        if values["principal"].strip() and ":" not in values["principal"]:
            found["principal"] = f"with its type: User:{safe(values['principal'].strip())}"
        if values["kind"] != ResourceKind.CLUSTER and not values["name"].strip():
            found["name"] = "what is it about?"
        if values["kind"] == ResourceKind.CLUSTER and values["pattern"] != Pattern.LITERAL:
            found["pattern"] = "there is one cluster only"
        return found


def _choice(key: str, label: str, choices: tuple[str, ...]) -> FieldSpec:
    words = tuple(str(choice) for choice in choices)
    return FieldSpec(key, label, kind=FieldKind.CHOICE, choices=words, value=words[0])
