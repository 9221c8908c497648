"""More partitions for a topic. There is no way back, and keys go to other partitions from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ktui.adapters.errors import BadSettings, Refused, UnknownOutcome
from ktui.adapters.kafka.asks.create_partitions import create_partitions
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject
from ktui.adapters.operate.ground import Answer, Ground
from ktui.adapters.operate.looking import counted, still_the_same, topic_there
from ktui.adapters.operate.operation import SERVER_SHARE, Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import INVALID_PARTITIONS, refusal_error
from ktui.adapters.operate.spec import MAX_INT32, format_assignment
from ktui.adapters.operate.watch import Created, watch_created

_KEYS_MOVE = (
    "Keys will move: from then on a record's key goes to another partition than its earlier records, so the order "
    "of a key is broken, and what joins topics by partition no longer fits."
)


@dataclass(frozen=True, slots=True)
class AddPartitions(Change):
    """`count`: of all partitions afterwards."""

    topic: str
    count: int
    assignment: tuple[tuple[int, ...], ...] | None = None
    """Brokers of each new partition, the preferred leader first; None: the cluster chooses."""
    topic_id: bytes | None = None
    """Of the topic that the plan was made for."""


class AddPartitionsOperation(Operation[AddPartitions]):
    name = "add-partitions"
    change = AddPartitions
    done = "changed"

    def check(self, change: AddPartitions) -> None:
        if not 1 <= change.count <= MAX_INT32:
            raise BadSettings(
                f"The number of partitions must be from 1 to {MAX_INT32:,}, not {change.count:,}."
            )

    def subject(self, change: AddPartitions) -> Subject:
        return Subject.topics(change.topic)

    def needs(self, change: AddPartitions) -> tuple[Need, ...]:
        return (Need.topic(AclOperation.ALTER, change.topic),)

    def confirmation(self, change: AddPartitions) -> Confirmation:
        return YES

    def words(self, change: AddPartitions) -> tuple[str, ...]:
        return ("topic", "alter", change.topic, *_shape_words(change))

    def kafka_words(self, change: AddPartitions) -> tuple[str, ...]:
        return ("kafka-topics.sh", "--alter", "--topic", change.topic, *_shape_words(change))

    async def plan(self, scene: Scene, change: AddPartitions) -> Draft:
        topic = await topic_there(scene.ground, change.topic, change.topic_id)
        now = len(topic.partitions)
        if change.count <= now:
            more = (
                "as many already"
                if change.count == now
                else f"{counted(now, 'partition')}, which cannot shrink"
            )
            text = f"{change.topic} was not changed: it has {more}."
            raise Refused(INVALID_PARTITIONS, "INVALID_PARTITIONS", text)
        added = change.count - now
        if change.assignment is not None and len(change.assignment) != added:
            raise BadSettings(
                f"The replica assignment is for {counted(len(change.assignment), 'partition')}; "
                f"{counted(added, 'partition')} would be new."
            )
        factors = {len(partition.replicas) for partition in topic.partitions}
        factor = factors.pop() if len(factors) == 1 else None
        return Draft(
            AddPartitions(change.topic, change.count, change.assignment, topic.id),
            request=f"CreatePartitions: {change.topic}, from {now:,} to {counted(change.count, 'partition')}",
            undo="None: partitions cannot be taken away again.",
            facts=(f"partitions   {now:,} → {change.count:,}",),
            warnings=(_KEYS_MOVE,),
            impact=Impact(now, factor, topic_id=topic.id, is_internal=topic.is_internal),
        )

    def parameters(self, plan: Plan, change: AddPartitions) -> Mapping[str, object]:
        before = None if plan.impact is None else plan.impact.partitions
        assignment = None if change.assignment is None else format_assignment(change.assignment)
        return {"partitions": change.count, "before": before, "assignment": assignment}

    async def recheck(self, ground: Ground, change: AddPartitions) -> None:
        await still_the_same(ground, change.topic, change.topic_id)

    async def validate(self, ground: Ground, change: AddPartitions, timeout_s: float) -> Answer:
        answer = await _ask(ground, change, timeout_s, validate_only=True)
        if answer.code:
            raise _refusal(change, answer)
        return answer

    async def apply(self, course: Course, plan: Plan, change: AddPartitions) -> Outcome:
        course.sent(plan)
        answer, lost = await course.answer(_ask(course.ground, change, course.timeout_s, validate_only=False))
        if answer is not None and answer.code:
            raise _refusal(change, answer)
        if lost is None:
            course.waiting("Added; waiting until every partition has a leader.")
        seen = await watch_created(
            course.ground, change.topic, change.topic_id, change.count, course.patience
        )
        return _outcome(change, seen, lost, course.patience.wait_s)


def _shape_words(change: AddPartitions) -> tuple[str, ...]:
    words = ("--partitions", str(change.count))
    if change.assignment is None:
        return words
    return (*words, "--replica-assignment", format_assignment(change.assignment))


async def _ask(ground: Ground, change: AddPartitions, timeout_s: float, *, validate_only: bool) -> Answer:
    async def send(link: Link) -> Answer:
        told, throttled_s = await create_partitions(
            link,
            change.topic,
            change.count,
            assignment=change.assignment,
            validate_only=validate_only,
            timeout_s=timeout_s * SERVER_SHARE,
        )
        return Answer(told.code, told.code_name, told.message, throttled_s=throttled_s)

    return await ground.answer_at_controller(send, timeout_s)


def _refusal(change: AddPartitions, answer: Answer) -> Refused:
    needs = f"Alter on topic {change.topic}"
    return refusal_error(answer, f"{change.topic} was not changed", needs=needs)


def _outcome(change: AddPartitions, seen: Created, lost: str | None, waited_s: float) -> Outcome:
    topic = seen.topic
    has_them = topic is not None and len(topic.partitions) >= change.count
    if lost is not None and not has_them:
        there = (
            "it cannot be seen" if topic is None else f"it has {counted(len(topic.partitions), 'partition')}"
        )
        raise UnknownOutcome(
            f"{lost} Whether {change.topic} was changed is not known: after {waited_s:.0f} s {there}."
        )
    notes = () if lost is None else (f"{lost} It has the partitions now.",)
    if seen.reason is not None:
        text = f"Partitions were added to {change.topic}, but {seen.reason} (waited up to {waited_s:.0f} s)."
        return Outcome(OutcomeState.INCOMPLETE, text, topic, notes=notes)
    text = f"{change.topic} has {counted(change.count, 'partition')} now."
    return Outcome(OutcomeState.DONE, text, topic, notes=notes)
