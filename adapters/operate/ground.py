"""What the operator needs of a cluster, and the values it is answered with. Real: `pool_ground`; in tests: a fake."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.model import Mode
from ktui.adapters.operate.change import SubjectKind
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.partitions import Partition
from ktui.adapters.produce.records import Landed, NewRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which cluster answers now."""

    cluster_id: str | None
    mode: Mode
    brokers: Mapping[int, str]
    """Active brokers, id to host:port."""
    receiver: str
    """Who takes a change, in words: "broker 1 (host:9092), which forwards it to the controller"."""


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """A topic as a broker tells of it now."""

    name: str
    id: bytes | None
    is_internal: bool
    partitions: tuple[Partition, ...]

    @property
    def leaderless(self) -> tuple[int, ...]:
        return tuple(partition.index for partition in self.partitions if partition.leader < 0)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the brokers' configuration says of new topics; None: could not be read."""

    partitions: int | None = None
    replication_factor: int | None = None
    min_isr: int | None = None
    is_auto_create_on: bool | None = None
    is_deletion_on: bool | None = None
    """A hint only: in KRaft mode the controllers' configuration decides."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the cluster said to a change: code 0 is yes."""

    code: int = 0
    code_name: str = "NONE"
    message: str | None = None
    throttled_s: float = 0.0
    topic_id: bytes | None = None
    partitions: int | None = None
    replication_factor: int | None = None
    configs: Mapping[str, str | None] = field(default_factory=dict)
    """Configuration that the created topic has or would have."""


class Writer(Protocol):
    """Writes records to one topic; what it raises and promises: `adapters/kafka/producer.py`."""

    first_unwritten: int | None

    @property
    def landed(self) -> Mapping[int, Landed]: ...

    async def start(self) -> None: ...

    async def put(self, record: NewRecord) -> None: ...

    async def flush(self) -> None: ...

    async def close(self) -> None: ...


class Ground(Protocol):
    """Every method may raise AdapterErrors. `at_…` carry the requests of operations to who may take them."""

    async def identity(self) -> Identity:
        """Asked anew, never remembered."""

    async def rights(self, kind: SubjectKind, name: str) -> frozenset[AclOperation] | None:
        """What this principal may do with a resource; None: not told, or there is no such thing."""

    async def at_any(self, ask: Callable[[Link], Awaitable[T]], lane: Lane = Lane.READ) -> T:
        """Let `ask` put a question to any broker."""

    async def at_controller(self, send: Callable[[Link], Awaitable[T]], timeout_s: float) -> T:
        """Let `send` use a link to who may decide a change, on the lane of changes.

        KRaft: any broker, which forwards. ZooKeeper: the controller broker; while it is moving, that is when `send`
        raises Refused NOT_CONTROLLER or cannot connect, it is asked for again until the time is up.
        """

    async def answer_at_controller(
        self, send: Callable[[Link], Awaitable[Answer]], timeout_s: float
    ) -> Answer:
        """The same for what is answered with a value, of which NOT_CONTROLLER is one."""

    async def at_broker(
        self, broker: int, send: Callable[[Link], Awaitable[T]], lane: Lane = Lane.ADMIN
    ) -> T:
        """Let `send` use a link to this broker."""

    async def topic(self, name: str) -> TopicSeen | None:
        """None: there is no such topic, or this principal may not see it."""

    async def topics_named(self, names: Sequence[str]) -> Mapping[str, TopicSeen]:
        """Several at once; those that are not there, or may not be seen, are missing."""

    async def views(self, name: str) -> Sequence[TopicSeen | None]:
        """What each of several brokers tells of the topic; at least one answered."""

    async def overrides(self, name: str) -> Mapping[str, str] | None:
        """Configuration set on the topic itself; None: it may not be read."""

    async def defaults(self) -> Defaults:
        """Asked of one broker."""

    async def bytes_on_disk(self, topic: TopicSeen) -> int | None:
        """Bytes of the leaders' replicas; None: not known."""

    async def create(self, spec: CreateTopic, *, validate_only: bool, timeout_s: float) -> Answer:
        """Sent to who may decide it; NOT_CONTROLLER is retried after asking for the controller again."""

    async def delete(self, spec: DeleteTopic, *, timeout_s: float) -> Answer:
        """By id when the spec has one, else by name."""

    async def writer(self, topic: TopicSeen) -> Writer:
        """For records; nothing is sent before it is started."""

    async def is_marked_for_deletion(self, name: str) -> bool | None:
        """ZooKeeper mode: whether a deletion waits to be finished; None: cannot be seen. KRaft: always False."""
