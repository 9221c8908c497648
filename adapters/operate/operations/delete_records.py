"""The oldest records of a topic deleted, up to an offset or to a time. Asked of the leader of each partition."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from ktui.adapters.errors import AdapterError, BadSettings, Refused, UnknownOutcome
from ktui.adapters.kafka.asks.delete_records import Cut, delete_records
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.error_codes import Code, is_retriable
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import Change, Confirmation, Need, Subject
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Ground, TopicSeen
from ktui.adapters.operate.looking import counted, still_the_same, topic_there
from ktui.adapters.operate.operation import SERVER_SHARE, Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import POLICY_VIOLATION, UNKNOWN_TOPIC, refusal_error

_UNKNOWN_OFFSET: Final = -1
_MOST_FACTS: Final = 200


@dataclass(frozen=True, slots=True)
class DeleteRecords(Change):
    """Records before `offset`, or older than `time_ms` (since the epoch), in the partitions given (None: in all)."""

    topic: str
    offset: int | None = None
    time_ms: int | None = None
    partitions: tuple[int, ...] | None = None
    before: Mapping[int, int] = field(default_factory=dict)
    """By partition: the first offset that stays; known once it is planned. Partitions with nothing to delete lack."""
    topic_id: bytes | None = None


class DeleteRecordsOperation(Operation[DeleteRecords]):
    name = "delete-records"
    change = DeleteRecords
    done = "changed"

    def check(self, change: DeleteRecords) -> None:
        if (change.offset is None) == (change.time_ms is None):
            raise BadSettings("Give an offset or a time up to which records are deleted.")
        if change.offset is not None and change.offset < 0:
            raise BadSettings(f"An offset is 0 or more, not {change.offset}.")

    def subject(self, change: DeleteRecords) -> Subject:
        return Subject.topics(change.topic)

    def needs(self, change: DeleteRecords) -> tuple[Need, ...]:
        return (Need.topic(AclOperation.DELETE, change.topic),)

    def confirmation(self, change: DeleteRecords) -> Confirmation:
        return Confirmation.name(change.topic)

    def words(self, change: DeleteRecords) -> tuple[str, ...]:
        until = ("--before-offset", str(change.offset))
        if change.offset is None:
            until = ("--before", str(change.time_ms))
        chosen = (word for index in change.partitions or () for word in ("--partition", str(index)))
        return ("topic", "delete-records", change.topic, *until, *chosen, "--confirm", change.topic)

    async def plan(self, scene: Scene, change: DeleteRecords) -> Draft:
        topic = await topic_there(scene.ground, change.topic, change.topic_id)
        leaders = _leaders(topic, change)
        bounds = await _bounds(scene.ground, change, leaders)
        before = {i: cut for i, (first, cut, end) in bounds.items() if cut > first}
        overrides = await extra(scene.ground.overrides(change.topic), None) or {}
        if "delete" not in overrides.get("cleanup.policy", "delete"):
            text = f"{change.topic} was not changed: it is compacted only, and Kafka deletes no records from such."
            raise Refused(POLICY_VIOLATION, "POLICY_VIOLATION", text)
        going = sum(before[index] - bounds[index][0] for index in before)
        if not going:
            text = f"{change.topic} was not changed: there is no record before that."
            raise Refused(0, "NOTHING_TO_DO", text)
        return Draft(
            replace(change, before=before, topic_id=topic.id),
            request=f"DeleteRecords: {change.topic}, {counted(going, 'offset')} in "
            f"{counted(len(before), 'partition')}",
            undo="None: the records cannot be brought back.",
            receiver="the leader of each partition",
            facts=tuple(_facts(bounds)),
            warnings=tuple(_warnings(bounds)),
            impact=Impact(len(topic.partitions), None, topic_id=topic.id, is_internal=topic.is_internal),
        )

    def parameters(self, plan: Plan, change: DeleteRecords) -> Mapping[str, object]:
        return {
            "offset": change.offset,
            "time_ms": change.time_ms,
            "before": {str(index): offset for index, offset in sorted(change.before.items())},
        }

    async def recheck(self, ground: Ground, change: DeleteRecords) -> None:
        await still_the_same(ground, change.topic, change.topic_id)

    async def apply(self, course: Course, plan: Plan, change: DeleteRecords) -> Outcome:
        course.sent(plan)
        cuts, lost = await _cut_everywhere(course, change)
        if lost is not None:
            cuts |= await extra(_found_cut(course.ground, change, cuts.keys()), {})
        refused = {index: cut.told for index, cut in cuts.items() if cut.told.code}
        notes = () if lost is None else (lost,)
        if len(refused) == len(change.before):
            raise _refusal(change, next(iter(refused.values())))
        missing = [index for index in change.before if index not in cuts]
        if missing:
            shown = ", ".join(map(str, missing[:10]))
            raise UnknownOutcome(f"{lost} Whether records of partition {shown} were deleted is not known.")
        if refused:
            index, told = next(iter(refused.items()))
            text = (
                f"Records were deleted in {len(cuts) - len(refused)} of {counted(len(cuts), 'partition')}; "
            )
            return Outcome(
                OutcomeState.INCOMPLETE, f"{text}in partition {index} not: {told.sentence}.", notes=notes
            )
        text = f"Deleted the oldest records of {change.topic} in {counted(len(cuts), 'partition')}."
        return Outcome(OutcomeState.DONE, text, notes=notes)


_Bounds = dict[int, tuple[int, int, int]]
"""By partition: the first offset now, the first that stays, the end."""


def _leaders(topic: TopicSeen, change: DeleteRecords) -> dict[int, list[int]]:
    """Partitions by the broker that leads them; Refused where one has no leader or does not exist."""
    by_index = {partition.index: partition for partition in topic.partitions}
    wanted = by_index if change.partitions is None else change.partitions
    by_leader: dict[int, list[int]] = {}
    for index in wanted:
        if index not in by_index:
            text = f"{change.topic} has no partition {index}; nothing was deleted."
            raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
        leader = by_index[index].leader
        if leader < 0:
            text = f"{change.topic} was not changed: partition {index} has no leader now."
            raise Refused(Code.LEADER_NOT_AVAILABLE, "LEADER_NOT_AVAILABLE", text)
        by_leader.setdefault(leader, []).append(index)
    return by_leader


async def _bounds(ground: Ground, change: DeleteRecords, leaders: Mapping[int, list[int]]) -> _Bounds:
    first = await _offsets(ground, change.topic, leaders, At.EARLIEST)
    end = await _offsets(ground, change.topic, leaders, At.LATEST)
    found = {} if change.time_ms is None else await _offsets(ground, change.topic, leaders, change.time_ms)
    bounds: _Bounds = {}
    for index in sorted(first):
        cut = change.offset if change.offset is not None else found[index]
        # No record is as new as the time: all of them are older.
        cut = end[index] if cut == _UNKNOWN_OFFSET else cut
        bounds[index] = (first[index], min(max(cut, first[index]), end[index]), end[index])
    return bounds


async def _offsets(
    ground: Ground, topic: str, leaders: Mapping[int, list[int]], at: At | int
) -> dict[int, int]:
    found: dict[int, int] = {}
    for leader, indexes in leaders.items():
        wanted = {topic: indexes}
        told = await ground.at_broker(leader, partial(list_offsets, partitions=wanted, at=at), Lane.READ)
        for index, offset in told.get(topic, {}).items():
            if isinstance(offset, Refused):
                raise offset
            found[index] = offset
    return found


async def _cut_everywhere(course: Course, change: DeleteRecords) -> tuple[dict[int, Cut], str | None]:
    """What each leader says, asked again where another broker leads by now; and why an answer is missing."""
    cuts: dict[int, Cut] = {}
    lost: str | None = None
    deadline = course.patience.deadline()
    while True:
        left = tuple(
            index for index in change.before if index not in cuts or is_retriable(cuts[index].told.code)
        )
        if not left:
            return cuts, lost
        topic = await extra(course.ground.topic(change.topic), None)
        leaders: Mapping[int, list[int]] = {}
        if topic is not None and topic.id == change.topic_id:
            alive = {p.index for p in topic.partitions if p.leader >= 0}
            leaders = _leaders(topic, replace(change, partitions=tuple(i for i in left if i in alive)))
        told = await asyncio.gather(*(_cut(course, change, *item) for item in leaders.items()))
        for answer, reason in told:
            cuts |= answer
            lost = lost or reason
        if not any(is_retriable(cut.told.code) for cut in cuts.values()) and len(cuts) == len(change.before):
            return cuts, lost
        if not await course.patience.pause(deadline):
            return cuts, lost


async def _found_cut(ground: Ground, change: DeleteRecords, told: Collection[int]) -> dict[int, Cut]:
    """Partitions of which no leader told, but that begin where they should by now."""
    topic = await topic_there(ground, change.topic, change.topic_id)
    untold = tuple(index for index in change.before if index not in told)
    first = await _offsets(
        ground, change.topic, _leaders(topic, replace(change, partitions=untold)), At.EARLIEST
    )
    return {index: Cut(Told(0), at) for index, at in first.items() if at >= change.before[index]}


async def _cut(
    course: Course, change: DeleteRecords, leader: int, indexes: list[int]
) -> tuple[dict[int, Cut], str | None]:
    """Doing it twice is doing it once: after a lost answer it is simply asked again."""
    before = {index: change.before[index] for index in indexes}
    timeout_s = course.timeout_s * SERVER_SHARE
    asking = course.ground.at_broker(
        leader, lambda link: delete_records(link, change.topic, before, timeout_s=timeout_s)
    )
    try:
        answer, lost = await course.told(asking)
    except Refused:
        raise
    except AdapterError as error:
        return {}, f"Broker {leader} was not reached ({error})."
    return answer or {}, lost


def _facts(bounds: _Bounds) -> Iterator[str]:
    for index, (first, cut, end) in list(bounds.items())[:_MOST_FACTS]:
        if cut > first:
            yield f"partition {index}   {first:,} → {cut:,}   {cut - first:,} of {end - first:,} offsets go"
        else:
            yield f"partition {index}   stays as it is, from {first:,}"
    if len(bounds) > _MOST_FACTS:
        yield f"and {len(bounds) - _MOST_FACTS:,} partitions more"


def _warnings(bounds: _Bounds) -> Iterator[str]:
    emptied = [index for index, (first, cut, end) in bounds.items() if cut == end > first]
    if emptied:
        yield f"{counted(len(emptied), 'partition')} will be empty afterwards."
    yield "A group that has not read so far yet loses what it has not read, and jumps by its auto.offset.reset."


def _refusal(change: DeleteRecords, told: Told) -> Refused:
    answer = Answer(told.code, told.code_name, told.sentence)
    needs = f"Delete on topic {change.topic}"
    return refusal_error(answer, f"{change.topic} was not changed", needs=needs)
