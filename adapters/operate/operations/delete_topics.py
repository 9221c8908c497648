"""Several topics deleted at once: each listed, by id, with its definition saved; all or none are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import AdapterError, BadSettings, Refused, UnknownOutcome
from ktui.adapters.operate.change import Change, Confirmation, Need, Subject
from ktui.adapters.operate.definition import topic_id_text
from ktui.adapters.operate.ground import Ground
from ktui.adapters.operate.looking import counted, topic_there
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.operations.delete_topic import (
    DeleteTopicOperation,
    deletion_needs,
    send_deletion,
)
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.spec import DeleteTopic

MOST: Final = 50
"""A list that nobody reads protects nobody."""
_ONE = DeleteTopicOperation()


@dataclass(frozen=True, slots=True)
class DeleteTopics(Change):
    topics: tuple[DeleteTopic, ...]


class DeleteTopicsOperation(Operation[DeleteTopics]):
    name = "delete-topics"
    change = DeleteTopics
    done = "deleted"

    def check(self, change: DeleteTopics) -> None:
        if not 2 <= len(change.topics) <= MOST:
            raise BadSettings(f"From 2 to {MOST} topics are deleted at once, not {len(change.topics)}.")

    def subject(self, change: DeleteTopics) -> Subject:
        return Subject.topics(*(topic.name for topic in change.topics))

    def needs(self, change: DeleteTopics) -> tuple[Need, ...]:
        return tuple(need for topic in change.topics for need in deletion_needs(topic.name))

    def confirmation(self, change: DeleteTopics) -> Confirmation:
        return Confirmation.phrase(f"delete {len(change.topics)} topics")

    def words(self, change: DeleteTopics) -> tuple[str, ...]:
        names = [topic.name for topic in change.topics]
        return ("topic", "delete", *names, *(word for name in names for word in ("--confirm", name)))

    async def plan(self, scene: Scene, change: DeleteTopics) -> Draft:
        drafts = [await _ONE.plan(scene, topic) for topic in change.topics]
        topics = tuple(draft.change for draft in drafts if isinstance(draft.change, DeleteTopic))
        impacts = [draft.impact or Impact(None, None) for draft in drafts]
        sizes = [impact.size_bytes for impact in impacts]
        known = [size for size in sizes if size is not None]
        return Draft(
            DeleteTopics(topics),
            request=f"DeleteTopics: {len(topics)} topics, one after the other",
            undo="The records cannot be brought back. Each definition is saved, to create the topic again, empty.",
            facts=tuple(map(_fact, topics, impacts)),
            warnings=tuple(dict.fromkeys(warning for draft in drafts for warning in draft.warnings)),
            impact=Impact(
                sum(impact.partitions or 0 for impact in impacts),
                None,
                size_bytes=sum(known) if len(known) == len(sizes) else None,
                is_internal=any(impact.is_internal for impact in impacts),
            ),
            definitions=tuple(definition for draft in drafts for definition in draft.definitions),
        )

    def parameters(self, plan: Plan, change: DeleteTopics) -> Mapping[str, object]:
        return {
            "topic_ids": {topic.name: topic_id_text(topic.topic_id) for topic in change.topics},
            "partitions": None if plan.impact is None else plan.impact.partitions,
            "size_bytes": None if plan.impact is None else plan.impact.size_bytes,
        }

    async def recheck(self, ground: Ground, change: DeleteTopics) -> None:
        """All or none: when one has gone or is another one by now, no other is sent before it."""
        for topic in change.topics:
            await topic_there(ground, topic.name, topic.topic_id)

    async def apply(self, course: Course, plan: Plan, change: DeleteTopics) -> Outcome:
        course.sent(plan)
        ended = await asyncio.gather(
            *(
                send_deletion(course, topic, definition)
                for topic, definition in zip(change.topics, plan.definitions, strict=True)
            ),
            return_exceptions=True,
        )
        for end in ended:
            if isinstance(end, BaseException) and not isinstance(end, AdapterError):
                raise end
        return _outcome(change, ended)


def _outcome(change: DeleteTopics, ended: list[Outcome | BaseException]) -> Outcome:
    outcomes = [end for end in ended if isinstance(end, Outcome)]
    failed = [end for end in ended if isinstance(end, AdapterError)]
    if not outcomes:
        raise failed[0]
    done = sum(outcome.is_done for outcome in outcomes)
    notes = [note for outcome in outcomes for note in outcome.notes]
    notes += [outcome.sentence for outcome in outcomes if not outcome.is_done]
    notes += [str(error) for error in failed]
    text = f"Deleted {done} of {counted(len(change.topics), 'topic')}."
    if done == len(change.topics):
        return Outcome(OutcomeState.DONE, f"Deleted {done} topics.", notes=tuple(notes))
    if any(isinstance(error, UnknownOutcome) for error in failed):
        raise UnknownOutcome(" ".join((text, *notes)))
    state = (
        OutcomeState.QUEUED
        if not any(isinstance(error, Refused) for error in failed)
        else OutcomeState.INCOMPLETE
    )
    return Outcome(state, text, notes=tuple(notes))


def _fact(topic: DeleteTopic, impact: Impact) -> str:
    size = "size not known" if impact.size_bytes is None else f"{impact.size_bytes:,} bytes"
    return f"{topic.name}   {counted(impact.partitions or 0, 'partition')}   {size}"
