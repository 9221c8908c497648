"""Partitions moved to other brokers, throttled if wanted; the throttle is taken off when the last one has arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import AdapterError, BadSettings, Refused, UnknownOutcome
from ktui.adapters.kafka.asks.alter_reassignments import alter_reassignments
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Ground, TopicSeen
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.moves import Key, Replicas
from ktui.adapters.operate.moving import running_moves
from ktui.adapters.operate.operation import SERVER_SHARE, Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import UNKNOWN_TOPIC
from ktui.adapters.operate.throttle import put_on, take_off
from ktui.adapters.operate.warnings import named_brokers

MOST: Final = 1_000
"""In one go: what a person may still look through. More is done in parts."""
_SELDOM: Final = 5
"""A move takes its time: it is looked at so much less often than what is done at once."""
_MOST_FACTS: Final = 400


@dataclass(frozen=True, slots=True)
class Reassign(Change):
    """`moves`: the brokers that each partition is to have, the preferred leader first."""

    moves: Mapping[Key, Replicas]
    throttle: int | None = None
    """Bytes a second for each broker; None: as fast as it goes."""
    waits: bool = True
    """Whether the end is waited for. A throttle is only taken off by who waits."""


class ReassignOperation(Operation[Reassign]):
    name = "reassign"
    change = Reassign
    done = "moved"
    spares_internal = False

    def check(self, change: Reassign) -> None:
        if not change.moves:
            raise BadSettings("Nothing is to be moved: all is as it should be.")
        if len(change.moves) > MOST:
            raise BadSettings(
                f"At most {MOST:,} partitions are moved at once, not {len(change.moves):,}: name topics, part by part."
            )
        if change.throttle is not None and change.throttle < 1:
            raise BadSettings(f"The throttle is 1 byte a second or more, not {change.throttle}.")
        for (topic, index), brokers in change.moves.items():
            if not brokers or len(set(brokers)) != len(brokers):
                raise BadSettings(f"{topic}-{index} needs at least one broker, and none twice.")

    def subject(self, change: Reassign) -> Subject:
        return Subject.topics(*dict.fromkeys(topic for topic, _ in change.moves))

    def needs(self, change: Reassign) -> tuple[Need, ...]:
        needs = [Need.cluster(AclOperation.ALTER)]
        if change.throttle is not None:
            needs.append(Need.cluster(AclOperation.ALTER_CONFIGS))
            needs += [Need.topic(AclOperation.ALTER_CONFIGS, name) for name in self.subject(change).names]
        return tuple(needs)

    def confirmation(self, change: Reassign) -> Confirmation:
        return YES

    def words(self, change: Reassign) -> tuple[str, ...]:
        moves = (f"{topic}:{index}={':'.join(map(str, new))}" for (topic, index), new in change.moves.items())
        throttle = () if change.throttle is None else ("--throttle", str(change.throttle))
        return (
            "partition",
            "reassign",
            *(word for move in moves for word in ("--move", move)),
            *throttle,
            "--execute",
        )

    def kafka_words(self, change: Reassign) -> tuple[str, ...]:
        throttle = () if change.throttle is None else ("--throttle", str(change.throttle))
        return ("kafka-reassign-partitions.sh", "--execute", "--reassignment-json-file", "FILE", *throttle)

    async def plan(self, scene: Scene, change: Reassign) -> Draft:
        now = await _now(scene.ground, change)
        down = sorted(
            {broker for new in change.moves.values() for broker in new} - scene.identity.brokers.keys()
        )
        new_and_down = [
            b for b in down if any(b in new and b not in now[key] for key, new in change.moves.items())
        ]
        if new_and_down:
            text = f"Nothing was moved: {named_brokers(new_and_down)} not up and can take no replica."
            raise Refused(Code.INVALID_REPLICA_ASSIGNMENT, "INVALID_REPLICA_ASSIGNMENT", text)
        running = await extra(running_moves(scene.ground, scene.target.timeout_s), {})
        return Draft(
            change,
            request=f"AlterPartitionReassignments: {counted(len(change.moves), 'partition')}{_rate(change)}",
            undo="While it runs: cancel it. Afterwards: move the partitions back to what stands before the arrows.",
            facts=tuple(_facts(change, now)),
            warnings=tuple(_warnings(change, now, running)),
        )

    def parameters(self, plan: Plan, change: Reassign) -> Mapping[str, object]:
        moves = {f"{topic}-{index}": list(new) for (topic, index), new in change.moves.items()}
        return {"moves": moves, "throttle": change.throttle}

    async def apply(self, course: Course, plan: Plan, change: Reassign) -> Outcome:
        now = await _now(course.ground, change)
        throttled = {broker for key, new in change.moves.items() for broker in (*now[key], *new)}
        if change.throttle is not None:
            await self._put_on(course, change, now, throttled)
        course.sent(plan)
        try:
            told, lost = await self._send(course, change)
        except AdapterError:
            await self._take_off(course, change, throttled)
            raise
        refused = {} if told is None else {key: one for key, one in told.items() if one.code}
        if len(refused) == len(change.moves):
            await self._take_off(course, change, throttled)
            key, one = next(iter(refused.items()))
            raise Refused(one.code, one.code_name, f"Nothing was moved: {_why(key, one)}.")
        notes = [
            *([] if lost is None else [lost]),
            *(f"Not moved: {_why(*item)}." for item in refused.items()),
        ]
        asked = {key: new for key, new in change.moves.items() if key not in refused}
        if not change.waits:
            return _started(change, len(asked), tuple(notes), lost)
        left = await _watch(course, asked)
        notes += await self._take_off(course, change, throttled)
        if lost is not None and left:
            raise UnknownOutcome(f"{lost} Whether partitions will move is not known: none is being moved.")
        state = OutcomeState.INCOMPLETE if refused or left else OutcomeState.DONE
        text = f"Moved {counted(len(asked) - len(left), 'partition')}."
        if left:
            topic, index = next(iter(left))
            notes.append(
                f"{topic}-{index} is not moved any more and not where it should be: somebody cancelled it."
            )
        return Outcome(state, text, notes=tuple(notes))

    async def _send(self, course: Course, change: Reassign) -> tuple[dict[Key, Told] | None, str | None]:
        moves: dict[str, dict[int, Replicas | None]] = {}
        for (topic, index), new in change.moves.items():
            moves.setdefault(topic, {})[index] = new
        timeout_s = course.timeout_s * SERVER_SHARE
        return await course.told(
            course.ground.at_controller(
                lambda link: alter_reassignments(link, moves, timeout_s=timeout_s), course.timeout_s
            )
        )

    async def _put_on(
        self, course: Course, change: Reassign, now: Mapping[Key, Replicas], brokers: set[int]
    ) -> None:
        """All or nothing: what was set before a refusal is taken off again."""
        assert change.throttle is not None
        try:
            await put_on(course.ground, now, change.moves, change.throttle, course.timeout_s)
        except AdapterError:
            await self._take_off(course, change, brokers)
            raise

    async def _take_off(self, course: Course, change: Reassign, brokers: set[int]) -> tuple[str, ...]:
        if change.throttle is None:
            return ()
        names = self.subject(change).names
        failed = await take_off(course.ground, sorted(brokers), names, course.timeout_s)
        return tuple(f"The throttle is still on {one}: take it off." for one in failed)


async def _now(ground: Ground, change: Reassign) -> dict[Key, Replicas]:
    """The replicas of now; Refused for a partition that is not there."""
    topics: Mapping[str, TopicSeen] = await ground.topics_named(sorted({topic for topic, _ in change.moves}))
    now = {(name, p.index): p.replicas for name, topic in topics.items() for p in topic.partitions}
    for key in change.moves:
        if key not in now:
            text = f"There is no partition {key[0]}-{key[1]}, or this principal may not see it."
            raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
    return {key: now[key] for key in change.moves}


async def _watch(course: Course, asked: Mapping[Key, Replicas]) -> set[Key]:
    """Wait as long as anything moves; those that are not where they should be when nothing moves any more."""
    deadline = course.patience.deadline()
    while True:
        running = await extra(running_moves(course.ground, course.timeout_s), None)
        moving = asked.keys() & (running or {}).keys()
        if moving:
            deadline = course.patience.deadline()
            done = len(asked) - len(moving)
            course.waiting(f"Moving: {done:,} of {counted(len(asked), 'partition')} done.")
            await asyncio.sleep(course.patience.poll_s * _SELDOM)
            continue
        # What is neither moving nor in its place may only not be told yet.
        left = set(asked) if running is None else await _misplaced(course.ground, asked)
        if not left or not await course.patience.pause(deadline):
            return left


async def _misplaced(ground: Ground, asked: Mapping[Key, Replicas]) -> set[Key]:
    topics = await extra(ground.topics_named(sorted({topic for topic, _ in asked})), None)
    if topics is None:
        return set(asked)
    now = {(name, p.index): p.replicas for name, topic in topics.items() for p in topic.partitions}
    return {key for key, new in asked.items() if key in now and set(now[key]) != set(new)}


def _started(change: Reassign, count: int, notes: tuple[str, ...], lost: str | None) -> Outcome:
    if lost is not None:
        raise UnknownOutcome(f"{lost} Whether partitions are being moved is not known.")
    text = f"{counted(count, 'partition')} {'is' if count == 1 else 'are'} being moved."
    if change.throttle is not None:
        notes = (
            *notes,
            "The throttle stays on until it is taken off: ktui partition reassignments --clear-throttle",
        )
    return Outcome(OutcomeState.STARTED, text, notes=notes)


def _facts(change: Reassign, now: Mapping[Key, Replicas]) -> Iterator[str]:
    for key, new in list(change.moves.items())[:_MOST_FACTS]:
        before = ",".join(map(str, now[key]))
        yield f"{key[0]}-{key[1]}   {before} → {','.join(map(str, new))}"
    if len(change.moves) > _MOST_FACTS:
        yield f"and {len(change.moves) - _MOST_FACTS:,} more"


def _warnings(change: Reassign, now: Mapping[Key, Replicas], running: Mapping[Key, object]) -> Iterator[str]:
    copies = sum(len(set(new) - set(now[key])) for key, new in change.moves.items())
    if copies and change.throttle is None:
        yield f"{counted(copies, 'replica')} will be copied as fast as it goes; a throttle leaves room for clients."
    fewer = sum(len(new) < len(now[key]) for key, new in change.moves.items())
    if fewer:
        yield f"{counted(fewer, 'partition')} will have fewer replicas than now."
    already = len(change.moves.keys() & running.keys())
    if already:
        yield f"{counted(already, 'partition')} being moved already: that move is replaced by this one."


def _rate(change: Reassign) -> str:
    return "" if change.throttle is None else f", at most {change.throttle:,} bytes a second for each broker"


def _why(key: Key, told: Told) -> str:
    return f"{key[0]}-{key[1]}: {told.sentence}"
