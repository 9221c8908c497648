"""The form of a new topic: checked while it is filled in, tried on the controller, then sent and watched."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.config_values import ConfigValue
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
from ktui.tui.present.settings_help import about
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.form import FormOutcome, FormScreen
from ktui.widgets.form_fields import FieldKind, FieldSpec
from ktui.widgets.typed_fields import LinesInput

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster


_DEFAULT: Final = "the brokers' default"


@dataclass(frozen=True, slots=True)
class Model:
    """The topic whose values are offered, and what was set on it."""

    topic: Topic
    overrides: Mapping[str, str] = field(default_factory=dict)


class CreateTopicForm(FormScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+y", "copy_command", "Copy the command", show=False, priority=True, id="form.copy")
    ]

    def __init__(
        self,
        desk: Desk,
        defaults: Defaults,
        *,
        name: str = "",
        like: Model | None = None,
        again: CreateTopic | None = None,
        known: Mapping[str, ConfigValue] | None = None,
    ) -> None:
        """`again`: a topic that was deleted. `known`: what can be set, with the broker's words."""
        self._desk = desk
        self._known = known or {}
        self._defaults = defaults
        self.outcome: Outcome | None = None
        title = "Create a topic" if like is None else f"Create a topic like {safe(like.topic.name)}"
        title = title if again is None else f"Create {safe(again.name)} again, empty"
        super().__init__(
            title,
            _fields(defaults, name, _Offer.of(defaults, like, again), tuple(self._known)),
            check=lambda values: new_topic.check(values, desk.newest),
            submit=self._send_off,
            preview=self._command_and_warnings,
            intro=(line(Run("ctrl+y copies the same for a shell; ctrl+n completes a setting.", Tone.MUTED)),),
        )

    def _spec(self, values: Mapping[str, str]) -> CreateTopic:
        return new_topic.spec_of(values, default_min_isr=self._defaults.min_isr)

    def _command_and_warnings(self, values: Mapping[str, str]) -> str:
        field = self.focused
        if isinstance(field, LinesInput):
            told = about(field.line_here.partition("=")[0].strip(), self._known)
            if told:
                return told
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


@dataclass(frozen=True, slots=True)
class _Offer:
    """The values that the form begins with, and where they come from."""

    origin: str
    partitions: int | None
    replicas: int | None
    overrides: Mapping[str, str]
    default_min_isr: int | None

    @staticmethod
    def of(defaults: Defaults, like: Model | None, again: CreateTopic | None) -> _Offer:
        if again is not None:
            shape = (again.partitions, again.replication_factor, again.configs)
            return _Offer("as it had", *shape, defaults.min_isr)
        if like is not None:
            topic = like.topic
            shape = (topic.partition_count, topic.replication_factor, like.overrides)
            return _Offer("as that topic has", *shape, defaults.min_isr)
        return _Offer(_DEFAULT, defaults.partitions, defaults.replication_factor, {}, defaults.min_isr)


def _fields(defaults: Defaults, name: str, offer: _Offer, known: tuple[str, ...]) -> tuple[FieldSpec, ...]:
    overrides = dict(offer.overrides)
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
            value=_text(offer.partitions), hint=_hint(offer.origin, offer.partitions),
        ),
        FieldSpec(
            "replicas", "Replication factor", kind=FieldKind.INT,
            value=_text(offer.replicas), hint=_hint(offer.origin, offer.replicas),
        ),
        FieldSpec(
            "min_isr", "Min in-sync", kind=FieldKind.INT,
            value=min_isr if min_isr is not None else _text(defaults.min_isr),
            hint=_hint(offer.origin if min_isr else _DEFAULT, min_isr or defaults.min_isr),
        ),
        FieldSpec("cleanup", "Clean-up", value=cleanup, kind=FieldKind.CHOICE, choices=new_topic.POLICIES),
        FieldSpec(
            "retention", "Retention", value=_duration(retention),
            hint="7d, 36h, 90m, forever; empty: the brokers' default",
        ),
        FieldSpec(
            "configs", "More settings", kind=FieldKind.LINES, hint="NAME=VALUE, one a line; ctrl+n completes",
            value="\n".join(f"{key}={value}" for key, value in sorted(overrides.items())), suggestions=known,
        ),
        FieldSpec(
            "assignment", "Replicas by hand",
            hint="1:2,2:3: brokers of each partition, in place of both numbers; empty: the cluster chooses",
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
