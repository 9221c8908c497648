"""Records written to one topic by aiokafka's producer: the one import of it, on the connections of the pool.

Acknowledged by all in-sync replicas (acks=all) and idempotent: what is sent again after a broken connection is
stored once. Three things of aiokafka's are replaced, because they would break promises of ours: how it connects
(names, TLS and logins are ours), that it waits for a hung broker for ever, and that its Metadata request creates
the topic that it names.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import KafkaError, NodeNotReadyError, RequestTimedOutError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest

from ktui.adapters.errors import AdapterError, ConnectFailed, NoAnswer, UnknownOutcome
from ktui.adapters.kafka import error_codes
from ktui.adapters.kafka.connection import Connection
from ktui.adapters.kafka.error_code_list import Code
from ktui.adapters.produce.records import NOTHING_LANDED, Landed, NewRecord

Open = Callable[[int], Awaitable[Connection]]
BATCH_BYTES: Final = 64 << 10
_GRACE_S: Final = 1.0
"""A broker that cannot get its replicas' word in time says so itself, just before we give up on it."""
_PATIENCE: Final = 3
"""So many time-outs without an acknowledgement, then it is given up."""
_CLOSING_S: Final = 1.0
_WITHOUT_SIGN: Final = 0x7FFFFFFF


class RecordWriter:
    """Writes in the order given, to each partition; used from one loop. `start` first, `close` last.

    All methods but `close` raise AdapterErrors: Refused and NotPermitted with the cluster's reason, NoAnswer when
    nothing was sent, UnknownOutcome when records were sent and whether they were stored could not be found out.
    After an error nothing more is sent; `landed` and `first_unwritten` say how far it came.
    """

    def __init__(
        self,
        open_: Open,
        brokers: Sequence[int],
        topic: str,
        partitions: Mapping[int, bool],
        *,
        timeout_s: float,
        batch_bytes: int = BATCH_BYTES,
    ) -> None:
        """`open_`: connects to a broker. `partitions`: by index, whether it has a leader now."""
        self._topic = topic
        self._timeout_s = timeout_s
        self._client = _Client(open_, brokers, topic, timeout_s)
        self._producer = _producer(self._client, timeout_s, batch_bytes)
        self._count = len(partitions)
        self._leaderless = frozenset(index for index, is_led in partitions.items() if not is_led)
        self._turn = 0
        self._filling: dict[int, tuple[BatchBuilder, list[int]]] = {}
        self._sent: deque[_Sent] = deque()
        self._landed: dict[int, Landed] = {}
        self._failed: AdapterError | None = None
        self.first_unwritten: int | None = None
        """The number of the first record that is not known to be stored; None: all are."""

    @property
    def landed(self) -> Mapping[int, Landed]:
        """What was acknowledged, by partition."""
        return dict(self._landed)

    async def start(self) -> None:
        """Connect and be given an id by which brokers tell what is sent twice."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._producer.start()
        except TimeoutError:
            raise self._client.trouble or NoAnswer(f"no answer within {self._timeout_s:g} s") from None
        except KafkaError as error:
            raise self._refusal(error) from None

    async def put(self, record: NewRecord) -> None:
        """Take one record; waits while its partition has two batches on their way."""
        self._look_at_sent()
        partition = self._partition_of(record)
        while True:  # an empty batch takes any record
            builder, numbers = self._filling.setdefault(partition, (self._producer.create_batch(), []))
            headers = [*record.headers]
            if builder.append(
                timestamp=record.timestamp_ms, key=record.key, value=record.value, headers=headers
            ):
                numbers.append(record.number)
                return
            await self._send(partition)
            partition = self._partition_of(record)

    async def send(self) -> None:
        """Send what is waiting for a batch to be full."""
        for partition in [*self._filling]:
            await self._send(partition)

    async def flush(self) -> None:
        """Until everything that was taken is acknowledged."""
        await self.send()
        while self._sent:
            waiting = [sent.future for sent in self._sent]
            done, _ = await asyncio.wait(
                waiting, timeout=self._patience_s, return_when=asyncio.FIRST_COMPLETED
            )
            self._look_at_sent()
            if not done:
                raise self._give_up()

    async def close(self) -> None:
        """Within about a second, whatever hangs; what is not acknowledged is given up."""
        self._client.abort()
        closing = asyncio.ensure_future(_stop(self._producer))
        await asyncio.wait({closing}, timeout=_CLOSING_S)
        closing.cancel()
        for sent in self._sent:
            if sent.future.done() and not sent.future.cancelled():
                sent.future.exception()

    @property
    def _patience_s(self) -> float:
        return _PATIENCE * self._timeout_s

    def _partition_of(self, record: NewRecord) -> int:
        if record.partition is not None:
            return record.partition
        if record.key is not None:
            return int(murmur2(record.key) & _WITHOUT_SIGN) % self._count
        led = [index for index in range(self._count) if index not in self._leaderless]
        choice = led or range(self._count)
        return choice[self._turn % len(choice)]

    async def _send(self, partition: int) -> None:
        builder, numbers = self._filling.pop(partition)
        self._turn += 1
        records = builder.record_count()
        if self.first_unwritten is None:
            self.first_unwritten = numbers[0]
        try:
            async with asyncio.timeout(self._patience_s):
                future = await self._producer.send_batch(builder, self._topic, partition=partition)
        except (TimeoutError, KafkaError) as error:
            self._look_at_sent()
            raise (
                self._refusal(error) if isinstance(error, KafkaError) and error.errno > 0 else self._give_up()
            ) from None
        self._sent.append(_Sent(future, partition, numbers[0], records))

    def _look_at_sent(self) -> None:
        """Take account of what was acknowledged or refused."""
        if self._failed is not None:
            raise self._failed
        still: deque[_Sent] = deque()
        failed: list[tuple[int, BaseException]] = []
        for sent in self._sent:
            if not sent.future.done():
                still.append(sent)
                continue
            error = sent.future.exception()
            if error is not None:
                failed.append((sent.number, error))
                continue
            first = sent.future.result().offset
            landed = self._landed.get(sent.partition, NOTHING_LANDED)
            self._landed[sent.partition] = landed.plus(first if first >= 0 else None, sent.records)
        self._sent = still
        numbers = [sent.number for sent in still] + [number for number, _ in failed]
        self.first_unwritten = min(numbers, default=None)
        if failed:
            number, error = min(failed, key=lambda each: each[0])
            self._failed = self._refusal(error)
            self.first_unwritten = number
            raise self._failed

    def _refusal(self, error: BaseException) -> AdapterError:
        if isinstance(error, AdapterError):
            return error
        code = getattr(error, "errno", None)
        if not isinstance(code, int) or code in (0, -1):
            return self._give_up()
        return refusal_of(code, self._topic)

    def _give_up(self) -> AdapterError:
        """What is said when no acknowledgement comes."""
        within = f"within {self._patience_s:g} s"
        code = self._client.last_code
        if code and code not in _MAYBE_STORED and not self._client.is_unanswered:
            return refusal_of(code, self._topic, within=within)
        if self._client.was_sent:
            why = f" ({self._client.trouble})" if self._client.trouble else ""
            return UnknownOutcome(
                f"Records were sent to {self._topic} and not acknowledged {within}{why}: they may be stored or not."
            )
        return self._client.trouble or NoAnswer(f"{self._topic}: no leader could be reached {within}")


_MAYBE_STORED: Final = frozenset({Code.REQUEST_TIMED_OUT, Code.NOT_ENOUGH_REPLICAS_AFTER_APPEND})
_WORDS: Final = {
    Code.MESSAGE_TOO_LARGE: "the record is larger than the topic takes (max.message.bytes)",
    Code.RECORD_LIST_TOO_LARGE: "the batch is larger than the topic's segments",
    Code.NOT_ENOUGH_REPLICAS: "fewer replicas are in sync than min.insync.replicas asks for",
    Code.NOT_ENOUGH_REPLICAS_AFTER_APPEND: "fewer replicas are in sync than min.insync.replicas asks for",
    Code.INVALID_RECORD: "the broker takes the record for a wrong one: a compacted topic wants a key, for example",
    Code.INVALID_TIMESTAMP: "the timestamp is out of the range that the topic takes",
    Code.UNKNOWN_TOPIC_OR_PARTITION: "there is no such topic any more",
}


def refusal_of(code: int, topic: str, *, within: str = "") -> AdapterError:
    """A code of a produce request as an error with a sentence."""
    needs = f"Write on topic {topic}"
    if code == Code.CLUSTER_AUTHORIZATION_FAILED:
        needs += " (or, on brokers before 3.0, IdempotentWrite on the cluster)"
    words = _WORDS.get(Code(code)) if code in set(Code) else None
    message = None if words is None else f"{topic}: {words}" + (f"; tried {within}" if within else "")
    return error_codes.refusal(code, message, needs=needs)


class _Sent:
    """A batch on its way: its first record's number, and how many there are."""

    __slots__ = ("future", "number", "partition", "records")

    def __init__(self, future: asyncio.Future[Any], partition: int, number: int, records: int) -> None:
        self.future = future
        self.partition = partition
        self.number = number
        self.records = records


class _Client(AIOKafkaClient):  # type: ignore[misc]
    """aiokafka's client on our connections; never creates a topic, never waits for ever."""

    def __init__(self, open_: Open, brokers: Sequence[int], topic: str, timeout_s: float) -> None:
        super().__init__(client_id="ktui", request_timeout_ms=_ms(timeout_s))
        self._open = open_
        self._first_brokers = tuple(brokers)
        self._topics = {topic}
        self._timeout_s = timeout_s
        self._opened: dict[tuple[int, int], Connection] = {}
        self._is_over = False
        self.trouble: AdapterError | None = None
        """Why the last connection or request failed."""
        self.was_sent = False
        self.is_unanswered = False
        """Whether the answer to the last produce request never came."""
        self.last_code = 0

    async def bootstrap(self) -> None:
        """Learn the topic's leaders from the first broker that answers. Raises AdapterErrors."""
        for broker in self._first_brokers:
            try:
                connection = await self._open(broker)
            except ConnectFailed as error:
                self.trouble = error
                continue
            self._keep((broker, ConnectionGroup.DEFAULT), connection)
            if await self._ask_metadata(self.cluster, connection):
                break
        else:
            raise self.trouble or NoAnswer("no broker answered")
        self._sync_task = asyncio.create_task(self._md_synchronizer())

    async def _metadata_update(self, cluster_metadata: Any, topics: Any) -> bool:
        for broker in [broker.nodeId for broker in self.cluster.brokers()] or self._first_brokers:
            if await self._get_conn(broker) is None:
                continue
            connection = self._opened[(broker, ConnectionGroup.DEFAULT)]
            if await self._ask_metadata(cluster_metadata, connection):
                return True
        cluster_metadata.failed_update(None)
        return False

    async def _ask_metadata(self, cluster_metadata: Any, connection: Connection) -> bool:
        request = MetadataRequest(sorted(self._topics), allow_auto_topic_creation=False)
        try:
            async with asyncio.timeout(self._timeout_s):
                metadata = await connection.transport.send(request)
        except (KafkaError, TimeoutError, OSError):
            connection.abort()
            self.trouble = NoAnswer(f"{connection.address}: no answer within {self._timeout_s:g} s")
            return False
        cluster_metadata.update_metadata(metadata)
        return True

    async def _get_conn(self, node_id: int, *, group: int = ConnectionGroup.DEFAULT, **_: Any) -> Any:
        async with self._get_conn_lock:
            connection = self._opened.get((node_id, group))
            if connection is not None and connection.is_open:
                return connection.transport
            if self._is_over or node_id is None:
                return None
            try:
                connection = await self._open(node_id)
            except AdapterError as error:
                self.trouble = error
                self.force_metadata_update()
                return None
            self._keep((node_id, group), connection)
            return connection.transport

    def _keep(self, key: tuple[int, int], connection: Connection) -> None:
        self._opened[key] = connection
        self._conns[key] = connection.transport

    async def send(self, node_id: int, request: Any, *, group: int = ConnectionGroup.DEFAULT) -> Any:
        is_produce = isinstance(request, ProduceRequest)
        try:
            async with asyncio.timeout(self._timeout_s + _GRACE_S) as limit:
                if not await self.ready(node_id, group=group):
                    raise NodeNotReadyError(f"broker {node_id}")
                if is_produce:
                    self.was_sent = self.is_unanswered = True
                answer = await self._conns[(node_id, group)].send(request)
        except TimeoutError:
            if not limit.expired():
                raise
            self.trouble = NoAnswer(f"broker {node_id}: no answer within {self._timeout_s:g} s")
            connection = self._opened.get((node_id, group))
            if connection is not None:
                connection.abort()
            raise RequestTimedOutError from None
        if is_produce:
            self.is_unanswered = False
            self.last_code = next((part[1] for _, parts in answer.topics for part in parts if part[1]), 0)
        return answer

    def abort(self) -> None:
        """Close every connection now, and open none any more."""
        self._is_over = True
        for connection in self._opened.values():
            connection.abort()


def _producer(client: _Client, timeout_s: float, batch_bytes: int) -> Any:
    """aiokafka makes a client of its own, which is replaced before it has done anything."""
    producer = AIOKafkaProducer(
        acks="all",
        enable_idempotence=True,
        request_timeout_ms=_ms(timeout_s),
        max_batch_size=batch_bytes,
    )
    client.cluster = producer.client.cluster
    producer.client = producer._sender.client = client
    return producer


async def _stop(producer: Any) -> None:
    """End its tasks without waiting for what is not acknowledged."""
    producer._closed = True
    with contextlib.suppress(KafkaError, asyncio.CancelledError):
        await producer._sender.close()
    with contextlib.suppress(KafkaError):
        await producer.client.close()


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
