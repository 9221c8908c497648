"""Settings of a topic, a broker or all brokers: set and taken away one by one, nothing else touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ktui.adapters.errors import BadSettings, Refused, UnknownOutcome
from ktui.adapters.kafka.asks.alter_configs import ConfigStep, alter_configs
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue, ResourceType
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject, SubjectKind
from ktui.adapters.operate.configs import ALL_BROKERS, ConfigOwner, hidden, read_configs, shown
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Ground
from ktui.adapters.operate.looking import still_the_same, topic_there
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import INVALID_CONFIG, refusal_error, words_of

_RISKY = {
    "cleanup.policy": "With another clean-up policy old records may be deleted or compacted away, for good.",
    "retention.ms": "Records older than that are deleted, for good.",
    "retention.bytes": "The oldest records beyond that size are deleted, for good.",
    "min.insync.replicas": "Where fewer replicas are in sync, writers with acks=all are refused.",
    "unclean.leader.election.enable": "An unclean election loses records that were acknowledged.",
    "max.message.bytes": "Larger records are refused from then on; consumers must be able to take that size.",
}


@dataclass(frozen=True, slots=True)
class AlterConfig(Change):
    """`sets`: values by key. `deletes`: keys that go back to what they inherit."""

    owner: ConfigOwner
    sets: Mapping[str, str] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    topic_id: bytes | None = None
    secret_keys: frozenset[str] = frozenset()
    """Keys whose values are never shown or written down; known once it is planned."""


class AlterConfigOperation(Operation[AlterConfig]):
    name = "alter-config"
    change = AlterConfig
    done = "changed"

    def check(self, change: AlterConfig) -> None:
        if not change.sets and not change.deletes:
            raise BadSettings("Nothing is asked for: give NAME=VALUE to set, or a name to delete.")
        both = sorted(change.sets.keys() & set(change.deletes))
        if both:
            raise BadSettings(f"{both[0]} is both set and deleted.")

    def subject(self, change: AlterConfig) -> Subject:
        return change.owner.subject

    def needs(self, change: AlterConfig) -> tuple[Need, ...]:
        owner = change.owner
        if owner.kind is ResourceType.TOPIC:
            return (Need.topic(AclOperation.ALTER_CONFIGS, owner.name),)
        return (Need.cluster(AclOperation.ALTER_CONFIGS),)

    def confirmation(self, change: AlterConfig) -> Confirmation:
        return YES

    def words(self, change: AlterConfig) -> tuple[str, ...]:
        owner = change.owner.words
        if not change.sets:
            return ("config", "delete", *owner, *change.deletes)
        deletes = [word for key in change.deletes for word in ("--delete-config", key)]
        return ("config", "set", *owner, *_pairs(change), *deletes)

    def kafka_words(self, change: AlterConfig) -> tuple[str, ...]:
        words = ["kafka-configs.sh", "--alter", *change.owner.words]
        if change.sets:
            pairs = (f"{k}=[{v}]" if "," in v else f"{k}={v}" for k, v in _shown(change).items())
            words += ["--add-config", ",".join(pairs)]
        if change.deletes:
            words += ["--delete-config", ",".join(change.deletes)]
        return tuple(words)

    async def plan(self, scene: Scene, change: AlterConfig) -> Draft:
        owner, impact = change.owner, None
        if owner.kind is ResourceType.TOPIC:
            topic = await topic_there(scene.ground, owner.name, change.topic_id)
            impact = Impact(len(topic.partitions), None, topic_id=topic.id, is_internal=topic.is_internal)
            change = replace(change, topic_id=topic.id)
        now = await extra(read_configs(scene.ground, owner), None)
        known = now or {}
        secret = frozenset(key for key, value in known.items() if value.is_sensitive)
        change = replace(change, secret_keys=secret)
        _refuse_what_cannot_be(change, now)
        return Draft(
            change,
            request=f"IncrementalAlterConfigs: {owner.text}, {', '.join(_what(change))}",
            undo=_undo(change, known),
            facts=tuple(_differences(change, known)),
            warnings=tuple(_warnings(change, now)),
            receiver=owner.text if owner.subject.kind is SubjectKind.BROKER else None,
            impact=impact,
        )

    def parameters(self, plan: Plan, change: AlterConfig) -> Mapping[str, object]:
        return {"set": _shown(change), "delete": list(change.deletes)}

    async def recheck(self, ground: Ground, change: AlterConfig) -> None:
        if change.owner.kind is ResourceType.TOPIC:
            await still_the_same(ground, change.owner.name, change.topic_id)

    async def validate(self, ground: Ground, change: AlterConfig, timeout_s: float) -> Answer:
        answer = await _ask(ground, change, timeout_s, validate_only=True)
        if answer.code:
            raise _refusal(change, answer)
        return answer

    async def apply(self, course: Course, plan: Plan, change: AlterConfig) -> Outcome:
        course.sent(plan)
        before = await extra(read_configs(course.ground, change.owner), {})
        answer, lost = await course.answer(_ask(course.ground, change, course.timeout_s, validate_only=False))
        if answer is not None and answer.code:
            raise _refusal(change, answer)
        if lost is None:
            course.waiting("Taken; waiting until the brokers tell of it.")
        is_seen = await _watch(course, change, before)
        owner = change.owner.text
        if is_seen:
            return Outcome(
                OutcomeState.DONE, f"Changed {owner}: {', '.join(_what(change))}.", notes=_notes(lost)
            )
        if lost is not None:
            raise UnknownOutcome(
                f"{lost} Whether {owner} was changed is not known: the brokers do not tell of it."
            )
        text = f"The cluster took the change of {owner}, but its brokers do not tell of it yet."
        return Outcome(OutcomeState.INCOMPLETE, text)


async def _ask(ground: Ground, change: AlterConfig, timeout_s: float, *, validate_only: bool) -> Answer:
    owner = change.owner
    steps = [(key, ConfigStep.SET, value) for key, value in change.sets.items()]
    deletes = [(key, ConfigStep.DELETE, None) for key in change.deletes]

    async def send(link: Link) -> Answer:
        resource = (owner.kind, owner.name)
        told = (await alter_configs(link, {resource: [*steps, *deletes]}, validate_only=validate_only))[
            resource
        ]
        return Answer(told.code, told.code_name, told.message)

    if owner.kind is ResourceType.BROKER and owner.name != ALL_BROKERS:
        return await ground.at_broker(int(owner.name), send, Lane.ADMIN)
    return await ground.answer_at_controller(send, timeout_s)


async def _watch(course: Course, change: AlterConfig, before: Mapping[str, ConfigValue]) -> bool:
    """Whether the brokers tell of the new values; by all that is asked for, as far as it is not secret."""
    deadline = course.patience.deadline()
    while True:
        now = await extra(read_configs(course.ground, change.owner), None, within_s=course.timeout_s)
        if now is not None and all(
            _is_seen(change, key, before, now) for key in (*change.sets, *change.deletes)
        ):
            return True
        if not await course.patience.pause(deadline):
            return False


def _is_seen(
    change: AlterConfig, key: str, before: Mapping[str, ConfigValue], now: Mapping[str, ConfigValue]
) -> bool:
    value, old = now.get(key), before.get(key)
    own = change.owner.own_source
    if key in change.deletes:
        return value is None or value.source is not own
    if value is None:
        return False
    if value.source is not own:
        # A broker's own setting wins over that of all brokers, which is then not told.
        return change.owner.name == ALL_BROKERS and value.source is ConfigSource.BROKER
    # Brokers tell a number as a number, however it was written.
    return value.is_sensitive or value.value == change.sets[key] or old is None or value.value != old.value


def _refuse_what_cannot_be(change: AlterConfig, now: Mapping[str, ConfigValue] | None) -> None:
    if not now:
        return
    for key in (*change.sets, *change.deletes):
        value = now.get(key)
        if value is None and change.owner.kind is ResourceType.TOPIC:
            raise _refused(change, f"topics have no setting {key}")
        if value is not None and value.is_read_only:
            raise _refused(
                change, f"{key} can be changed in the broker's file only, which it reads when it starts"
            )


def _refused(change: AlterConfig, why: str) -> Refused:
    return Refused(INVALID_CONFIG, "INVALID_CONFIG", f"{change.owner.text} was not changed: {why}.")


def _refusal(change: AlterConfig, answer: Answer) -> Refused:
    undone = f"{change.owner.text} was not changed"
    own = f"{undone}: the value is refused{words_of(answer)}" if answer.code == INVALID_CONFIG else None
    is_topic = change.owner.subject.kind is SubjectKind.TOPIC
    needs = f"AlterConfigs on {f'topic {change.owner.name}' if is_topic else 'Cluster'}"
    return refusal_error(answer, undone, own, needs=needs)


def _differences(change: AlterConfig, now: Mapping[str, ConfigValue]) -> Iterator[str]:
    for key, value in _shown(change).items():
        yield f"{key}   {shown(now.get(key))} → {value}"
    for key in change.deletes:
        yield f"{key}   {shown(now.get(key))} → what it inherits"


def _warnings(change: AlterConfig, now: Mapping[str, ConfigValue] | None) -> Iterator[str]:
    if now is None:
        yield "The settings of now cannot be read (needs the right DescribeConfigs): the difference is not known."
    for key in (*change.sets, *change.deletes):
        risk = _RISKY.get(key)
        if risk is not None:
            yield f"{key}: {risk}"
    for key in change.deletes:
        value = (now or {}).get(key)
        if value is not None and value.source is not change.owner.own_source:
            yield f"{key} is not set here; nothing will change."


def _undo(change: AlterConfig, now: Mapping[str, ConfigValue]) -> str:
    """As far as the values of now are known; a secret one is not."""
    own = change.owner.own_source
    steps = []
    for key in (*change.sets, *change.deletes):
        value = now.get(key)
        if value is None or value.source is not own:
            steps.append(f"delete {key}")
        elif value.value is not None:
            steps.append(f"set {key}={value.value}")
        else:
            steps.append(f"set {key} again, whose value of now is secret")
    return "; ".join(steps) + "."


def _what(change: AlterConfig) -> list[str]:
    return [*_pairs(change), *(f"{key} deleted" for key in change.deletes)]


def _pairs(change: AlterConfig) -> list[str]:
    return [f"{key}={value}" for key, value in _shown(change).items()]


def _shown(change: AlterConfig) -> dict[str, str]:
    return {key: hidden(key, value, change.secret_keys) for key, value in change.sets.items()}


def _notes(lost: str | None) -> tuple[str, ...]:
    return () if lost is None else (f"{lost} The brokers tell of the new values.",)
