"""The committed offsets of a group set to other ones, while it has no members. Planned partition by partition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from ktui.adapters.errors import BadSettings, Refused, UnknownOutcome
from ktui.adapters.groups.model import PartKey
from ktui.adapters.kafka.asks.commit_offsets import commit_offsets
from ktui.adapters.kafka.asks.group_offsets import fetch_offsets
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.error_codes import Code, name_of
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Right, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Ground, TopicSeen
from ktui.adapters.operate.groups import (
    LIVE,
    at_coordinator,
    code_set,
    find_group,
    group_there,
    part_text,
    refuse_live,
    refuse_share,
)
from ktui.adapters.operate.looking import counted, topic_there
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import UNKNOWN_TOPIC, refusal_error

_NOT_FOUND: Final = -1
"""The offset of a time after which no record was written."""
_MOST_FACTS: Final = 200


class Aim(StrEnum):
    """Where to; the words are the options of the command."""

    EARLIEST = "to-earliest"
    LATEST = "to-latest"
    OFFSET = "to-offset"
    TIME = "to-time"
    """The first record that is as new: milliseconds since the epoch."""
    SHIFT = "shift-by"


NEEDS_VALUE: Final = frozenset({Aim.OFFSET, Aim.TIME, Aim.SHIFT})


@dataclass(frozen=True, slots=True)
class Move:
    """Of one partition; None: nothing is committed."""

    topic: str
    index: int
    before: int | None
    after: int


@dataclass(frozen=True, slots=True)
class ResetOffsets(Change):
    """`only`: topics with partition indexes (None: all of it); empty: every partition that has an offset."""

    group: str
    aim: Aim
    value: int = 0
    only: tuple[tuple[str, tuple[int, ...] | None], ...] = ()
    moves: tuple[Move, ...] = ()
    """Known once it is planned; partitions that are there already are left out."""

    @property
    def topics(self) -> tuple[str, ...]:
        names = [name for name, _ in self.only] or [move.topic for move in self.moves]
        return tuple(dict.fromkeys(names))


def parse_only(text: str) -> tuple[str, tuple[int, ...] | None]:
    """`orders` or `orders:0,2`; BadSettings says what is wrong."""
    name, colon, numbers = text.partition(":")
    parts = [part.strip() for part in numbers.split(",")] if colon else []
    if not name or any(not (part.isascii() and part.isdigit()) for part in parts):
        raise BadSettings(f"{text!r}: write a topic, or a topic with partitions as orders:0,2.")
    return name, tuple(int(part) for part in parts) if colon else None


class ResetOffsetsOperation(Operation[ResetOffsets]):
    name = "reset-offsets"
    change = ResetOffsets
    done = "changed"

    def check(self, change: ResetOffsets) -> None:
        if not change.group:
            raise BadSettings("A group needs a name.")
        if change.aim is not Aim.SHIFT and change.value < 0:
            raise BadSettings(f"An offset or a time is 0 or more, not {change.value}.")

    def subject(self, change: ResetOffsets) -> Subject:
        return Subject(SubjectKind.GROUP, (change.group,))

    def needs(self, change: ResetOffsets) -> tuple[Need, ...]:
        on_group = Need((Right(AclOperation.READ, SubjectKind.GROUP, change.group),))
        return (on_group, *(Need.topic(AclOperation.READ, topic) for topic in change.topics))

    def confirmation(self, change: ResetOffsets) -> Confirmation:
        return YES

    def words(self, change: ResetOffsets) -> tuple[str, ...]:
        return ("group", "reset", change.group, *_aim_words(change), *_only_words(change), "--execute")

    def kafka_words(self, change: ResetOffsets) -> tuple[str, ...]:
        if change.aim is Aim.TIME:
            return ()
        scope = _only_words(change) or ("--all-topics",)
        return (
            "kafka-consumer-groups.sh", "--group", change.group, "--reset-offsets",
            *_aim_words(change), *scope, "--execute",
        )  # fmt: skip

    async def plan(self, scene: Scene, change: ResetOffsets) -> Draft:
        undone = f"{change.group} was not changed"
        there = await group_there(scene.ground, change.group)
        refuse_share(there, undone)
        refuse_live(there, undone)
        topics = await _topics(scene.ground, change, there.offsets)
        keys, warnings = _scope(change, there.offsets, topics)
        if not keys:
            text = f"{undone}: it has committed nothing; name a topic to give it offsets there."
            raise Refused(Code.INVALID_REQUEST, name_of(Code.INVALID_REQUEST), text)
        aimed = await _aimed(scene.ground, change, keys, topics, there.offsets)
        moves = tuple(
            Move(*key, there.offsets.get(key), offset)
            for key, offset in aimed.offsets.items()
            if there.offsets.get(key) != offset
        )
        return Draft(
            replace(change, moves=moves),
            request=f"OffsetCommit: {change.group}, {counted(len(moves), 'partition')}",
            undo="The offsets of now are in the plan and in the audit file; set them again with --to-offset.",
            warnings=(*warnings, *aimed.warnings),
            facts=tuple(_facts(moves, aimed.ends, len(keys))),
            receiver=there.coordinator_text,
        )

    def parameters(self, plan: Plan, change: ResetOffsets) -> Mapping[str, object]:
        return {
            "aim": change.aim.value,
            "value": change.value if change.aim in NEEDS_VALUE else None,
            "moves": [asdict(move) for move in change.moves],
        }

    async def recheck(self, ground: Ground, change: ResetOffsets) -> None:
        refuse_live(await group_there(ground, change.group), f"{change.group} was not changed")

    async def apply(self, course: Course, plan: Plan, change: ResetOffsets) -> Outcome:
        if not change.moves:
            return Outcome(OutcomeState.DONE, f"{change.group} is there already; nothing was sent.")
        wanted = {(move.topic, move.index): move.after for move in change.moves}
        course.sent(plan)
        send = partial(commit_offsets, group=change.group, offsets=wanted)
        sending = at_coordinator(course.ground, change.group, send, code_set, course.timeout_s)
        told, lost = await course.told(sending)
        if told is None:
            return await _found_out(course, change, wanted, lost or "")
        refused = {key: one for key, one in told.items() if one.code}
        if not refused:
            parts = counted(len(wanted), "partition")
            return Outcome(OutcomeState.DONE, f"Set the offsets of {change.group} in {parts}.")
        key, first = next(iter(refused.items()))
        undone = f"{change.group} was not changed"
        needs = f"Read on group {change.group} and on topic {key[0]}"
        own = f"{undone}: it has members again." if first.code in LIVE else None
        error = refusal_error(Answer(first.code, first.code_name, first.sentence), undone, own, needs=needs)
        if len(refused) == len(wanted):
            raise error
        text = (
            f"Set {len(wanted) - len(refused)} of {counted(len(wanted), 'offset')}; {part_text(key)}: {error}"
        )
        return Outcome(OutcomeState.INCOMPLETE, text)


async def _found_out(
    course: Course, change: ResetOffsets, wanted: Mapping[PartKey, int], lost: str
) -> Outcome:
    deadline = course.patience.deadline()
    while True:
        offsets = await extra(_offsets_now(course.ground, change.group), None)
        if offsets is not None and all(offsets.get(key) == offset for key, offset in wanted.items()):
            return Outcome(OutcomeState.DONE, f"Set the offsets of {change.group}.", notes=(lost,))
        if not await course.patience.pause(deadline):
            raise UnknownOutcome(f"{lost} Whether the offsets of {change.group} were set is not known.")


async def _offsets_now(ground: Ground, group: str) -> Mapping[PartKey, int]:
    listed = await find_group(ground, group)
    told = await ground.at_broker(listed.coordinator, lambda link: fetch_offsets(link, [group]), Lane.GROUPS)
    offsets = told[group]
    if isinstance(offsets, Refused):
        raise offsets
    return offsets


async def _topics(
    ground: Ground, change: ResetOffsets, offsets: Mapping[PartKey, int]
) -> dict[str, TopicSeen]:
    """Those that are named must be there; of those that were committed some may be gone."""
    named = [name for name, _ in change.only]
    if named:
        return {name: await topic_there(ground, name) for name in dict.fromkeys(named)}
    found = {name: await extra(ground.topic(name), None) for name in dict.fromkeys(t for t, _ in offsets)}
    return {name: topic for name, topic in found.items() if topic is not None}


def _scope(
    change: ResetOffsets, offsets: Mapping[PartKey, int], topics: Mapping[str, TopicSeen]
) -> tuple[list[PartKey], list[str]]:
    """The partitions it is about, and why some are left out."""
    wanted = sorted(offsets) if not change.only else []
    for name, indexes in change.only:
        there = [partition.index for partition in topics[name].partitions]
        missing = [index for index in indexes or () if index not in there]
        if missing:
            text = f"{change.group} was not changed: {name} has no partition {missing[0]}."
            raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
        wanted += [(name, index) for index in (sorted(there) if indexes is None else indexes)]
    leaders = {(name, p.index): p.leader for name, topic in topics.items() for p in topic.partitions}
    keys = [key for key in dict.fromkeys(wanted) if leaders.get(key, -1) >= 0]
    left_out = [part_text(key) for key in dict.fromkeys(wanted) if leaders.get(key, -1) < 0]
    shown = ", ".join(left_out[:5]) + (", …" if len(left_out) > 5 else "")
    return keys, [f"Left as they are, without a topic or a leader now: {shown}."] if left_out else []


@dataclass(frozen=True, slots=True)
class _Aimed:
    offsets: Mapping[PartKey, int]
    ends: Mapping[PartKey, int]
    warnings: tuple[str, ...]


async def _aimed(
    ground: Ground,
    change: ResetOffsets,
    keys: Sequence[PartKey],
    topics: Mapping[str, TopicSeen],
    offsets: Mapping[PartKey, int],
) -> _Aimed:
    leaders = {(name, p.index): p.leader for name, topic in topics.items() for p in topic.partitions}
    first = await _listed(ground, keys, leaders, At.EARLIEST)
    end = await _listed(ground, keys, leaders, At.LATEST)
    at_time = await _listed(ground, keys, leaders, change.value) if change.aim is Aim.TIME else {}
    aimed: dict[PartKey, int] = {}
    clamped: list[str] = []
    for key in keys:
        match change.aim:
            case Aim.EARLIEST:
                wanted = first[key]
            case Aim.LATEST:
                wanted = end[key]
            case Aim.OFFSET:
                wanted = change.value
            case Aim.TIME:
                wanted = end[key] if at_time[key] == _NOT_FOUND else at_time[key]
            case Aim.SHIFT:
                wanted = offsets.get(key, first[key]) + change.value
        aimed[key] = min(max(wanted, first[key]), end[key])
        if aimed[key] != wanted:
            clamped.append(part_text(key))
    shown = ", ".join(clamped[:5]) + (", …" if len(clamped) > 5 else "")
    warnings = (f"Out of what the partition holds, so the nearest is taken: {shown}.",) if clamped else ()
    return _Aimed(aimed, end, warnings)


async def _listed(
    ground: Ground, keys: Sequence[PartKey], leaders: Mapping[PartKey, int], at: At | int
) -> dict[PartKey, int]:
    by_leader: dict[int, dict[str, list[int]]] = {}
    for topic, index in keys:
        by_leader.setdefault(leaders[topic, index], {}).setdefault(topic, []).append(index)
    found: dict[PartKey, int] = {}
    for leader, parts in by_leader.items():
        told = await ground.at_broker(leader, partial(list_offsets, partitions=parts, at=at), Lane.READ)
        for topic, answers in told.items():
            for index, offset in answers.items():
                if isinstance(offset, Refused):
                    raise offset
                found[topic, index] = offset
    return found


def _facts(moves: Sequence[Move], ends: Mapping[PartKey, int], scope: int) -> Iterator[str]:
    for move in moves[:_MOST_FACTS]:
        before = "nothing" if move.before is None else f"{move.before:,}"
        lag = ends[move.topic, move.index] - move.after
        yield f"{move.topic} {move.index}   {before} → {move.after:,}   lag {lag:,} then"
    if len(moves) > _MOST_FACTS:
        yield f"and {len(moves) - _MOST_FACTS:,} partitions more"
    if len(moves) < scope:
        yield f"{counted(scope - len(moves), 'partition')} there already"


def _aim_words(change: ResetOffsets) -> tuple[str, ...]:
    value = (str(change.value),) if change.aim in NEEDS_VALUE else ()
    return (f"--{change.aim.value}", *value)


def _only_words(change: ResetOffsets) -> tuple[str, ...]:
    words: list[str] = []
    for name, indexes in change.only:
        words += ["--topic", name if indexes is None else f"{name}:{','.join(map(str, indexes))}"]
    return tuple(words)
