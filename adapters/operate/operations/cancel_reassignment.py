"""Running moves stopped: the partitions go back to the brokers that they had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ktui.adapters.errors import BadSettings, Refused, UnknownOutcome
from ktui.adapters.kafka.asks.alter_reassignments import alter_reassignments
from ktui.adapters.kafka.asks.reassignments import Reassignment
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.moves import Key, Replicas
from ktui.adapters.operate.moving import running_moves
from ktui.adapters.operate.operation import SERVER_SHARE, Course, Operation, Scene
from ktui.adapters.operate.operations.elect_leaders import Chosen, partition_words
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan


@dataclass(frozen=True, slots=True)
class CancelReassignment(Change):
    partitions: Chosen


class CancelReassignmentOperation(Operation[CancelReassignment]):
    name = "cancel-reassignment"
    change = CancelReassignment
    done = "changed"
    spares_internal = False

    def check(self, change: CancelReassignment) -> None:
        if not any(change.partitions.values()):
            raise BadSettings("No partition is named, or none is being moved.")

    def subject(self, change: CancelReassignment) -> Subject:
        return Subject.topics(*change.partitions)

    def needs(self, change: CancelReassignment) -> tuple[Need, ...]:
        return (Need.cluster(AclOperation.ALTER),)

    def confirmation(self, change: CancelReassignment) -> Confirmation:
        return YES

    def words(self, change: CancelReassignment) -> tuple[str, ...]:
        return ("partition", "cancel", *partition_words(change.partitions))

    def kafka_words(self, change: CancelReassignment) -> tuple[str, ...]:
        return ("kafka-reassign-partitions.sh", "--cancel", "--reassignment-json-file", "FILE")

    async def plan(self, scene: Scene, change: CancelReassignment) -> Draft:
        running = await running_moves(scene.ground, scene.target.timeout_s)
        keys = [(topic, index) for topic, indexes in change.partitions.items() for index in indexes]
        for topic, index in keys:
            if (topic, index) not in running:
                text = f"Nothing was cancelled: {topic}-{index} is not being moved."
                raise Refused(Code.NO_REASSIGNMENT_IN_PROGRESS, "NO_REASSIGNMENT_IN_PROGRESS", text)
        return Draft(
            change,
            request=f"AlterPartitionReassignments: stop moving {counted(len(keys), 'partition')}",
            undo="Start the move again: what was copied is copied anew.",
            facts=tuple(_facts({key: running[key] for key in keys})),
            warnings=("A throttle of the move stays on; take it off as well.",),
        )

    def parameters(self, plan: Plan, change: CancelReassignment) -> Mapping[str, object]:
        return {"partitions": {topic: list(indexes) for topic, indexes in change.partitions.items()}}

    async def apply(self, course: Course, plan: Plan, change: CancelReassignment) -> Outcome:
        course.sent(plan)
        moves: dict[str, dict[int, Replicas | None]] = {
            topic: dict.fromkeys(indexes) for topic, indexes in change.partitions.items()
        }
        timeout_s = course.timeout_s * SERVER_SHARE
        told, lost = await course.told(
            course.ground.at_controller(
                lambda link: alter_reassignments(link, moves, timeout_s=timeout_s), course.timeout_s
            )
        )
        asked = {(topic, index) for topic, indexes in change.partitions.items() for index in indexes}
        over = {key for key, one in (told or {}).items() if one.code == Code.NO_REASSIGNMENT_IN_PROGRESS}
        refused = {key: one for key, one in (told or {}).items() if one.code and key not in over}
        if refused:
            (topic, index), one = next(iter(refused.items()))
            raise Refused(one.code, one.code_name, f"{topic}-{index} was not cancelled: {one.sentence}.")
        left = await _watch(course, asked)
        if left and lost is not None:
            raise UnknownOutcome(f"{lost} Whether moves will stop is not known: {len(left)} are running.")
        notes = [] if lost is None else [lost]
        notes += [f"{counted(len(over), 'partition')} had arrived before."] if over else []
        if left:
            text = f"The cluster took it, but {counted(len(left), 'partition')} still on the move."
            return Outcome(OutcomeState.INCOMPLETE, text, notes=tuple(notes))
        text = f"Cancelled the move of {counted(len(asked) - len(over), 'partition')}."
        return Outcome(OutcomeState.DONE, text, notes=tuple(notes))


async def _watch(course: Course, asked: set[tuple[str, int]]) -> set[tuple[str, int]]:
    deadline = course.patience.deadline()
    while True:
        running = await extra(running_moves(course.ground, course.timeout_s), None)
        left = asked if running is None else asked & running.keys()
        if not left or not await course.patience.pause(deadline):
            return left


def _facts(moves: Mapping[Key, Reassignment]) -> Iterator[str]:
    for (topic, index), move in moves.items():
        staying = tuple(broker for broker in move.replicas if broker not in move.adding)
        yield f"{topic}-{index}   no more to {_ids(move.adding)}   stays on {_ids(staying)}"


def _ids(brokers: Replicas) -> str:
    return ", ".join(map(str, brokers)) or "none"
