"""A little traffic for a sandbox: keys, headers, every compression, transactions that commit and some that do not."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ktui.adapters.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from concurrent.futures import Future

# Without a handler of its own or the program's, Python would print what the library logs on standard error.
logging.getLogger("aiokafka").addHandler(logging.NullHandler())

_TIMEOUT_S: Final = 30.0
_PAUSE_S: Final = 0.5
_RETRY_S: Final = 2.0
_TOPIC_PAUSE_S: Final = 0.2
_RECORDS_IN_A_BURST: Final = 200
_ABORT_EVERY: Final = 5


@dataclass(frozen=True, slots=True)
class Stream:
    """One topic and how it is written."""

    topic: str
    partitions: int
    replicas: int
    compression: str | None
    is_transactional: bool = False
    has_keys: bool = True
    min_isr: int = 1


STREAMS: Final = (
    Stream("orders", 6, 3, "lz4", min_isr=2),
    Stream("payments", 3, 3, "zstd", is_transactional=True, min_isr=2),
    Stream("clicks", 12, 2, "gzip", has_keys=False),
    Stream("stock", 4, 2, "snappy"),
    Stream("audit", 1, 1, None),
)


class Traffic:
    """Writes in a thread of its own until it is stopped; a cluster that is partly down only slows it."""

    def __init__(self, bootstrap_servers: str, brokers: int) -> None:
        self._servers = bootstrap_servers
        self._brokers = brokers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox-traffic", daemon=True)
        self._work: Future[None] | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()
        self._work = asyncio.run_coroutine_threadsafe(self._flow(), self._loop)

    def stop(self) -> None:
        """End within a few seconds, whatever the cluster does."""
        if self._work is None:
            self._loop.close()
            return
        self._work.cancel()
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_let_end(), self._loop).result(timeout=3.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self._loop.close()

    async def _flow(self) -> None:
        from aiokafka.errors import KafkaError

        while True:
            with contextlib.suppress(KafkaError, OSError, TimeoutError, SandboxError):
                await write(self._servers, self._brokers, rounds=None)
            await asyncio.sleep(_RETRY_S)


def write_burst(bootstrap_servers: str, brokers: int) -> int:
    """Make the topics and write some hundred records; returns how many."""
    from aiokafka.errors import KafkaError

    rounds = _RECORDS_IN_A_BURST // len(STREAMS)
    try:
        asyncio.run(
            asyncio.wait_for(write(bootstrap_servers, brokers, rounds=rounds, pause_s=0), 3 * _TIMEOUT_S)
        )
    except (KafkaError, OSError, TimeoutError) as error:
        raise SandboxError(f"the sandbox serves, but the traffic could not be written: {error}") from error
    return rounds * len(STREAMS)


async def write(servers: str, brokers: int, *, rounds: int | None, pause_s: float = _PAUSE_S) -> None:
    """One record to every topic a round; None: until cancelled."""
    await _create_topics(servers, brokers)
    async with contextlib.AsyncExitStack() as stack:
        producers = [
            (stream, await stack.enter_async_context(_producer(servers, stream))) for stream in STREAMS
        ]
        for number in itertools.count() if rounds is None else range(rounds):
            await asyncio.gather(*(_write_one(producer, stream, number) for stream, producer in producers))
            await asyncio.sleep(pause_s)


async def _create_topics(servers: str, brokers: int) -> None:
    """Make the topics that are not there; returns when each can be written."""
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(bootstrap_servers=servers, client_id="ktui-sandbox")
    await admin.start()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            while missing := await _not_ready(admin):
                await admin.create_topics(
                    [_new_topic(stream, brokers) for stream in missing], timeout_ms=5_000
                )
                await asyncio.sleep(_TOPIC_PAUSE_S)
    finally:
        await admin.close()


async def _not_ready(admin: Any) -> list[Stream]:
    """Asks for all topics: a question that names one may create it."""
    described = await admin.describe_topics()
    led = {
        topic["topic"]: sum(partition["leader"] >= 0 for partition in topic["partitions"])
        for topic in described
        if not topic["error_code"]
    }
    return [stream for stream in STREAMS if led.get(stream.topic, 0) < 1]


def _new_topic(stream: Stream, brokers: int) -> Any:
    from aiokafka.admin import NewTopic

    return NewTopic(
        stream.topic,
        stream.partitions,
        min(stream.replicas, brokers),
        topic_configs={"min.insync.replicas": str(min(stream.min_isr, brokers))},
    )


def _producer(servers: str, stream: Stream) -> Any:
    from aiokafka import AIOKafkaProducer

    return AIOKafkaProducer(
        bootstrap_servers=servers,
        client_id="ktui-sandbox",
        compression_type=stream.compression,
        transactional_id=f"ktui-sandbox-{stream.topic}" if stream.is_transactional else None,
        acks="all",
        request_timeout_ms=int(_TIMEOUT_S * 1000),
    )


async def _write_one(producer: Any, stream: Stream, number: int) -> None:
    """One record, or one transaction of two; every fifth transaction is aborted."""
    if not stream.is_transactional:
        await producer.send_and_wait(**_record(stream, number))
        return
    await producer.begin_transaction()
    for part in range(2):
        await producer.send_and_wait(**_record(stream, 2 * number + part))
    if number % _ABORT_EVERY == _ABORT_EVERY - 1:
        await producer.abort_transaction()
    else:
        await producer.commit_transaction()


def _record(stream: Stream, number: int) -> dict[str, Any]:
    customer = f"customer-{number * 7 % 40}"
    value = {
        "number": number,
        "customer": customer,
        "what": stream.topic,
        "note": "lorem ipsum " * (number % 4),
    }
    return {
        "topic": stream.topic,
        "key": customer.encode() if stream.has_keys else None,
        "value": json.dumps(value).encode(),
        "headers": list(_headers(stream, number)),
    }


def _headers(stream: Stream, number: int) -> Iterator[tuple[str, bytes]]:
    yield "source", b"ktui-sandbox"
    if number % 3 == 0:
        yield "trace-id", f"{stream.topic}-{number:08x}".encode()


async def _let_end() -> None:
    """Wait for the cancelled tasks of this loop."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.gather(*others, return_exceptions=True)
