"""A group forgotten with all its offsets, while it has no members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from ktui.adapters.errors import Refused, UnknownOutcome
from ktui.adapters.kafka.asks.delete_groups import delete_group
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import Change, Confirmation, Need, Right, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Ground
from ktui.adapters.operate.groups import LIVE, at_coordinator, find_group, group_there, refuse_live
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import refusal_error


@dataclass(frozen=True, slots=True)
class DeleteGroup(Change):
    """The group with this name."""

    group: str


class DeleteGroupOperation(Operation[DeleteGroup]):
    name = "delete-group"
    change = DeleteGroup
    done = "deleted"

    def subject(self, change: DeleteGroup) -> Subject:
        return Subject(SubjectKind.GROUP, (change.group,))

    def needs(self, change: DeleteGroup) -> tuple[Need, ...]:
        return (Need((Right(AclOperation.DELETE, SubjectKind.GROUP, change.group),)),)

    def confirmation(self, change: DeleteGroup) -> Confirmation:
        return Confirmation.name(change.group)

    def words(self, change: DeleteGroup) -> tuple[str, ...]:
        return ("group", "delete", change.group, "--confirm", change.group)

    def kafka_words(self, change: DeleteGroup) -> tuple[str, ...]:
        return ("kafka-consumer-groups.sh", "--delete", "--group", change.group)

    async def plan(self, scene: Scene, change: DeleteGroup) -> Draft:
        there = await group_there(scene.ground, change.group)
        refuse_live(there, f"{change.group} was not deleted")
        topics = sorted({topic for topic, _ in there.offsets})
        parts = counted(len(there.offsets), "offset")
        return Draft(
            change,
            request=f"DeleteGroups: {change.group}",
            undo="None: the offsets are gone. Whoever reads with this name again begins by auto.offset.reset.",
            facts=(f"{parts} of {counted(len(topics), 'topic')} will be forgotten", *topics[:20]),
            receiver=there.coordinator_text,
        )

    def parameters(self, plan: Plan, change: DeleteGroup) -> Mapping[str, object]:
        return {"facts": list(plan.facts)}

    async def recheck(self, ground: Ground, change: DeleteGroup) -> None:
        refuse_live(await group_there(ground, change.group), f"{change.group} was not deleted")

    async def apply(self, course: Course, plan: Plan, change: DeleteGroup) -> Outcome:
        course.sent(plan)
        send = partial(delete_group, group=change.group)
        sending = at_coordinator(course.ground, change.group, send, _codes, course.timeout_s)
        told, lost = await course.told(sending)
        if told is not None and told.code and told.code != Code.GROUP_ID_NOT_FOUND:
            raise _refusal(change, told)
        deadline = course.patience.deadline()
        while not await extra(_is_gone(course.ground, change.group), False):
            if not await course.patience.pause(deadline):
                if lost is not None:
                    raise UnknownOutcome(f"{lost} Whether {change.group} was deleted is not known.")
                text = f"The coordinator took the deletion of {change.group}, and it is still listed."
                return Outcome(OutcomeState.INCOMPLETE, text)
        notes = () if lost is None else (lost,)
        return Outcome(OutcomeState.DONE, f"Deleted group {change.group}.", notes=notes)


async def _is_gone(ground: Ground, group: str) -> bool:
    """A broker that did not answer may still list it."""
    try:
        await find_group(ground, group)
    except Refused as refused:
        return refused.code == Code.GROUP_ID_NOT_FOUND and "did not answer" not in str(refused)
    return False


def _codes(told: Told) -> set[int]:
    return {told.code}


def _refusal(change: DeleteGroup, told: Told) -> Refused:
    undone = f"{change.group} was not deleted"
    own = f"{undone}: it has members again." if told.code in LIVE else None
    answer = Answer(told.code, told.code_name, told.sentence)
    return refusal_error(answer, undone, own, needs=f"Delete on group {change.group}")
