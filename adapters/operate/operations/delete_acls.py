"""Access rules taken away, exactly those that were named, watched until brokers tell of them no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ktui.adapters.access.model import AclEntry, Permission
from ktui.adapters.errors import Refused, UnknownOutcome
from ktui.adapters.kafka.asks.acls import delete_acls
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.acls import (
    check_entries,
    entry_words,
    first_of_resource,
    principals,
    rules_now,
    texts,
)
from ktui.adapters.operate.change import Change, Confirmation, Need, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Ground
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.shell import ktui_line


@dataclass(frozen=True, slots=True)
class DeleteAcls(Change):
    entries: tuple[AclEntry, ...]


class DeleteAclsOperation(Operation[DeleteAcls]):
    name = "delete-acls"
    change = DeleteAcls
    done = "changed"

    def check(self, change: DeleteAcls) -> None:
        check_entries(change.entries)

    def subject(self, change: DeleteAcls) -> Subject:
        return Subject(SubjectKind.PRINCIPAL, principals(change.entries))

    def needs(self, change: DeleteAcls) -> tuple[Need, ...]:
        return (Need.cluster(AclOperation.ALTER),)

    def confirmation(self, change: DeleteAcls) -> Confirmation:
        names = principals(change.entries)
        if len(names) == 1:
            return Confirmation.name(names[0])
        return Confirmation.phrase(f"delete {counted(len(change.entries), 'rule')}")

    def words(self, change: DeleteAcls) -> tuple[str, ...]:
        confirmed = ("--confirm", self.confirmation(change).expected)
        return ("acl", "delete", *entry_words(change.entries[0]), *confirmed)

    def kafka_words(self, change: DeleteAcls) -> tuple[str, ...]:
        return ("kafka-acls.sh", "--remove", *entry_words(change.entries[0]))

    async def plan(self, scene: Scene, change: DeleteAcls) -> Draft:
        there = await rules_now(scene.ground)
        _refuse_missing(change, there)
        undo = "; ".join(
            ktui_line(("acl", "create", *entry_words(entry)), scene.target) for entry in change.entries[:3]
        )
        return Draft(
            change,
            request=f"DeleteAcls: {counted(len(change.entries), 'rule')}",
            undo=undo,
            warnings=tuple(_warnings(change.entries, there)),
            facts=texts(change.entries, "-"),
        )

    def parameters(self, plan: Plan, change: DeleteAcls) -> Mapping[str, object]:
        return {"rules": [entry.text for entry in change.entries]}

    async def recheck(self, ground: Ground, change: DeleteAcls) -> None:
        _refuse_missing(change, await rules_now(ground))

    async def apply(self, course: Course, plan: Plan, change: DeleteAcls) -> Outcome:
        course.sent(plan)
        sending = course.ground.at_controller(partial(delete_acls, entries=change.entries), course.timeout_s)
        told, lost = await course.told(sending)
        refused = [answer for answer in told or () if isinstance(answer, Refused)]
        if refused:
            raise refused[0]
        deadline = course.patience.deadline()
        while True:
            there = await extra(rules_now(course.ground), None)
            if there is not None and set(there).isdisjoint(change.entries):
                rules = counted(len(change.entries), "rule")
                return Outcome(OutcomeState.DONE, f"Deleted {rules}.", notes=() if lost is None else (lost,))
            if not await course.patience.pause(deadline):
                break
        if lost is not None:
            raise UnknownOutcome(f"{lost} Whether the rules were deleted is not known.")
        text = "The cluster took the deletion, but the broker that was asked still tells of the rules."
        return Outcome(OutcomeState.INCOMPLETE, text)


def _refuse_missing(change: DeleteAcls, there: Sequence[AclEntry]) -> None:
    missing = next((entry for entry in change.entries if entry not in there), None)
    if missing is not None:
        raise Refused(0, "NOTHING_TO_DO", f"Nothing was deleted: there is no rule {missing.text}.")


def _warnings(entries: Sequence[AclEntry], there: Sequence[AclEntry]) -> Iterator[str]:
    rest = [entry for entry in there if entry not in entries]
    for resource in first_of_resource(entries, rest):
        yield (
            f"No rule about {resource} is left then: allow.everyone.if.no.acl.found decides, "
            "which lets everybody in or nobody but super users."
        )
    if any(entry.permission == Permission.DENY for entry in entries):
        yield "What it denied is allowed then where another rule allows it."
