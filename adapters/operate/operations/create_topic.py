"""A new topic: refused when its name is taken, watched until every partition has a leader."""

from __future__ import annotations

from collections.abc import Mapping

from ktui.adapters.errors import NotPermitted, Refused, UnknownOutcome
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.model import Mode
from ktui.adapters.operate.change import Need, Right, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Defaults, Ground, Identity, TopicSeen
from ktui.adapters.operate.names import collision_fault
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import (
    INVALID_CONFIG,
    INVALID_PARTITIONS,
    INVALID_REPLICA_ASSIGNMENT,
    INVALID_REPLICATION_FACTOR,
    INVALID_TOPIC,
    LACKS_RIGHT,
    TOPIC_EXISTS,
    refusal_error,
    words_of,
)
from ktui.adapters.operate.shell import create_words, ktui_line, shape_words
from ktui.adapters.operate.spec import CreateTopic, check_create, format_assignment
from ktui.adapters.operate.warnings import (
    asked_min_isr,
    asked_replication_factor,
    create_warnings,
    missing_brokers,
    named_brokers,
    replica_brokers,
)
from ktui.adapters.operate.watch import Created, watch_created


class CreateTopicOperation(Operation[CreateTopic]):
    name = "create-topic"
    change = CreateTopic
    done = "created"

    def check(self, change: CreateTopic) -> None:
        check_create(change)

    def subject(self, change: CreateTopic) -> Subject:
        return Subject.topics(change.name)

    def needs(self, change: CreateTopic) -> tuple[Need, ...]:
        on_topic = Right(AclOperation.CREATE, SubjectKind.TOPIC, change.name)
        return (Need((on_topic, Right(AclOperation.CREATE, SubjectKind.CLUSTER))),)

    def words(self, change: CreateTopic) -> tuple[str, ...]:
        return create_words(change)

    def kafka_words(self, change: CreateTopic) -> tuple[str, ...]:
        return ("kafka-topics.sh", "--create", "--topic", change.name, *shape_words(change))

    async def plan(self, scene: Scene, change: CreateTopic) -> Draft:
        await self.recheck(scene.ground, change)
        collision = collision_fault(change.name, scene.known.topic_names)
        if collision is not None:
            raise Refused(INVALID_TOPIC, "INVALID_TOPIC_EXCEPTION", collision)
        _refuse_unknown_brokers(change, scene.identity)
        defaults = await extra(scene.ground.defaults(), Defaults())
        partitions = len(change.assignment) if change.assignment is not None else change.partitions
        delete = ktui_line(("topic", "delete", change.name, "--confirm", change.name), scene.target)
        return Draft(
            change,
            request=f"CreateTopics: {_shape(change, defaults)}",
            undo=f"Delete it again: {delete}",
            warnings=create_warnings(change, defaults, scene.identity.brokers),
            impact=Impact(
                partitions if partitions is not None else defaults.partitions,
                asked_replication_factor(change, defaults),
                min_isr=asked_min_isr(change, defaults),
            ),
        )

    def parameters(self, plan: Plan, change: CreateTopic) -> Mapping[str, object]:
        return {
            "partitions": change.partitions,
            "replication_factor": change.replication_factor,
            "configs": dict(change.configs),
            "assignment": None if change.assignment is None else format_assignment(change.assignment),
        }

    async def recheck(self, ground: Ground, change: CreateTopic) -> None:
        """Refused when the topic is there; a principal that may not look is told by the controller."""
        try:
            if await ground.topic(change.name) is None:
                return
        except NotPermitted:
            return
        raise _refusal(change, Answer(TOPIC_EXISTS, "TOPIC_ALREADY_EXISTS"))

    async def validate(self, ground: Ground, change: CreateTopic, timeout_s: float) -> Answer:
        """The answer holds what the topic would have."""
        answer = await ground.create(change, validate_only=True, timeout_s=timeout_s)
        if answer.code:
            raise _refusal(change, answer)
        return answer

    async def apply(self, course: Course, plan: Plan, change: CreateTopic) -> Outcome:
        course.sent(plan)
        answer, lost = await course.answer(
            course.ground.create(change, validate_only=False, timeout_s=course.timeout_s)
        )
        if answer is not None and answer.code:
            raise _refusal(change, answer)
        topic_id = answer.topic_id if answer is not None else None
        partitions = answer.partitions if answer is not None else None
        expected = partitions or (len(change.assignment) if change.assignment else change.partitions)
        if lost is None:
            course.waiting("Created; waiting until every partition has a leader.")
        seen = await watch_created(course.ground, change.name, topic_id, expected, course.patience)
        return _outcome(change, seen, lost, course.patience.wait_s)


def _refuse_unknown_brokers(change: CreateTopic, identity: Identity) -> None:
    """In ZooKeeper mode the controller takes any number for a broker, and such a topic can never be deleted."""
    if identity.mode in (Mode.KRAFT, Mode.MIGRATING) or change.assignment is None:
        return
    unknown = missing_brokers(replica_brokers(change.assignment), identity)
    if unknown:
        text = (
            f"{change.name} was not created: the replica assignment counts on brokers that should be up: "
            f"{named_brokers(unknown)} not."
        )
        raise Refused(INVALID_REPLICA_ASSIGNMENT, "INVALID_REPLICA_ASSIGNMENT", text)


def _shape(change: CreateTopic, defaults: Defaults) -> str:
    if change.assignment is not None:
        return f"{change.name}, {len(change.assignment)} partitions as assigned"
    numbers = (
        ("partitions", change.partitions, defaults.partitions),
        ("replication factor", change.replication_factor, defaults.replication_factor),
    )
    parts = [change.name]
    for what, asked, default in numbers:
        told = f"{what} {asked}" if asked is not None else f"{what} by the cluster's default"
        parts.append(told if asked is not None or default is None else f"{told} ({default})")
    parts += [f"{name}={value}" for name, value in change.configs.items()]
    return ", ".join(parts)


def _outcome(change: CreateTopic, seen: Created, lost: str | None, waited_s: float) -> Outcome:
    topic, name = seen.topic, change.name
    if lost is not None and (topic is None or not _is_as_asked(topic, change)):
        is_there = (
            f"no topic {name} was seen within {waited_s:.0f} s"
            if topic is None
            else f"a topic {name} is there, but not with the partitions and replicas that were asked for"
        )
        raise UnknownOutcome(f"{lost} Whether {name} was created is not known: {is_there}.")
    notes = () if lost is None else (f"{lost} It was not there before and is now, as asked for.",)
    if seen.reason is not None:
        text = f"{name} was created, but {seen.reason} (waited up to {waited_s:.0f} s)."
        return Outcome(OutcomeState.INCOMPLETE, text, topic, notes=notes)
    assert topic is not None
    factor = len(topic.partitions[0].replicas) if topic.partitions else 0
    count = len(topic.partitions)
    partitions = "1 partition" if count == 1 else f"{count} partitions"
    text = f"Created {name}: {partitions}, replication factor {factor}."
    return Outcome(OutcomeState.DONE, text, topic, notes=notes)


def _is_as_asked(topic: TopicSeen, change: CreateTopic) -> bool:
    if change.assignment is not None:
        rows = sorted(topic.partitions, key=lambda partition: partition.index)
        return tuple(row.replicas for row in rows) == change.assignment
    if change.partitions is not None and len(topic.partitions) != change.partitions:
        return False
    factors = {len(partition.replicas) for partition in topic.partitions}
    return change.replication_factor is None or factors == {change.replication_factor}


def _refusal(change: CreateTopic, answer: Answer) -> Refused:
    return refusal_error(answer, f"{change.name} was not created", _sentence(change, answer))


def _sentence(change: CreateTopic, answer: Answer) -> str | None:
    name, words = change.name, words_of(answer)
    match answer.code:
        case c if c in LACKS_RIGHT:
            return (
                f"Not permitted: creating {name} needs the right Create on the topic or on the cluster; "
                "nothing was created."
            )
        case c if c == TOPIC_EXISTS and "marked for deletion" in (answer.message or ""):
            return f"{name} is still being deleted; a new topic of that name must wait until it is gone."
        case c if c == TOPIC_EXISTS:
            return f"A topic {name} exists already; nothing was created."
        case c if c == INVALID_TOPIC:
            return f"The cluster does not take the name {name}{words}"
        case c if c == INVALID_PARTITIONS:
            return f"{name} was not created: the number of partitions is refused{words}"
        case c if c == INVALID_REPLICATION_FACTOR:
            factor = "" if change.replication_factor is None else f" {change.replication_factor}"
            return f"{name} was not created: the replication factor{factor} is refused{words}"
        case c if c == INVALID_REPLICA_ASSIGNMENT:
            return f"{name} was not created: the replica assignment is refused{words}"
        case c if c == INVALID_CONFIG:
            return f"{name} was not created: its configuration is refused{words}"
    return None
