"""The ground of a real cluster: its questions and changes over the broker pool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, ConnectionBroke, NoAnswer, NotPermitted, Refused
from ktui.adapters.events import TopicState
from ktui.adapters.kafka import error_codes
from ktui.adapters.kafka.asks.api_versions import api_versions
from ktui.adapters.kafka.asks.broker_configs import describe_broker_configs
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.asks.create_topics import NewTopic, create_topics
from ktui.adapters.kafka.asks.delete_topics import OldTopic, delete_topics
from ktui.adapters.kafka.asks.describe_cluster import describe_cluster
from ktui.adapters.kafka.asks.log_dirs import describe_log_dirs
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs_all
from ktui.adapters.kafka.connection import Connection
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.metadata import fetch_metadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder
from ktui.adapters.kafka.metadata_header import MetadataHeader
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.kafka.releases import mode_of
from ktui.adapters.kafka.steps import in_steps
from ktui.adapters.model import Mode
from ktui.adapters.operate.change import SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Defaults, Identity, TopicSeen, Writer
from ktui.adapters.operate.names import name_fault
from ktui.adapters.operate.sentences import (
    NOT_CONTROLLER,
    POLICY_VIOLATION,
    TOPIC_EXISTS,
    UNKNOWN_TOPIC,
)
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.partitions import partitions

_RETRY_S: Final = 0.3
"""Between two questions for a controller that is moving."""
_SERVER_SHARE: Final = 0.6
"""Of the time for a request, what the server may wait: its answer must come before we give up."""
_WITNESSES: Final = 8
"""Brokers that are asked whether a change has reached them; they learn of it one after the other."""
_WITNESS_S: Final = 1.0
_DEFAULT_KEYS: Final = (
    "num.partitions",
    "default.replication.factor",
    "min.insync.replicas",
    "auto.create.topics.enable",
    "delete.topic.enable",
)


T = TypeVar("T")


class _NotController(Refused):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code, answer.code_name, answer.message)
        self.answer = answer


class Links(Protocol):
    """The part of `BrokerPool` that is used here."""

    def link(self, node: int | Address, lane: Lane, *, timeout_s: float) -> Link: ...

    def bootstrap_link(self, lane: Lane, *, timeout_s: float) -> Link: ...

    def learn(self, brokers: Mapping[int, Address]) -> None: ...

    async def open(self, broker: int, *, timeout_s: float) -> Connection: ...


class PoolGround:
    """Implements `Ground`. Remembers nothing of the cluster."""

    def __init__(
        self,
        pool: Links,
        *,
        timeout_s: float = 10.0,
        pending_deletions: Callable[[], Awaitable[Collection[str] | None]] | None = None,
        known_size: Callable[[str], int | None] | None = None,
    ) -> None:
        """`pending_deletions`: the names in /admin/delete_topics; None while ZooKeeper cannot be read.

        `known_size`: bytes of a topic's leaders as the feed knows them; without it the leaders are asked.
        """
        self._pool = pool
        self._timeout_s = timeout_s
        self._pending_deletions = pending_deletions
        self._known_size = known_size

    async def identity(self) -> Identity:
        link = self._any(Lane.READ)
        header = await self._header(link)
        mode = mode_of(await api_versions(link))
        addresses = {broker.id: str(Address(broker.host, broker.port)) for broker in header.brokers}
        return Identity(header.cluster_id, mode, addresses, _receiver(mode, header, addresses))

    async def topic(self, name: str) -> TopicSeen | None:
        return await self._topic_at(self._any(Lane.READ), name)

    async def topics_named(self, names: Sequence[str]) -> Mapping[str, TopicSeen]:
        wanted = [name for name in names if name_fault(name) is None]
        if not wanted:
            return {}
        answer = await in_steps(MetadataDecoder().named(await fetch_metadata(self._any(Lane.READ), wanted)))
        return {
            state.name: _seen(state) for state in answer.topics if not answer.topic_errors.get(state.name)
        }

    async def views(self, name: str) -> Sequence[TopicSeen | None]:
        header = await self._header(self._any(Lane.READ))
        links = [
            self._pool.link(broker.id, Lane.READ, timeout_s=min(_WITNESS_S, self._timeout_s))
            for broker in header.brokers[:_WITNESSES]
        ]
        told = await asyncio.gather(*(self._topic_at(link, name) for link in links), return_exceptions=True)
        views = [view for view in told if not isinstance(view, BaseException)]
        failed = [view for view in told if isinstance(view, BaseException)]
        unexpected = next(
            (e for e in failed if not isinstance(e, AdapterError) or isinstance(e, Refused)), None
        )
        if unexpected is not None:
            raise unexpected
        return views or [await self.topic(name)]

    async def _topic_at(self, link: Link, name: str) -> TopicSeen | None:
        if name_fault(name) is not None:
            return None
        raw = await fetch_metadata(link, [name])
        answer = await in_steps(MetadataDecoder().named(raw))
        code = answer.topic_errors.get(name, 0)
        if code == UNKNOWN_TOPIC:
            return None
        error_codes.check(code, needs=f"Describe on topic {name}")
        state = next((topic for topic in answer.topics if topic.name == name), None)
        if state is None:
            return None
        return _seen(state)

    async def overrides(self, name: str) -> Mapping[str, str] | None:
        try:
            values = await describe_topic_configs_all(self._any(Lane.BULK), name)
        except NotPermitted:
            return None
        return {
            key: value.value
            for key, value in values.items()
            if value.source is ConfigSource.TOPIC and value.value is not None
        }

    async def defaults(self) -> Defaults:
        header = await self._header(self._any(Lane.READ))
        last: AdapterError = NoAnswer("No broker is known.")
        for broker in header.brokers:
            try:
                link = self._pool.link(broker.id, Lane.BULK, timeout_s=self._timeout_s)
                return _defaults(await describe_broker_configs(link, broker.id, keys=_DEFAULT_KEYS))
            except NotPermitted:
                return Defaults()
            except AdapterError as error:
                last = error
        raise last

    async def bytes_on_disk(self, topic: TopicSeen) -> int | None:
        if self._known_size is not None:
            return self._known_size(topic.name)
        if topic.leaderless:
            return None
        leaders = {partition.index: partition.leader for partition in topic.partitions}
        by_broker = {}
        for broker in set(leaders.values()):
            link = self._pool.link(broker, Lane.BULK, timeout_s=self._timeout_s)
            answer = await describe_log_dirs(link)
            by_broker[broker] = answer.replica_bytes.get(topic.name, {})
        sizes = [by_broker[leader].get(index) for index, leader in leaders.items()]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None

    async def create(self, spec: CreateTopic, *, validate_only: bool, timeout_s: float) -> Answer:
        async def send(link: Link) -> Answer:
            told = await create_topics(
                link, [_new_topic(spec)], validate_only=validate_only, timeout_s=timeout_s * _SERVER_SHARE
            )
            outcome = told.outcomes[spec.name]
            return Answer(
                outcome.code,
                outcome.code_name,
                outcome.message,
                throttled_s=told.throttled_s,
                topic_id=outcome.topic_id,
                partitions=outcome.partitions,
                replication_factor=outcome.replication_factor,
                configs=outcome.configs or {},
            )

        return await self.answer_at_controller(send, timeout_s)

    async def delete(self, spec: DeleteTopic, *, timeout_s: float) -> Answer:
        async def send(link: Link) -> Answer:
            told = await delete_topics(
                link, [OldTopic(spec.name, spec.topic_id)], timeout_s=timeout_s * _SERVER_SHARE
            )
            outcome = told.outcomes[0]
            return Answer(outcome.code, outcome.code_name, outcome.message, throttled_s=told.throttled_s)

        return await self.answer_at_controller(send, timeout_s)

    async def writer(self, topic: TopicSeen) -> Writer:
        from ktui.adapters.kafka.producer import (
            BATCH_BYTES,
            RecordWriter,
        )  # aiokafka's producer takes a while

        header, overrides = await asyncio.gather(
            self._header(self._any(Lane.READ)), extra(self.overrides(topic.name), None)
        )
        largest = (overrides or {}).get("max.message.bytes", "")
        return RecordWriter(
            partial(self._pool.open, timeout_s=self._timeout_s),
            [broker.id for broker in header.brokers],
            topic.name,
            {partition.index: partition.leader >= 0 for partition in topic.partitions},
            timeout_s=self._timeout_s,
            batch_bytes=min(BATCH_BYTES, int(largest)) if largest.isdecimal() else BATCH_BYTES,
        )

    async def is_marked_for_deletion(self, name: str) -> bool | None:
        if self._pending_deletions is not None and (pending := await self._pending_deletions()) is not None:
            return name in pending
        # A dry run is refused while the name is marked: `AdminZkClient.validateTopicCreate` reads ZooKeeper itself.
        answer = await self.create(CreateTopic(name, 1, 1), validate_only=True, timeout_s=self._timeout_s)
        if answer.code == TOPIC_EXISTS:
            return True
        return False if answer.code in (0, POLICY_VIOLATION) else None

    async def rights(self, kind: SubjectKind, name: str) -> frozenset[AclOperation] | None:
        link = self._any(Lane.READ)
        if kind is SubjectKind.CLUSTER:
            return (await describe_cluster(link, include_operations=True)).operations
        if kind is not SubjectKind.TOPIC or name_fault(name) is not None:
            return None
        raw = await fetch_metadata(link, [name], include_operations=True)
        answer = await in_steps(MetadataDecoder().named(raw))
        return answer.operations.get(name) if answer.topic_errors.get(name, 0) == 0 else None

    async def at_any(self, ask: Callable[[Link], Awaitable[T]], lane: Lane = Lane.READ) -> T:
        return await ask(self._any(lane))

    async def at_broker(
        self, broker: int, send: Callable[[Link], Awaitable[T]], lane: Lane = Lane.ADMIN
    ) -> T:
        await self._header(self._any(Lane.READ))
        return await send(self._pool.link(broker, lane, timeout_s=self._timeout_s))

    async def at_controller(self, send: Callable[[Link], Awaitable[T]], timeout_s: float) -> T:
        reading = self._any(Lane.READ)
        if mode_of(await api_versions(reading)) in (Mode.KRAFT, Mode.MIGRATING):
            return await send(self._pool.bootstrap_link(Lane.ADMIN, timeout_s=timeout_s))
        deadline = time.monotonic() + timeout_s
        while True:
            is_last = time.monotonic() + _RETRY_S > deadline
            try:
                return await send(await self._controller_link(reading, timeout_s))
            except ConnectionBroke:
                raise
            except Refused as refused:
                if is_last or refused.code != NOT_CONTROLLER:
                    raise
            except (ConnectFailed, NoAnswer):
                if is_last:
                    raise
            await asyncio.sleep(_RETRY_S)

    async def answer_at_controller(
        self, send: Callable[[Link], Awaitable[Answer]], timeout_s: float
    ) -> Answer:
        async def send_and_raise(link: Link) -> Answer:
            answer = await send(link)
            if answer.code == NOT_CONTROLLER:
                raise _NotController(answer)
            return answer

        try:
            return await self.at_controller(send_and_raise, timeout_s)
        except _NotController as moved:
            return moved.answer

    async def _controller_link(self, reading: Link, timeout_s: float) -> Link:
        """NoAnswer when no broker is the controller now."""
        header = await self._header(reading)
        controller = header.controller_id
        if controller is None or all(broker.id != controller for broker in header.brokers):
            raise NoAnswer("No broker is the controller at the moment; nothing was sent.")
        return self._pool.link(controller, Lane.ADMIN, timeout_s=timeout_s)

    async def _header(self, link: Link) -> MetadataHeader:
        answer = await in_steps(MetadataDecoder().named(await fetch_metadata(link, [])))
        brokers = answer.header.brokers
        self._pool.learn({broker.id: Address(broker.host, broker.port) for broker in brokers})
        return answer.header

    def _any(self, lane: Lane) -> Link:
        return self._pool.bootstrap_link(lane, timeout_s=self._timeout_s)


def _seen(state: TopicState) -> TopicSeen:
    return TopicSeen(state.name, state.id, state.is_internal, tuple(partitions(state.table)))


def _receiver(mode: Mode, header: MetadataHeader, addresses: Mapping[int, str]) -> str:
    if mode in (Mode.KRAFT, Mode.MIGRATING):
        return "any broker, which forwards it to the active controller"
    if header.controller_id is None or header.controller_id not in addresses:
        return "the controller broker, which is not known at the moment"
    return f"broker {header.controller_id} ({addresses[header.controller_id]}), the controller"


def _new_topic(spec: CreateTopic) -> NewTopic:
    assignment = None if spec.assignment is None else dict(enumerate(spec.assignment))
    return NewTopic(spec.name, spec.partitions, spec.replication_factor, dict(spec.configs), assignment)


def _defaults(values: Mapping[str, ConfigValue]) -> Defaults:
    def text(key: str) -> str | None:
        found = values.get(key)
        return None if found is None else found.value

    def number(key: str) -> int | None:
        digits = text(key)
        return int(digits) if digits is not None and digits.isascii() and digits.isdigit() else None

    def is_on(key: str) -> bool | None:
        return {"true": True, "false": False}.get(text(key) or "")

    return Defaults(
        partitions=number("num.partitions"),
        replication_factor=number("default.replication.factor"),
        min_isr=number("min.insync.replicas"),
        is_auto_create_on=is_on("auto.create.topics.enable"),
        is_deletion_on=is_on("delete.topic.enable"),
    )
