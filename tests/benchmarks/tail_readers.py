"""One way of looking for a key in a whole topic, in a process of its own: `python tail_readers.py WAY SERVERS TOPIC`.

Prints `{"records", "seconds", "resident_mb", "lags"}`: records looked at, from the start to the last one; how late
another thread's loop came round meanwhile (`ktui` only: the place of the screen).
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from tests.benchmarks.process_costs import resident_mb

ABSENT: Final = b"customer-none"
PERIOD_S: Final = 0.004
ENOUGH: Final = 1_500_000
"""Records after which the pace of a slow way is known."""

Told = dict[str, Any]


def ktui(servers: str, topic: str) -> Told:
    """A tail on the feed's thread, as the console runs it, without a limit."""
    from ktui.adapters.feed import Feed
    from ktui.adapters.kafka.tail.start import LiveTail, start_tail
    from ktui.adapters.tail.conditions import KeyIs
    from ktui.adapters.tail.filter import Filter
    from ktui.adapters.tail.spec import TailSpec
    from ktui.adapters.tail.start import EARLIEST
    from ktui.tui.terminal import favour_the_screen
    from tests.live import target

    favour_the_screen()
    spec = TailSpec(
        topic,
        EARLIEST,
        Filter((KeyIs(ABSENT),)),
        follows=False,
        reads_all_partitions=True,
        bytes_per_s=None,
    )
    feed = Feed(target(servers))
    lags: list[tuple[float, float]] = []

    async def watch() -> tuple[LiveTail, float]:
        feed.start(lambda snapshot: None)
        await asyncio.sleep(2)
        started = time.monotonic()
        tail = await asyncio.wrap_future(feed.submit(lambda cluster: start_tail(cluster, spec)))
        while tail.view.stopped is None:
            due = time.monotonic() + PERIOD_S
            await asyncio.sleep(PERIOD_S)
            lags.append((time.monotonic(), time.monotonic() - due))
        return tail, time.monotonic() - started

    tail, seconds = asyncio.run(watch())
    counts = tail.view.counts
    assert (counts.matched, counts.lost, counts.damaged, counts.behind) == (0, 0, 0, 0), tail.view
    return {"records": counts.seen, "seconds": seconds, "lags": lags}


def aiokafka(servers: str, topic: str, at_once: int | None) -> Told:
    """Its consumer with assigned partitions, every key compared."""
    from aiokafka import AIOKafkaConsumer, TopicPartition

    async def read() -> Told:
        consumer = AIOKafkaConsumer(bootstrap_servers=servers, group_id=None, auto_offset_reset="earliest")
        await consumer.start()
        await consumer._client.set_topics([topic])
        partitions = [TopicPartition(topic, index) for index in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        total, seen = min(ENOUGH, sum((await consumer.end_offsets(partitions)).values())), 0
        started = time.monotonic()
        while seen < total:
            for records in (await consumer.getmany(timeout_ms=1_000, max_records=at_once)).values():
                for record in records:
                    if record.key == ABSENT:
                        raise AssertionError(record)
                seen += len(records)
        seconds = time.monotonic() - started
        await consumer.stop()
        return {"records": seen, "seconds": seconds}

    return asyncio.run(read())


def librdkafka(servers: str, topic: str) -> Told:
    """kcat with grep behind it where that is installed, else the same library in large portions from here."""
    kcat = shutil.which("kcat") or shutil.which("kafkacat")
    if kcat is None:
        return _consume(servers, topic)
    started = time.monotonic()
    reading = subprocess.Popen(
        [kcat, "-C", "-b", servers, "-t", topic, "-o", "beginning", "-e", "-q", "-K", ":"],
        stdout=subprocess.PIPE,
    )
    searching = subprocess.run(["grep", "-c", "^" + ABSENT.decode() + ":"], stdin=reading.stdout, check=False)
    assert reading.wait() == 0
    assert searching.returncode == 1
    return {"records": None, "seconds": time.monotonic() - started, "what": "kcat | grep"}


def _consume(servers: str, topic: str) -> Told:
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({
        "bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False,
        "queued.min.messages": 1_000_000, "fetch.queue.backoff.ms": 1, "auto.offset.reset": "earliest",
    })  # fmt: skip
    indexes = consumer.list_topics(topic).topics[topic].partitions
    partitions = [TopicPartition(topic, index, 0) for index in indexes]
    total = sum(consumer.get_watermark_offsets(partition)[1] for partition in partitions)
    consumer.assign(partitions)
    started, seen = time.monotonic(), 0
    while seen < total:
        messages = consumer.consume(5_000, timeout=1.0)
        assert all(message.key() != ABSENT for message in messages)
        seen += len(messages)
    return {"records": seen, "seconds": time.monotonic() - started, "what": "librdkafka consume"}


WAYS: Final[dict[str, Callable[[str, str], Told]]] = {
    "ktui": ktui,
    "aiokafka": lambda servers, topic: aiokafka(servers, topic, None),
    "aiokafka-500": lambda servers, topic: aiokafka(servers, topic, 500),
    "librdkafka": librdkafka,
}


def main() -> None:
    """Read, and print what it took."""
    way, servers, topic = sys.argv[1:]
    before = time.process_time()
    found = WAYS[way](servers, topic)
    found["resident_mb"] = resident_mb(os.getpid())
    found["cpu_s"] = time.process_time() - before
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
