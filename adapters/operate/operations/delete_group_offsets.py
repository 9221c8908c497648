"""The offsets of a group on some topics forgotten; it may have members as long as none of them reads these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from ktui.adapters.errors import BadSettings, Refused, UnknownOutcome
from ktui.adapters.groups.model import PartKey
from ktui.adapters.kafka.asks.delete_groups import delete_offsets
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.error_codes import Code, name_of
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import Change, Confirmation, Need, Right, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Ground
from ktui.adapters.operate.groups import (
    GroupThere,
    at_coordinator,
    code_set,
    group_there,
    part_text,
    refuse_share,
)
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import refusal_error


@dataclass(frozen=True, slots=True)
class DeleteGroupOffsets(Change):
    group: str
    topics: tuple[str, ...]
    offsets: tuple[tuple[str, int, int], ...] = ()
    """Topic, partition index and the offset that is forgotten; known once it is planned."""


class DeleteGroupOffsetsOperation(Operation[DeleteGroupOffsets]):
    name = "delete-group-offsets"
    change = DeleteGroupOffsets
    done = "changed"

    def check(self, change: DeleteGroupOffsets) -> None:
        if not change.topics:
            raise BadSettings("Name the topics whose offsets are to be forgotten.")

    def subject(self, change: DeleteGroupOffsets) -> Subject:
        return Subject(SubjectKind.GROUP, (change.group,))

    def needs(self, change: DeleteGroupOffsets) -> tuple[Need, ...]:
        on_group = Need((Right(AclOperation.DELETE, SubjectKind.GROUP, change.group),))
        return (on_group, *(Need.topic(AclOperation.READ, topic) for topic in change.topics))

    def confirmation(self, change: DeleteGroupOffsets) -> Confirmation:
        return Confirmation.name(change.group)

    def words(self, change: DeleteGroupOffsets) -> tuple[str, ...]:
        topics = (word for topic in change.topics for word in ("--topic", topic))
        return ("group", "delete-offsets", change.group, *topics, "--confirm", change.group)

    def kafka_words(self, change: DeleteGroupOffsets) -> tuple[str, ...]:
        topics = (word for topic in change.topics for word in ("--topic", topic))
        return ("kafka-consumer-groups.sh", "--delete-offsets", "--group", change.group, *topics)

    async def plan(self, scene: Scene, change: DeleteGroupOffsets) -> Draft:
        there = await group_there(scene.ground, change.group)
        undone = f"{change.group} was not changed"
        refuse_share(there, undone)
        _refuse_read(there, change, undone)
        chosen = tuple(
            (*key, offset) for key, offset in sorted(there.offsets.items()) if key[0] in change.topics
        )
        if not chosen:
            text = f"{undone}: it has no offsets on {', '.join(change.topics)}."
            raise Refused(Code.UNKNOWN_TOPIC_OR_PARTITION, "NOTHING_TO_DO", text)
        return Draft(
            replace(change, offsets=chosen),
            request=f"OffsetDelete: {change.group}, {counted(len(chosen), 'partition')}",
            undo="The offsets of now are in the plan and in the audit file; set them again with group reset.",
            facts=tuple(f"{topic} {index}   {offset:,} → nothing" for topic, index, offset in chosen[:200]),
            receiver=there.coordinator_text,
        )

    def parameters(self, plan: Plan, change: DeleteGroupOffsets) -> Mapping[str, object]:
        return {"topics": list(change.topics), "offsets": [list(one) for one in change.offsets]}

    async def recheck(self, ground: Ground, change: DeleteGroupOffsets) -> None:
        _refuse_read(await group_there(ground, change.group), change, f"{change.group} was not changed")

    async def apply(self, course: Course, plan: Plan, change: DeleteGroupOffsets) -> Outcome:
        keys: list[PartKey] = [(topic, index) for topic, index, _ in change.offsets]
        course.sent(plan)
        send = partial(delete_offsets, group=change.group, parts=keys)
        sending = at_coordinator(course.ground, change.group, send, code_set, course.timeout_s)
        told, lost = await course.told(sending)
        if told is None:
            return await _found_out(course, change, keys, lost or "")
        refused = {key: one for key, one in told.items() if one.code}
        if not refused:
            parts = counted(len(keys), "offset")
            return Outcome(OutcomeState.DONE, f"{change.group} has forgotten {parts}.")
        key, first = next(iter(refused.items()))
        error = _refusal(change, key, first)
        if len(refused) == len(keys):
            raise error
        text = (
            f"Forgot {len(keys) - len(refused)} of {counted(len(keys), 'offset')}; {part_text(key)}: {error}"
        )
        return Outcome(OutcomeState.INCOMPLETE, text)


async def _found_out(course: Course, change: DeleteGroupOffsets, keys: list[PartKey], lost: str) -> Outcome:
    deadline = course.patience.deadline()
    while True:
        there = await extra(group_there(course.ground, change.group), None)
        if there is not None and there.offsets.keys().isdisjoint(keys):
            return Outcome(OutcomeState.DONE, f"{change.group} has forgotten its offsets.", notes=(lost,))
        if not await course.patience.pause(deadline):
            raise UnknownOutcome(f"{lost} Whether the offsets of {change.group} were deleted is not known.")


def _refuse_read(there: GroupThere, change: DeleteGroupOffsets, undone: str) -> None:
    read = next((topic for topic in change.topics if there.seen.reads(topic)), None)
    if read is not None:
        code = Code.GROUP_SUBSCRIBED_TO_TOPIC
        raise Refused(code, name_of(code), f"{undone}: its members read {read} now; stop them first.")


def _refusal(change: DeleteGroupOffsets, key: PartKey, told: Told) -> Refused:
    undone = f"{change.group} was not changed"
    is_read = told.code in (Code.GROUP_SUBSCRIBED_TO_TOPIC, Code.NON_EMPTY_GROUP)
    own = f"{undone}: its members read {key[0]} now; stop them first." if is_read else None
    answer = Answer(told.code, told.code_name, told.sentence)
    needs = f"Delete on group {change.group} and Read on topic {key[0]}"
    return refusal_error(answer, undone, own, needs=needs)
