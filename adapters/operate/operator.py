"""The one gate through which a cluster is changed: plan, guard, audit, request, outcome."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from ktui.adapters.errors import AdapterError, GuardRefused, Refused, UnknownOutcome
from ktui.adapters.operate import planning
from ktui.adapters.operate.applying import Course, Report, apply_create, apply_delete
from ktui.adapters.operate.audit import Audit, Intent, default_audit_path, default_state_folder
from ktui.adapters.operate.definition import save_definition, topic_id_text
from ktui.adapters.operate.ground import Answer, Defaults, Ground
from ktui.adapters.operate.guard import Guard
from ktui.adapters.operate.plan import Outcome, Plan, Progress, Stage
from ktui.adapters.operate.sentences import refusal_error
from ktui.adapters.operate.shell import ktui_command
from ktui.adapters.operate.spec import CreateTopic, check_create, format_assignment
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target

_DELETED_FOLDER: Final = "deleted-topics"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the audit and the definitions of deleted topics go."""

    audit: Path = field(default_factory=default_audit_path)
    definitions: Path = field(default_factory=lambda: default_state_folder() / _DELETED_FOLDER)


class Operator:
    """Plans and applies changes to one cluster. Keeps no state of the cluster; safe for several tasks of one loop."""

    def __init__(
        self, ground: Ground, target: Target, *, paths: Paths | None = None, patience: Patience | None = None
    ) -> None:
        self._ground = ground
        self._target = target
        self._guard = Guard.of(target)
        self._paths = paths or Paths()
        self._audit = Audit(self._paths.audit)
        self._patience = patience or Patience()

    async def defaults(self) -> Defaults:
        """What the brokers' configuration says of new topics."""
        return await self._ground.defaults()

    async def plan_create(self, spec: CreateTopic, *, known_names: Iterable[str] = ()) -> Plan:
        """BadSettings: a value that cannot be used. Refused: the name is taken, or collides with a known one."""
        return await planning.plan_create(self._ground, self._target, spec, known_names=known_names)

    async def plan_delete(self, name: str) -> Plan:
        """Refused: there is no such topic. The plan holds the topic's id: it deletes this one and no later one."""
        return await planning.plan_delete(self._ground, self._target, name)

    async def validate_create(self, spec: CreateTopic) -> Answer:
        """A dry run at the controller; Refused with its own words. The answer holds what the topic would have."""
        check_create(spec)
        answer = await self._ground.create(spec, validate_only=True, timeout_s=self._target.timeout_s)
        if answer.code:
            raise refusal_error(spec, answer)
        return answer

    async def apply(
        self, plan: Plan, *, confirmed_name: str | None = None, report: Report | None = None
    ) -> Outcome:
        """Send it and look until it has taken effect.

        GuardRefused: nothing was sent. Refused: the cluster said no. UnknownOutcome: sent, and not to be found out.
        Other AdapterErrors: not sent. `report` is told of each stage.
        """
        tell = report or _tell_nobody
        tell(Progress(Stage.CHECKING, "Checking the cluster and the guards."))
        intent = _intent(plan, self._target)
        try:
            await self._pass_gate(plan, confirmed_name)
            saved_to = await self._save_definition(plan)
            if saved_to is not None:
                intent = replace(intent, parameters={**intent.parameters, "saved_to": str(saved_to)})
            await asyncio.to_thread(self._audit.intent, intent)
        except GuardRefused as refused:
            await asyncio.to_thread(self._audit.refused, intent, str(refused))
            raise
        try:
            outcome, audit_note = await self._send(plan, intent, tell)
        except Refused:
            if saved_to is not None:
                await asyncio.to_thread(_discard, saved_to)
            raise
        notes = outcome.notes if audit_note is None else (*outcome.notes, audit_note)
        return replace(outcome, saved_to=saved_to, notes=notes)

    async def _pass_gate(self, plan: Plan, confirmed_name: str | None) -> None:
        """Ask the cluster who it is at the last moment, and the guard."""
        identity = await self._ground.identity()
        self._guard.check(
            plan.change,
            identity.cluster_id,
            planned_for=plan.cluster_id,
            is_internal=plan.impact.is_internal,
            confirmed_name=confirmed_name,
        )
        if isinstance(plan.change, CreateTopic):
            await planning.refuse_taken_name(self._ground, plan.change)

    async def _save_definition(self, plan: Plan) -> Path | None:
        if plan.definition is None:
            return None
        save = partial(
            save_definition,
            plan.definition,
            self._paths.definitions,
            cluster_id=plan.cluster_id,
            recreate=ktui_command(plan.definition.as_spec(), self._target),
        )
        return await asyncio.to_thread(save)

    async def _send(self, plan: Plan, intent: Intent, report: Report) -> tuple[Outcome, str | None]:
        """Send and watch; whatever happens, cancellation too, the result is written down."""
        course = Course(self._ground, self._patience, self._target.timeout_s, report)
        ended, detail = "unknown", "ktui was interrupted before the outcome was seen"
        audit_note: str | None = None
        try:
            if isinstance(plan.change, CreateTopic):
                outcome = await apply_create(course, plan, plan.change)
            else:
                outcome = await apply_delete(course, plan, plan.change)
            ended, detail = outcome.state.value, outcome.sentence
        except Refused as error:
            ended, detail = "refused", f"{error.name}: {error}"
            raise
        except UnknownOutcome as error:
            ended, detail = "unknown", str(error)
            raise
        except AdapterError as error:
            ended, detail = "not sent", str(error)
            raise
        finally:
            audit_note = self._audit.result(intent, ended, detail)
        return outcome, audit_note


def _intent(plan: Plan, target: Target) -> Intent:
    change = plan.change
    if isinstance(change, CreateTopic):
        parameters: dict[str, object] = {
            "partitions": change.partitions,
            "replication_factor": change.replication_factor,
            "configs": dict(change.configs),
            "assignment": None if change.assignment is None else format_assignment(change.assignment),
        }
        operation = "create-topic"
    else:
        parameters = {
            "topic_id": topic_id_text(change.topic_id),
            "partitions": plan.impact.partitions,
            "replication_factor": plan.impact.replication_factor,
            "size_bytes": plan.impact.size_bytes,
        }
        operation = "delete-topic"
    return Intent(operation, change.name, parameters, plan.cluster_id, target.name)


def _discard(definition: Path) -> None:
    """Of a topic that was not deleted."""
    with contextlib.suppress(OSError):
        definition.unlink()


def _tell_nobody(progress: Progress) -> None:
    del progress
