"""New access rules, watched until brokers tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ktui.adapters.access.model import AclEntry
from ktui.adapters.errors import Refused, UnknownOutcome
from ktui.adapters.kafka.asks.acls import create_acls
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.acls import (
    check_entries,
    denial_warnings,
    entry_words,
    first_of_resource,
    principals,
    rules_now,
    texts,
)
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.shell import ktui_line


@dataclass(frozen=True, slots=True)
class CreateAcls(Change):
    entries: tuple[AclEntry, ...]
    """Once it is planned without those that are there already."""


class CreateAclsOperation(Operation[CreateAcls]):
    name = "create-acls"
    change = CreateAcls
    done = "given rules"

    def check(self, change: CreateAcls) -> None:
        check_entries(change.entries)

    def subject(self, change: CreateAcls) -> Subject:
        return Subject(SubjectKind.PRINCIPAL, principals(change.entries))

    def needs(self, change: CreateAcls) -> tuple[Need, ...]:
        return (Need.cluster(AclOperation.ALTER),)

    def confirmation(self, change: CreateAcls) -> Confirmation:
        return YES

    def words(self, change: CreateAcls) -> tuple[str, ...]:
        return ("acl", "create", *entry_words(change.entries[0]))

    def kafka_words(self, change: CreateAcls) -> tuple[str, ...]:
        return ("kafka-acls.sh", "--add", *entry_words(change.entries[0]))

    async def plan(self, scene: Scene, change: CreateAcls) -> Draft:
        there = await rules_now(scene.ground)
        new = tuple(entry for entry in dict.fromkeys(change.entries) if entry not in there)
        if not new:
            raise Refused(0, "NOTHING_TO_DO", "Nothing was changed: the cluster has these rules already.")
        undo = "; ".join(
            ktui_line(("acl", "delete", *entry_words(entry), "--confirm", entry.principal), scene.target)
            for entry in new[:3]
        )
        return Draft(
            replace(change, entries=new),
            request=f"CreateAcls: {counted(len(new), 'rule')}",
            undo=undo,
            warnings=tuple(_warnings(new, there)),
            facts=texts(new, "+"),
        )

    def parameters(self, plan: Plan, change: CreateAcls) -> Mapping[str, object]:
        return {"rules": [entry.text for entry in change.entries]}

    async def apply(self, course: Course, plan: Plan, change: CreateAcls) -> Outcome:
        course.sent(plan)
        sending = course.ground.at_controller(partial(create_acls, entries=change.entries), course.timeout_s)
        told, lost = await course.told(sending)
        refused = [error for error in told or () if error is not None]
        if refused:
            raise refused[0]
        deadline = course.patience.deadline()
        while True:
            there = await extra(rules_now(course.ground), None)
            if there is not None and set(change.entries) <= set(there):
                rules = counted(len(change.entries), "rule")
                return Outcome(OutcomeState.DONE, f"Made {rules}.", notes=() if lost is None else (lost,))
            if not await course.patience.pause(deadline):
                break
        if lost is not None:
            raise UnknownOutcome(f"{lost} Whether the rules were made is not known.")
        text = "The cluster took the rules, but the broker that was asked does not tell of them yet."
        return Outcome(OutcomeState.INCOMPLETE, text)


def _warnings(new: Sequence[AclEntry], there: Sequence[AclEntry]) -> Iterator[str]:
    for resource in first_of_resource(new, there):
        yield (
            f"It is the first rule about {resource}: whoever uses it now without a rule "
            "(allow.everyone.if.no.acl.found) may not any more, super users apart."
        )
    yield from denial_warnings(new)
