"""The end of a topic: by its id where the cluster has ids, its definition saved before, watched until it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from ktui.adapters.errors import Refused, UnknownOutcome
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import Confirmation, Need, Right, Subject, SubjectKind
from ktui.adapters.operate.definition import Definition, topic_id_text
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Defaults, Ground, TopicSeen
from ktui.adapters.operate.last_write import last_write
from ktui.adapters.operate.looking import id_text, made_anew, topic_there
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.readers import reader_warnings, readers_of
from ktui.adapters.operate.sentences import (
    DELETION_DISABLED,
    INVALID_REQUEST,
    LACKS_RIGHT,
    UNKNOWN_TOPIC,
    UNKNOWN_TOPIC_ID,
    refusal_error,
    words_of,
)
from ktui.adapters.operate.shell import create_line
from ktui.adapters.operate.spec import DeleteTopic
from ktui.adapters.operate.warnings import delete_warnings, replica_brokers
from ktui.adapters.operate.watch import Deleted, watch_deleted

_NOT_KNOWN: Final = -1


class DeleteTopicOperation(Operation[DeleteTopic]):
    name = "delete-topic"
    change = DeleteTopic
    done = "deleted"

    def subject(self, change: DeleteTopic) -> Subject:
        return Subject.topics(change.name)

    def needs(self, change: DeleteTopic) -> tuple[Need, ...]:
        return deletion_needs(change.name)

    def confirmation(self, change: DeleteTopic) -> Confirmation:
        return Confirmation.name(change.name)

    def words(self, change: DeleteTopic) -> tuple[str, ...]:
        return ("topic", "delete", change.name, "--confirm", change.name)

    def kafka_words(self, change: DeleteTopic) -> tuple[str, ...]:
        """It deletes by name, never by id."""
        return ("kafka-topics.sh", "--delete", "--topic", change.name)

    async def plan(self, scene: Scene, change: DeleteTopic) -> Draft:
        topic = await topic_there(scene.ground, change.name, change.topic_id)
        overrides, defaults, size, written, readers = await asyncio.gather(
            extra(scene.ground.overrides(topic.name), None),
            extra(scene.ground.defaults(), Defaults()),
            extra(scene.ground.bytes_on_disk(topic), None),
            extra(last_write(scene.ground, topic), _NOT_KNOWN),
            extra(readers_of(scene.ground, topic), None),
        )
        definition = definition_of(topic, overrides)
        known_id = topic_id_text(topic.id)
        how = f"by id {known_id}" if known_id else "by name, for there are no topic ids"
        return Draft(
            DeleteTopic(topic.name, topic.id),
            request=f"DeleteTopics: {topic.name}, {how}",
            undo="The records cannot be brought back. The topic can be created again, empty: "
            f"{create_line(definition.as_spec(), scene.target)}",
            warnings=(
                *reader_warnings(readers),
                *delete_warnings(topic, scene.identity, defaults, has_overrides=overrides is not None),
            ),
            impact=Impact(
                len(topic.partitions),
                definition.replication_factor,
                topic_id=topic.id,
                size_bytes=size,
                is_internal=topic.is_internal,
                last_write_ms=None if written == _NOT_KNOWN else written,
                is_empty=written is None,
            ),
            definitions=(definition,),
        )

    def parameters(self, plan: Plan, change: DeleteTopic) -> Mapping[str, object]:
        assert plan.impact is not None
        return {
            "topic_id": topic_id_text(change.topic_id),
            "partitions": plan.impact.partitions,
            "replication_factor": plan.impact.replication_factor,
            "size_bytes": plan.impact.size_bytes,
        }

    async def apply(self, course: Course, plan: Plan, change: DeleteTopic) -> Outcome:
        course.sent(plan)
        return await send_deletion(course, change, plan.definitions[0])


def deletion_needs(name: str) -> tuple[Need, ...]:
    """In KRaft mode the right on the cluster does for any topic (`ControllerApis.deleteTopics`)."""
    on_topic = Right(AclOperation.DELETE, SubjectKind.TOPIC, name)
    return (Need((on_topic, Right(AclOperation.DELETE, SubjectKind.CLUSTER))),)


def definition_of(topic: TopicSeen, overrides: Mapping[str, str] | None) -> Definition:
    rows = sorted(topic.partitions, key=lambda partition: partition.index)
    return Definition(topic.name, topic.id, tuple(row.replicas for row in rows), overrides)


async def send_deletion(course: Course, change: DeleteTopic, definition: Definition) -> Outcome:
    """Refused when the cluster said no; UnknownOutcome when it cannot be found out."""
    answer, lost = await course.answer(course.ground.delete(change, timeout_s=course.timeout_s))
    if answer is not None and answer.code:
        raise await _refusal(course.ground, change, answer)
    if lost is None:
        course.waiting("Accepted; waiting until it is gone.")
    holders = replica_brokers(definition.replicas)
    seen = await watch_deleted(course.ground, change.name, change.topic_id, holders, course.patience)
    return _outcome(change, seen, lost, course.patience.wait_s)


def _outcome(change: DeleteTopic, seen: Deleted, lost: str | None, waited_s: float) -> Outcome:
    notes = () if lost is None else (lost,)
    name = change.name
    if seen.is_gone:
        if seen.successor is not None:
            made = f"Somebody has created another topic {name} since (id {id_text(seen.successor)})."
            notes = (*notes, made)
        return Outcome(OutcomeState.DONE, f"Deleted {name}.", seen.successor, notes=notes)
    if seen.is_queued:
        text = f"The deletion of {name} is queued, and not done yet: {seen.reason}. It goes on by itself."
        return Outcome(OutcomeState.QUEUED, text, notes=notes)
    if lost is not None:
        raise UnknownOutcome(
            f"{lost} Whether {name} will be deleted is not known: after {waited_s:.0f} s {seen.reason}."
        )
    text = f"The cluster took the deletion of {name}, but after {waited_s:.0f} s {seen.reason}."
    return Outcome(OutcomeState.QUEUED, text, notes=notes)


async def _refusal(ground: Ground, change: DeleteTopic, answer: Answer) -> Refused:
    """Tells a topic that was deleted and made anew by somebody else from one that is only gone."""
    if answer.code == UNKNOWN_TOPIC_ID:
        other = await extra(ground.topic(change.name), None)
        if other is not None and other.id != change.topic_id:
            return made_anew(change.name, change.topic_id, other)
    return refusal_error(answer, f"{change.name} was not deleted", _sentence(change, answer))


def _sentence(change: DeleteTopic, answer: Answer) -> str | None:
    match answer.code:
        case c if c in LACKS_RIGHT:
            return (
                f"Not permitted: deleting {change.name} needs the rights Delete and Describe on the topic; "
                "nothing was deleted."
            )
        case c if c in (UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID):
            return f"There is no topic {change.name} any more, or this principal may not see it; nothing was deleted."
        case c if c in (DELETION_DISABLED, INVALID_REQUEST):
            return (
                f"{change.name} was not deleted: the cluster has deletion switched off "
                f"(delete.topic.enable=false){words_of(answer) if answer.code == INVALID_REQUEST else '.'}"
            )
    return None
