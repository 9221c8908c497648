"""Partitions given back to their preferred leaders: the first replica of each, where it is in sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import BadSettings, Refused, UnknownOutcome
from ktui.adapters.kafka.asks.elect_leaders import elect_preferred
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import TopicSeen
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.operation import SERVER_SHARE, Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import UNKNOWN_TOPIC
from ktui.adapters.partitions import Partition

MOST: Final = 10_000
_MOST_FACTS: Final = 200
Chosen = Mapping[str, tuple[int, ...]]
"""Partition indexes by topic."""


@dataclass(frozen=True, slots=True)
class ElectLeaders(Change):
    """Those whose preferred replica leads already are left out of what is sent."""

    partitions: Chosen


class ElectLeadersOperation(Operation[ElectLeaders]):
    name = "elect-leaders"
    change = ElectLeaders
    done = "changed"
    spares_internal = False

    def check(self, change: ElectLeaders) -> None:
        count = sum(map(len, change.partitions.values()))
        if not count:
            raise BadSettings("No partition is named, or all have their preferred leader already.")
        if count > MOST:
            raise BadSettings(f"At most {MOST:,} partitions are elected for at once, not {count:,}.")

    def subject(self, change: ElectLeaders) -> Subject:
        return Subject.topics(*change.partitions)

    def needs(self, change: ElectLeaders) -> tuple[Need, ...]:
        return (Need.cluster(AclOperation.ALTER),)

    def confirmation(self, change: ElectLeaders) -> Confirmation:
        return YES

    def words(self, change: ElectLeaders) -> tuple[str, ...]:
        return ("partition", "elect", *partition_words(change.partitions))

    def kafka_words(self, change: ElectLeaders) -> tuple[str, ...]:
        if sum(map(len, change.partitions.values())) != 1:
            return ("kafka-leader-election.sh", "--election-type", "preferred", "--path-to-json-file", "FILE")
        ((topic, (index,)),) = change.partitions.items()
        words = ("kafka-leader-election.sh", "--election-type", "preferred", "--topic", topic)
        return (*words, "--partition", str(index))

    async def plan(self, scene: Scene, change: ElectLeaders) -> Draft:
        rows = await _rows(scene, change)
        wanted = {key: row for key, row in rows.items() if row.leader != row.replicas[0]}
        off = {key: row for key, row in wanted.items() if row.replicas[0] in row.isr}
        if not off:
            raise Refused(Code.ELECTION_NOT_NEEDED, "ELECTION_NOT_NEEDED", _nothing(wanted))
        chosen: dict[str, list[int]] = {}
        for topic, index in off:
            chosen.setdefault(topic, []).append(index)
        return Draft(
            ElectLeaders({topic: tuple(indexes) for topic, indexes in chosen.items()}),
            request=f"ElectLeaders (preferred): {counted(len(off), 'partition')}",
            undo="Leaders move again by themselves when brokers leave; there is no other way back.",
            facts=tuple(_facts(off)),
            warnings=tuple(_warnings(wanted, off)),
        )

    def parameters(self, plan: Plan, change: ElectLeaders) -> Mapping[str, object]:
        return {"partitions": {topic: list(indexes) for topic, indexes in change.partitions.items()}}

    async def apply(self, course: Course, plan: Plan, change: ElectLeaders) -> Outcome:
        course.sent(plan)
        timeout_s = course.timeout_s * SERVER_SHARE
        told, lost = await course.told(
            course.ground.at_controller(
                lambda link: elect_preferred(link, change.partitions, timeout_s=timeout_s), course.timeout_s
            )
        )
        refused = {} if told is None else {key: one for key, one in told.items() if one.code}
        asked = {(topic, index) for topic, indexes in change.partitions.items() for index in indexes}
        if len(refused) == len(asked):
            key, one = next(iter(refused.items()))
            raise Refused(one.code, one.code_name, f"No leader was changed: {_why(key, one)}.")
        if lost is None:
            course.waiting("Elected; waiting until the brokers tell of it.")
        missing = await _watch(course, asked - refused.keys())
        return _outcome(len(asked), missing, refused, lost)


async def _rows(scene: Scene, change: ElectLeaders) -> dict[tuple[str, int], Partition]:
    topics = await scene.ground.topics_named(tuple(change.partitions))
    rows: dict[tuple[str, int], Partition] = {}
    for name, indexes in change.partitions.items():
        known = {p.index: p for p in topics[name].partitions} if name in topics else {}
        for index in indexes:
            if index not in known:
                text = f"There is no partition {name}-{index}, or this principal may not see it."
                raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
            rows[name, index] = known[index]
    return rows


async def _watch(course: Course, asked: set[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those whose preferred replica does not lead when the time is up."""
    deadline = course.patience.deadline()
    names = tuple(sorted({topic for topic, _ in asked}))
    while True:
        topics: Mapping[str, TopicSeen] = await extra(course.ground.topics_named(names), {})
        led = {
            (name, p.index)
            for name, topic in topics.items()
            for p in topic.partitions
            if p.leader == p.replicas[0]
        }
        missing = sorted(asked - led)
        if not missing or not await course.patience.pause(deadline):
            return missing


def _outcome(
    asked: int, missing: list[tuple[str, int]], refused: Mapping[tuple[str, int], Told], lost: str | None
) -> Outcome:
    done = asked - len(missing) - len(refused)
    notes = [] if lost is None else [lost]
    notes += [f"{_why(key, one)}." for key, one in list(refused.items())[:10]]
    if not missing and not refused:
        text = (
            f"{counted(asked, 'partition')} {'has its' if asked == 1 else 'have their'} preferred leader now."
        )
        return Outcome(OutcomeState.DONE, text, notes=tuple(notes))
    if lost is not None and not done:
        raise UnknownOutcome(f"{lost} Whether leaders will change is not known: none has yet.")
    text = f"{done:,} of {counted(asked, 'partition')} have their preferred leader now."
    return Outcome(OutcomeState.INCOMPLETE, text, notes=tuple(notes))


def _nothing(wanted: Mapping[tuple[str, int], Partition]) -> str:
    if not wanted:
        return "Nothing to do: all of these partitions have their preferred leader."
    (topic, index), row = next(iter(wanted.items()))
    return f"No leader was changed: the preferred replica of {topic}-{index}, broker {row.replicas[0]}, is not in sync."


def _facts(off: Mapping[tuple[str, int], Partition]) -> Iterator[str]:
    for (topic, index), row in list(off.items())[:_MOST_FACTS]:
        now = "none" if row.leader < 0 else str(row.leader)
        yield f"{topic}-{index}   leader {now} → {row.replicas[0]}"
    if len(off) > _MOST_FACTS:
        yield f"and {len(off) - _MOST_FACTS:,} more"


def _warnings(
    wanted: Mapping[tuple[str, int], Partition], off: Mapping[tuple[str, int], Partition]
) -> Iterator[str]:
    yield "Producers and consumers of these partitions turn to another broker; a short pause is normal."
    left_out = len(wanted) - len(off)
    if left_out:
        yield f"{counted(left_out, 'partition')} left out: the preferred replica is not in sync."


def _why(key: tuple[str, int], told: Told) -> str:
    return f"{key[0]}-{key[1]}: {told.sentence}"


def partition_words(partitions: Chosen) -> tuple[str, ...]:
    """`orders:0,1 payments:2`"""
    return tuple(f"{topic}:{','.join(map(str, indexes))}" for topic, indexes in partitions.items())
