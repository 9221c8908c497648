"""A cluster made of values, for the operator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.model import Mode
from ktui.adapters.operate.change import SubjectKind
from ktui.adapters.operate.ground import Answer, Defaults, Identity, TopicSeen
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.partitions import Partition
from ktui.adapters.produce.records import Landed, NewRecord
from tests.adapters.operate.answering_link import AnsweringLink

T = TypeVar("T")
FIRST_ID = bytes(range(16))
SECOND_ID = bytes(range(16, 32))
BROKERS = {1: "one:9092", 2: "two:9092", 3: "three:9092"}


@dataclass
class FakeWriter:
    """Stores all records in partition 0; raises what it is told to, from the record with that number on."""

    stored: list[NewRecord] = field(default_factory=list)
    fails_at: int | None = None
    error: AdapterError = field(default_factory=lambda: AdapterError("it failed"))
    flushes: int = 0
    is_closed: bool = False
    first_unwritten: int | None = None
    on_change: Callable[[], None] | None = None

    @property
    def landed(self) -> dict[int, Landed]:
        count = len(self.stored)
        return {0: Landed(count, 0, count - 1)} if count else {}

    async def start(self) -> None:
        if self.fails_at == 0:
            raise self.error
        if self.on_change is not None:
            self.on_change()

    async def put(self, record: NewRecord) -> None:
        if record.number == self.fails_at:
            self.first_unwritten = record.number
            raise self.error
        self.stored.append(record)

    async def flush(self) -> None:
        self.flushes += 1

    async def close(self) -> None:
        self.is_closed = True


@dataclass
class FakeGround:
    """Behaves as scripted; `sent` holds the changes that reached it."""

    mode: Mode = Mode.KRAFT
    cluster_id: str | None = "cluster-a"
    brokers: dict[int, str] = field(default_factory=lambda: dict(BROKERS))
    topics: dict[str, TopicSeen] = field(default_factory=dict)
    marked: dict[str, bool | None] = field(default_factory=dict)
    configs: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    broker_defaults: Defaults = field(default_factory=lambda: Defaults(1, 3, 2, True, True))
    size: int | None = 4096
    answer: Answer = field(default_factory=Answer)
    error: AdapterError | None = None
    """Raised by a change after it has taken effect."""
    takes_effect: bool = True
    other_views: list[TopicSeen | None] = field(default_factory=list)
    """Of brokers that lag behind."""
    look_error: AdapterError | None = None
    sent: list[CreateTopic | DeleteTopic] = field(default_factory=list)
    granted: dict[tuple[SubjectKind, str], frozenset[AclOperation]] = field(default_factory=dict)
    """Rights as a broker tells them; what is not here is not told."""
    dry_runs: list[CreateTopic] = field(default_factory=list)
    link: AnsweringLink = field(default_factory=AnsweringLink)
    """Whoever takes a request of an operation."""
    on_change: Callable[[], None] | None = None
    writer_made: FakeWriter = field(default_factory=lambda: FakeWriter())

    async def identity(self) -> Identity:
        return Identity(self.cluster_id, self.mode, self.brokers, "broker 1 (one:9092)")

    async def rights(self, kind: SubjectKind, name: str) -> frozenset[AclOperation] | None:
        return self.granted.get((kind, name))

    async def at_any(self, ask: Callable[[Link], Awaitable[T]], lane: Lane = Lane.READ) -> T:
        return await ask(self.link)

    async def at_controller(self, send: Callable[[Link], Awaitable[T]], timeout_s: float) -> T:
        return await send(self.link)

    async def answer_at_controller(
        self, send: Callable[[Link], Awaitable[Answer]], timeout_s: float
    ) -> Answer:
        return await send(self.link)

    async def at_broker(
        self, broker: int, send: Callable[[Link], Awaitable[T]], lane: Lane = Lane.ADMIN
    ) -> T:
        return await send(self.link)

    async def topic(self, name: str) -> TopicSeen | None:
        if self.look_error is not None:
            raise self.look_error
        return self.topics.get(name)

    async def topics_named(self, names: Sequence[str]) -> Mapping[str, TopicSeen]:
        return {name: self.topics[name] for name in names if name in self.topics}

    async def views(self, name: str) -> Sequence[TopicSeen | None]:
        return [await self.topic(name), *self.other_views]

    async def overrides(self, name: str) -> Mapping[str, str] | None:
        return self.configs.get(name)

    async def defaults(self) -> Defaults:
        return self.broker_defaults

    async def bytes_on_disk(self, topic: TopicSeen) -> int | None:
        return self.size

    async def create(self, spec: CreateTopic, *, validate_only: bool, timeout_s: float) -> Answer:
        if validate_only:
            self.dry_runs.append(spec)
            return self.answer
        self.sent.append(spec)
        if self.on_change is not None:
            self.on_change()
        if self.answer.code == 0 and self.takes_effect:
            rows = spec.assignment or tuple(
                (1, 2, 3)[: spec.replication_factor or 3] for _ in range(spec.partitions or 1)
            )
            self.put(spec.name, rows, topic_id=FIRST_ID)
        if self.error is not None:
            raise self.error
        return replace(self.answer, topic_id=FIRST_ID) if self.answer.code == 0 else self.answer

    async def delete(self, spec: DeleteTopic, *, timeout_s: float) -> Answer:
        self.sent.append(spec)
        if self.on_change is not None:
            self.on_change()
        known = self.topics.get(spec.name)
        if known is None or (spec.topic_id is not None and known.id != spec.topic_id):
            return Answer(100, "UNKNOWN_TOPIC_ID")
        if self.answer.code == 0 and self.takes_effect:
            del self.topics[spec.name]
        if self.error is not None:
            raise self.error
        return self.answer

    async def writer(self, topic: TopicSeen) -> FakeWriter:
        self.writer_made.on_change = self.on_change
        return self.writer_made

    async def is_marked_for_deletion(self, name: str) -> bool | None:
        return self.marked.get(name, False)

    def put(
        self,
        name: str,
        rows: tuple[tuple[int, ...], ...],
        *,
        topic_id: bytes | None = FIRST_ID,
        is_internal: bool = False,
        leaderless: tuple[int, ...] = (),
        leaders: tuple[int, ...] = (),
    ) -> None:
        self.topics[name] = TopicSeen(
            name,
            topic_id,
            is_internal,
            tuple(
                Partition(
                    index,
                    -1 if index in leaderless else leaders[index] if leaders else row[0],
                    0,
                    row,
                    row,
                    (),
                    -1,
                )
                for index, row in enumerate(rows)
            ),
        )
