"""The forms that ask what a change should be, before its dialog shows what it does. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.topics import Topic
from ktui.tui.present.amounts import parse_bytes
from ktui.tui.present.moment import moment_fault
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.form import FormOutcome, FormScreen
from ktui.widgets.form_fields import FieldKind, FieldSpec

BY_FACTOR: Final = "other replication factor"
OFF_BROKER: Final = "off a broker"
UP_TO_OFFSET: Final = "an offset"
UP_TO_TIME: Final = "a time"
Values = Mapping[str, str]


class AskingForm(FormScreen):
    """Its result is what was filled in."""

    def __init__(self, title: str, fields: tuple[FieldSpec, ...], *, intro: str = "") -> None:
        super().__init__(
            title,
            fields,
            check=self.faults,
            submit=_take,
            action="Show what it does",
            intro=(line(Run(intro, Tone.MUTED)),) if intro else (),
        )

    def faults(self, values: Values) -> Values:
        """What is wrong, a sentence by field."""
        raise NotImplementedError


async def _take(values: Values) -> FormOutcome:
    del values
    return FormOutcome(True)


class AddPartitionsForm(AskingForm):
    def __init__(self, topic: Topic) -> None:
        self._now = topic.partition_count
        count = FieldSpec(
            "count",
            "Partitions",
            kind=FieldKind.INT,
            required=True,
            hint=f"of all, afterwards; {self._now} now",
        )
        super().__init__(f"More partitions for {safe(topic.name)}", (count,))

    def faults(self, values: Values) -> Values:
        text = values["count"].strip()
        if text.isdecimal() and int(text) <= self._now:
            return {"count": f"must be more than {self._now}: partitions cannot be taken away"}
        return {}


class DeleteRecordsForm(AskingForm):
    def __init__(self, topic: str, now_ms: int) -> None:
        self._now_ms = now_ms
        fields = (
            FieldSpec(
                "what", "Up to", kind=FieldKind.CHOICE, choices=(UP_TO_OFFSET, UP_TO_TIME), value=UP_TO_OFFSET
            ),
            FieldSpec(
                "until",
                "Which",
                required=True,
                hint="an offset, which stays; or 2026-01-31T12:00:00Z, or -7d",
            ),
            FieldSpec("partitions", "Partitions", hint="0,3; empty: all of them"),
        )
        super().__init__(f"Delete the oldest records of {safe(topic)}", fields)

    def faults(self, values: Values) -> Values:
        found = {"partitions": _numbers_fault(values["partitions"])}
        until = values["until"].strip()
        if until and values["what"] == UP_TO_OFFSET and not until.isdecimal():
            found["until"] = "must be an offset: a whole number"
        elif until and values["what"] == UP_TO_TIME:
            found["until"] = moment_fault(until, self._now_ms)
        return {key: sentence for key, sentence in found.items() if sentence}


class MoveForm(AskingForm):
    def __init__(self, topics: tuple[str, ...], broker: int | None) -> None:
        names = ", ".join(map(safe, topics))
        fields = (
            FieldSpec(
                "how", "Move", kind=FieldKind.CHOICE, choices=(BY_FACTOR, OFF_BROKER),
                value=OFF_BROKER if broker is not None else BY_FACTOR,
            ),
            FieldSpec(
                "number", "Number", kind=FieldKind.INT, required=True, value="" if broker is None else str(broker),
                hint="the replication factor, or the broker's id",
            ),
            FieldSpec("topics", "Topics", value=names, hint="by comma; empty: all topics, off a broker only"),
            FieldSpec("throttle", "Throttle", hint="bytes a second for each broker, as 20M; empty: none"),
        )  # fmt: skip
        intro = "Brokers are chosen by rack, then by load; you see the plan first."
        super().__init__("Move partitions", fields, intro=intro)

    def faults(self, values: Values) -> Values:
        found: dict[str, str] = {}
        if values["how"] == BY_FACTOR and not values["topics"].strip():
            found["topics"] = "name at least one topic"
        try:
            parse_bytes(values["throttle"])
        except BadSettings as error:
            found["throttle"] = str(error)
        return found


def numbers(text: str) -> tuple[int, ...]:
    """`0,3`; ValueError for anything else."""
    return tuple(int(part) for part in text.split(",") if part.strip())


def _numbers_fault(text: str) -> str:
    try:
        numbers(text)
    except ValueError:
        return "must be numbers by comma"
    return ""
