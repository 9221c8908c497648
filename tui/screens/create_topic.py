"""The form of a new topic: checked while it is filled in, tried on the controller, then sent and watched."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from ktui.adapters.errors import AdapterError
from ktui.adapters.operate.ground import Defaults
from ktui.adapters.operate.operation import Known
from ktui.adapters.operate.plan import Outcome
from ktui.adapters.operate.shell import create_line
from ktui.adapters.operate.spec import CreateTopic
from ktui.adapters.operate.warnings import create_warnings
from ktui.adapters.target import Target
from ktui.adapters.topics import Topic
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.present import new_topic
from ktui.tui.present.formats import UNKNOWN, duration_ms
from ktui.tui.present.partition_cells import BrokerStates
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.form import FormOutcome, FormScreen
from ktui.widgets.form_fields import FieldKind, FieldSpec

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster


@dataclass(frozen=True, slots=True)
class Model:
    """The topic whose values are offered, and what was set on it."""

    topic: Topic
    overrides: Mapping[str, str] = field(default_factory=dict)


class CreateTopicForm(FormScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+y", "copy_command", "Copy the command", show=False, priority=True, id="form.copy")
    ]

    def __init__(self, desk: Desk, defaults: Defaults, *, name: str = "", like: Model | None = None) -> None:
        self._desk = desk
        self._defaults = defaults
        self.outcome: Outcome | None = None
        title = "Create a topic" if like is None else f"Create a topic like {safe(like.topic.name)}"
        super().__init__(
            title,
            _fields(defaults, name, like),
            check=lambda values: new_topic.check(values, desk.newest),
            submit=self._send_off,
            preview=self._command_and_warnings,
            intro=(line(Run("The same for a shell is below; ctrl+y copies it.", Tone.MUTED)),),
        )

    def _spec(self, values: Mapping[str, str]) -> CreateTopic:
        return new_topic.spec_of(values, default_min_isr=self._defaults.min_isr)

    def _command_and_warnings(self, values: Mapping[str, str]) -> str:
        command = self._command(values)
        if command is None:
            return ""
        snapshot = self._desk.newest
        states = BrokerStates.of(snapshot.brokers, is_loaded=snapshot.brokers_loaded)
        if states.up is None:
            return command
        warnings = create_warnings(self._spec(values), self._defaults, states.up)
        return "   ▲ ".join((command, *map(safe, warnings)))

    def _command(self, values: Mapping[str, str]) -> str | None:
        if not values["name"].strip():
            return None
        try:
            spec = self._spec(values)
        except (AdapterError, ValueError):
            return None
        own = create_line(spec, Target())
        return safe(f"{own} {shlex.join(self._desk.settings.connection_words)}".rstrip())

    def action_copy_command(self) -> None:
        command = self._command(self.values())
        if command is not None:
            self.app.copy_to_clipboard(command)
            self.notify("The command is copied.", markup=False)

    async def _send_off(self, values: Mapping[str, str]) -> FormOutcome:
        try:
            spec = self._spec(values)
            self.outcome = await on_feed(
                self._desk.feed, lambda cluster: _create(cluster, spec, self._alike(spec))
            )
        except (AdapterError, ValueError) as error:
            return FormOutcome(False, safe(str(error)))
        return FormOutcome(True)

    def _alike(self, spec: CreateTopic) -> tuple[str, ...]:
        """The names that could collide with this one."""
        chunks = self._desk.newest.topics.chunks
        return tuple(name for chunk in chunks for name in chunk.names if len(name) == len(spec.name))


async def _create(cluster: Cluster, spec: CreateTopic, known_names: tuple[str, ...]) -> Outcome:
    """Planned, tried by the controller, sent, and watched until every partition has a leader."""
    plan = await cluster.operator.plan(spec, known=Known(known_names))
    if not plan.refusals:
        await cluster.operator.validate(spec)
    return await cluster.operator.apply(plan)


def _fields(defaults: Defaults, name: str, like: Model | None) -> tuple[FieldSpec, ...]:
    overrides = dict(like.overrides) if like is not None else {}
    origin = "as that topic has" if like is not None else "the brokers' default"
    partitions = like.topic.partition_count if like is not None else defaults.partitions
    replicas = like.topic.replication_factor if like is not None else defaults.replication_factor
    min_isr = overrides.pop(new_topic.MIN_ISR, None)
    retention = overrides.pop(new_topic.RETENTION, None)
    cleanup = overrides.pop(new_topic.CLEANUP, new_topic.BROKERS_DEFAULT)
    if cleanup not in new_topic.POLICIES:
        overrides[new_topic.CLEANUP] = cleanup
        cleanup = new_topic.BROKERS_DEFAULT
    return (
        FieldSpec("name", "Name", value=name, required=True, hint="letters, digits, . _ -"),
        FieldSpec(
            "partitions", "Partitions", kind=FieldKind.INT,
            value=_text(partitions), hint=_hint(origin, partitions),
        ),
        FieldSpec(
            "replicas", "Replication factor", kind=FieldKind.INT,
            value=_text(replicas), hint=_hint(origin, replicas),
        ),
        FieldSpec(
            "min_isr", "Min in-sync", kind=FieldKind.INT,
            value=min_isr if min_isr is not None else _text(defaults.min_isr),
            hint=_hint("as that topic has" if min_isr else "the brokers' default", min_isr or defaults.min_isr),
        ),
        FieldSpec("cleanup", "Clean-up", value=cleanup, kind=FieldKind.CHOICE, choices=new_topic.POLICIES),
        FieldSpec(
            "retention", "Retention", value=_duration(retention),
            hint="7d, 36h, 90m, forever; empty: the brokers' default",
        ),
        FieldSpec(
            "configs", "More settings", kind=FieldKind.LINES, hint="NAME=VALUE, one a line",
            value="\n".join(f"{key}={value}" for key, value in sorted(overrides.items())),
        ),
    )  # fmt: skip


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _hint(origin: str, value: object) -> str:
    if value is None:
        return "empty: the brokers' default, not readable"
    return origin


def _duration(retention: str | None) -> str:
    if retention is None or not retention.removeprefix("-").isdigit():
        return ""
    text = duration_ms(int(retention))
    return "" if text == UNKNOWN else text
