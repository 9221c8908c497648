"""The one gate through which a cluster is changed: plan, guard, audit, request, outcome."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ktui.adapters.errors import AdapterError, GuardRefused, NotPermitted, Refused, UnknownOutcome
from ktui.adapters.operate.audit import Audit, Intent, default_audit_path, default_state_folder
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.definition import save_definition
from ktui.adapters.operate.ground import Answer, Defaults, Ground, Identity
from ktui.adapters.operate.guard import Asked, Guard, GuardName, Refusal, check_cluster, check_typed
from ktui.adapters.operate.lock import Lock
from ktui.adapters.operate.operation import NOTHING_KNOWN, Course, Known, Report, Scene
from ktui.adapters.operate.permissions import missing_rights
from ktui.adapters.operate.plan import Draft, Outcome, Plan, Progress, Stage
from ktui.adapters.operate.registry import BY_NAME, operation_of
from ktui.adapters.operate.shell import create_line, kafka_line, ktui_line
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
        self,
        ground: Ground,
        target: Target,
        *,
        principal: str | None = None,
        lock: Lock | None = None,
        paths: Paths | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`principal`: as whom we log in, for the audit. `lock`: shared with whoever may unlock."""
        self.ground = ground
        """For questions that a change is chosen by."""
        self._target = target
        self._principal = principal
        self._guard = Guard.of(target, lock)
        self._paths = paths or Paths()
        self._audit = Audit(self._paths.audit)
        self._patience = patience or Patience()

    async def defaults(self) -> Defaults:
        """What the brokers' configuration says of new topics."""
        return await self.ground.defaults()

    async def plan(self, change: Change, *, known: Known = NOTHING_KNOWN) -> Plan:
        """BadSettings: a value that cannot be used. Refused: the cluster would refuse it anyway.

        What the plan holds is more exact than the change: a topic's id, so that no later topic of that name is hit.
        """
        operation = operation_of(change)
        operation.check(change)
        identity = await self.ground.identity()
        draft = await operation.plan(Scene(self.ground, self._target, identity, known), change)
        needs = operation.needs(draft.change)
        undone = f"{operation.subject(draft.change).text} was not {operation.done}"
        lacking = await missing_rights(self.ground, needs, undone)
        return self._completed(draft, identity, lacking)

    def _completed(self, draft: Draft, identity: Identity, lacking: Sequence[Refusal]) -> Plan:
        change, operation = draft.change, operation_of(draft.change)
        is_internal = draft.impact is not None and draft.impact.is_internal
        kafka_words = operation.kafka_words(change)
        standing = self._guard.standing(_asked(change, identity.cluster_id, is_internal=is_internal))
        return Plan(
            change=change,
            operation=operation.name,
            subject=operation.subject(change),
            cluster_id=identity.cluster_id,
            mode=identity.mode,
            request=draft.request,
            receiver=draft.receiver or identity.receiver,
            facts=draft.facts,
            impact=draft.impact,
            warnings=draft.warnings,
            undo=draft.undo,
            command=ktui_line(operation.words(change), self._target),
            kafka_command=kafka_line(kafka_words, self._target) if kafka_words else None,
            confirmation=operation.confirmation(change),
            refusals=(*standing, *lacking),
            definitions=draft.definitions,
        )

    async def validate(self, change: Change) -> Answer:
        """A dry run at the controller, where there is one; Refused with its own words."""
        operation = operation_of(change)
        operation.check(change)
        return await operation.validate(self.ground, change, self._target.timeout_s)

    async def apply(self, plan: Plan, *, typed: str | None = None, report: Report | None = None) -> Outcome:
        """Send it and look until it has taken effect.

        GuardRefused: nothing was sent. Refused: the cluster said no. UnknownOutcome: sent, and not to be found out.
        Other AdapterErrors: not sent. `typed`: what the plan's confirmation asks for. `report` is told of each stage.
        """
        tell = report or _tell_nobody
        tell(Progress(Stage.CHECKING, "Checking the cluster and the guards."))
        intent = self._intent(plan)
        saved_to: tuple[Path, ...] = ()
        try:
            await self._pass_gate(plan, typed)
            saved_to = await asyncio.to_thread(self._save_definitions, plan)
            if saved_to:
                saved = {"saved_to": [str(path) for path in saved_to]}
                intent = replace(intent, parameters={**intent.parameters, **saved})
            await asyncio.to_thread(self._audit.intent, intent)
        except (GuardRefused, NotPermitted) as refused:
            await asyncio.to_thread(_discard, saved_to)
            await asyncio.to_thread(self._audit.refused, intent, str(refused))
            raise
        try:
            outcome, audit_note = await self._send(plan, intent, tell)
        except Refused:
            await asyncio.to_thread(_discard, saved_to)
            raise
        notes = outcome.notes if audit_note is None else (*outcome.notes, audit_note)
        return replace(outcome, saved_to=saved_to, notes=notes)

    async def _pass_gate(self, plan: Plan, typed: str | None) -> None:
        """Ask the cluster who it is at the last moment, and the guard."""
        operation = BY_NAME[plan.operation]
        identity = await self.ground.identity()
        is_internal = plan.impact is not None and plan.impact.is_internal
        standing = self._guard.standing(_asked(plan.change, identity.cluster_id, is_internal=is_internal))
        lacking = [refusal for refusal in plan.refusals if refusal.guard is GuardName.PERMISSION]
        for refusal in (*standing, *lacking):
            raise refusal.as_error()
        check_cluster(plan.cluster_id, identity.cluster_id)
        check_typed(
            operation.subject(plan.change), operation.done, operation.confirmation(plan.change), typed
        )
        await operation.recheck(self.ground, plan.change)

    def _save_definitions(self, plan: Plan) -> tuple[Path, ...]:
        """All or none."""
        saved: list[Path] = []
        try:
            for definition in plan.definitions:
                path = save_definition(
                    definition,
                    self._paths.definitions,
                    cluster_id=plan.cluster_id,
                    recreate=create_line(definition.as_spec(), self._target),
                )
                saved.append(path)
        except GuardRefused:
            _discard(saved)
            raise
        return tuple(saved)

    async def _send(self, plan: Plan, intent: Intent, report: Report) -> tuple[Outcome, str | None]:
        """Send and watch; whatever happens, cancellation too, the result is written down."""
        course = Course(self.ground, self._patience, self._target.timeout_s, report)
        ended, detail = "unknown", "ktui was interrupted before the outcome was seen"
        audit_note: str | None = None
        try:
            outcome = await BY_NAME[plan.operation].apply(course, plan, plan.change)
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

    def _intent(self, plan: Plan) -> Intent:
        parameters = BY_NAME[plan.operation].parameters(plan, plan.change)
        return Intent(
            plan.operation, plan.subject, parameters, plan.cluster_id, self._target.name, self._principal
        )


def _asked(change: Change, cluster_id: str | None, *, is_internal: bool) -> Asked:
    operation = operation_of(change)
    return Asked(
        operation.subject(change), operation.done, cluster_id, operation.spares_internal, is_internal
    )


def _discard(definitions: Sequence[Path]) -> None:
    """Of topics that were not deleted."""
    for path in definitions:
        with contextlib.suppress(OSError):
            path.unlink()


def _tell_nobody(progress: Progress) -> None:
    del progress
