"""Records written to a topic that is there: one change and one audit line, however many records there are."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field, replace

from ktui.adapters.errors import AdapterError, BadSettings, NotPermitted, Refused, UnknownOutcome
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import Change, Need, Subject
from ktui.adapters.operate.ground import Ground, TopicSeen, Writer
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import UNKNOWN_TOPIC
from ktui.adapters.produce.records import Landed, NewRecord

Records = AsyncIterable[NewRecord | None]
"""None where no record is waiting: what was taken so far is sent, and its acknowledgement waited for."""


@dataclass
class Tally:
    """Filled while records are written: what is known to be stored, by partition."""

    landed: dict[int, Landed] = field(default_factory=dict)
    stopped_by: AdapterError | None = None
    """Why it ended before the records did, although some of them are stored."""

    @property
    def records(self) -> int:
        return sum(landed.records for landed in self.landed.values())


@dataclass(frozen=True, slots=True)
class Produce(Change):
    """Write these records. They are gone through once; `tally` tells how far it came."""

    topic: str
    records: Records = field(compare=False)
    tally: Tally = field(compare=False, default_factory=Tally)
    origin: str = "standard input"
    """Where the records come from, for the audit."""
    seen: TopicSeen | None = field(compare=False, default=None)
    """The topic as it was when this was planned."""


class ProduceOperation(Operation[Produce]):
    name = "produce"
    change = Produce
    done = "written to"

    def subject(self, change: Produce) -> Subject:
        return Subject.topics(change.topic)

    def needs(self, change: Produce) -> tuple[Need, ...]:
        return (Need.topic(AclOperation.WRITE, change.topic),)

    def words(self, change: Produce) -> tuple[str, ...]:
        return ("produce", change.topic)

    def kafka_words(self, change: Produce) -> tuple[str, ...]:
        return ("kafka-console-producer.sh", "--topic", change.topic)

    async def plan(self, scene: Scene, change: Produce) -> Draft:
        topic = await _topic_there(scene.ground, change)
        leaderless = len(topic.leaderless)
        warning = f"{leaderless} of its {len(topic.partitions)} partitions have no leader now."
        return Draft(
            replace(change, seen=topic),
            request=f"Produce to {topic.name}, acknowledged by all in-sync replicas",
            undo="Records cannot be taken back.",
            receiver="the leaders of its partitions",
            warnings=(warning,) if leaderless else (),
            impact=Impact(len(topic.partitions), None, topic_id=topic.id, is_internal=topic.is_internal),
        )

    def parameters(self, plan: Plan, change: Produce) -> Mapping[str, object]:
        return {"origin": change.origin}

    async def recheck(self, ground: Ground, change: Produce) -> None:
        """A topic of that name that was made meanwhile is another one."""
        topic = await _topic_there(ground, change)
        if change.seen is not None and topic.id != change.seen.id:
            text = f"Somebody has deleted {change.topic} meanwhile and made another topic of that name."
            raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", f"{text} Nothing was written.")

    async def apply(self, course: Course, plan: Plan, change: Produce) -> Outcome:
        assert change.seen is not None
        writer = await course.ground.writer(change.seen)
        try:
            await writer.start()
            course.sent(plan)
            await _write(change, writer)
        except AdapterError as error:
            return _ended_early(change, writer, error)
        finally:
            change.tally.landed.update(writer.landed)
            await writer.close()
        return Outcome(OutcomeState.DONE, f"{_written(change.tally)} to {change.topic}.")


async def _write(change: Produce, writer: Writer) -> None:
    """Raises BadSettings at a record that cannot be one; those before it are written."""
    assert change.seen is not None
    count = len(change.seen.partitions)
    try:
        async for record in change.records:
            if record is None:
                await writer.flush()
                continue
            _check_partition(change.topic, record, count)
            await writer.put(record)
    except BadSettings:
        await writer.flush()
        raise
    await writer.flush()


def _check_partition(topic: str, record: NewRecord, count: int) -> None:
    if record.partition is not None and record.partition >= count:
        raise BadSettings(
            f"line {record.number}: {topic} has {count} partitions (0 to {count - 1}), not {record.partition}"
        )


def _ended_early(change: Produce, writer: Writer, error: AdapterError) -> Outcome:
    """Raise it, with how far it came; what the cluster did not refuse is an outcome when records are stored."""
    tally = change.tally
    tally.landed.update(writer.landed)
    first = writer.first_unwritten
    far = [f"{_written(tally)} before that"] if tally.records else []
    far += [f"line {first} is the first that is not known to be stored"] if (first or 0) > 1 else []
    text = f"{str(error).rstrip('.')}. {'; '.join(far)}." if far else str(error)
    match error:
        case NotPermitted():
            raise NotPermitted(error.code, error.name, text) from None
        case Refused():
            raise Refused(error.code, error.name, text) from None
        case UnknownOutcome():
            raise UnknownOutcome(text) from None
    if not tally.records:
        raise error
    tally.stopped_by = error
    return Outcome(OutcomeState.INCOMPLETE, text)


def _written(tally: Tally) -> str:
    return f"Wrote {tally.records:,} record{'' if tally.records == 1 else 's'}"


async def _topic_there(ground: Ground, change: Produce) -> TopicSeen:
    topic = await ground.topic(change.topic)
    if topic is None:
        text = f"There is no topic {change.topic}, or this principal may not see it; nothing was written."
        raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
    return topic
