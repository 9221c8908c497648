"""Sending a change that has passed the gate, and finding out what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ktui.adapters.errors import AdapterError, BadAnswer, ConnectionBroke, Refused, UnknownOutcome
from ktui.adapters.operate.definition import topic_id_text
from ktui.adapters.operate.ground import Answer, Ground, TopicSeen
from ktui.adapters.operate.plan import Outcome, OutcomeState, Plan, Progress, Stage
from ktui.adapters.operate.sentences import REQUEST_TIMED_OUT, UNKNOWN_TOPIC_ID, refusal_error
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.operate.warnings import replica_brokers
from ktui.adapters.operate.watch import Created, Deleted, Patience, watch_created, watch_deleted

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Course:
    """What applying needs besides the plan."""

    ground: Ground
    patience: Patience
    timeout_s: float
    """For the request itself."""
    report: Report


async def apply_create(course: Course, plan: Plan, spec: CreateTopic) -> Outcome:
    """Refused when the cluster said no; UnknownOutcome when it cannot be found out."""
    course.report(Progress(Stage.SENT, f"Sent to {plan.receiver}."))
    answer, lost = await _answer(
        course, course.ground.create(spec, validate_only=False, timeout_s=course.timeout_s)
    )
    if answer is not None and answer.code:
        raise refusal_error(spec, answer)
    topic_id = answer.topic_id if answer is not None else None
    partitions = answer.partitions if answer is not None else None
    expected = partitions or (len(spec.assignment) if spec.assignment else spec.partitions)
    if lost is None:
        course.report(Progress(Stage.WAITING, "Created; waiting until every partition has a leader."))
    seen = await watch_created(course.ground, spec.name, topic_id, expected, course.patience)
    return _created_outcome(spec, seen, lost, course.patience.wait_s)


def _created_outcome(spec: CreateTopic, seen: Created, lost: str | None, waited_s: float) -> Outcome:
    topic = seen.topic
    if lost is not None and (topic is None or not _is_as_asked(topic, spec)):
        is_there = (
            f"no topic {spec.name} was seen within {waited_s:.0f} s"
            if topic is None
            else f"a topic {spec.name} is there, but not with the partitions and replicas that were asked for"
        )
        raise UnknownOutcome(f"{lost} Whether {spec.name} was created is not known: {is_there}.")
    notes = () if lost is None else (f"{lost} It was not there before and is now, as asked for.",)
    if seen.reason is not None:
        text = f"{spec.name} was created, but {seen.reason} (waited up to {waited_s:.0f} s)."
        return Outcome(OutcomeState.INCOMPLETE, text, topic, notes=notes)
    assert topic is not None
    text = f"Created {spec.name}: {_count(len(topic.partitions))}, replication factor {_factor(topic)}."
    return Outcome(OutcomeState.DONE, text, topic, notes=notes)


async def apply_delete(course: Course, plan: Plan, spec: DeleteTopic) -> Outcome:
    """Refused when the cluster said no; UnknownOutcome when it cannot be found out."""
    assert plan.definition is not None
    course.report(Progress(Stage.SENT, f"Sent to {plan.receiver}."))
    answer, lost = await _answer(course, course.ground.delete(spec, timeout_s=course.timeout_s))
    if answer is not None and answer.code:
        raise await _deletion_refused(course.ground, spec, answer)
    if lost is None:
        course.report(Progress(Stage.WAITING, "Accepted; waiting until it is gone."))
    holders = replica_brokers(plan.definition.replicas)
    seen = await watch_deleted(course.ground, spec.name, spec.topic_id, holders, course.patience)
    return _deleted_outcome(spec, seen, lost, course.patience.wait_s)


def _deleted_outcome(spec: DeleteTopic, seen: Deleted, lost: str | None, waited_s: float) -> Outcome:
    notes = () if lost is None else (lost,)
    if seen.is_gone:
        if seen.successor is not None:
            made = f"Somebody has created another topic {spec.name} since (id {_id_of(seen.successor)})."
            notes = (*notes, made)
        return Outcome(OutcomeState.DONE, f"Deleted {spec.name}.", seen.successor, notes=notes)
    if seen.is_queued:
        text = (
            f"The deletion of {spec.name} is queued, and not done yet: {seen.reason}. It goes on by itself."
        )
        return Outcome(OutcomeState.QUEUED, text, notes=notes)
    if lost is not None:
        raise UnknownOutcome(
            f"{lost} Whether {spec.name} will be deleted is not known: after {waited_s:.0f} s {seen.reason}."
        )
    text = f"The cluster took the deletion of {spec.name}, but after {waited_s:.0f} s {seen.reason}."
    return Outcome(OutcomeState.QUEUED, text, notes=notes)


async def _deletion_refused(ground: Ground, spec: DeleteTopic, answer: Answer) -> Refused:
    """Tells a topic that was deleted and made anew by somebody else from one that is only gone."""
    if answer.code != UNKNOWN_TOPIC_ID:
        return refusal_error(spec, answer)
    try:
        other = await ground.topic(spec.name)
    except AdapterError:
        other = None
    if other is None or other.id == spec.topic_id:
        return refusal_error(spec, answer)
    return Refused(
        answer.code,
        answer.code_name,
        f"Somebody has deleted {spec.name} (id {topic_id_text(spec.topic_id)}) meanwhile and made another topic "
        f"of that name (id {_id_of(other)}), which was left alone.",
    )


async def _answer(course: Course, sending: Awaitable[Answer]) -> tuple[Answer | None, str | None]:
    """The answer, or why there is none although the request was sent."""
    try:
        answer = await sending
    except (ConnectionBroke, BadAnswer) as error:
        lost = f"The connection was lost before the answer came ({error})."
    else:
        if answer.code != REQUEST_TIMED_OUT:
            return answer, None
        lost = "The controller did not finish in the time it was given."
    course.report(Progress(Stage.LOST, f"{lost} Unknown so far; checking."))
    return None, lost


def _is_as_asked(topic: TopicSeen, spec: CreateTopic) -> bool:
    if spec.assignment is not None:
        rows = sorted(topic.partitions, key=lambda partition: partition.index)
        return tuple(row.replicas for row in rows) == spec.assignment
    if spec.partitions is not None and len(topic.partitions) != spec.partitions:
        return False
    factors = {len(partition.replicas) for partition in topic.partitions}
    return spec.replication_factor is None or factors == {spec.replication_factor}


def _factor(topic: TopicSeen) -> int:
    return len(topic.partitions[0].replicas) if topic.partitions else 0


def _id_of(topic: TopicSeen) -> str:
    return topic_id_text(topic.id) or "not known"


def _count(partitions: int) -> str:
    return "1 partition" if partitions == 1 else f"{partitions} partitions"
