"""Makes the recording that `ktui demo` plays, on a real sandbox cluster: `python3 dev.py demo`.

Broker 2 is killed, the active controller is killed, broker 3 hangs so long that it is fenced, and all come back, while
records are written at rates that rise and fall.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from confluent_kafka import ElectionType, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from ktui.adapters.replay.session import Session, recording_session
from ktui.adapters.replay.writer import RecordingFile
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault, Mode, SandboxSpec
from tests.live import is_whole, target

FILE: Final = Path(__file__).parent.parent / "adapters" / "replay" / "demo.ktui"
FOLDER: Final = Path("/tmp/ktui-demo")
LIMIT_BYTES: Final = 50_000_000
PATIENCE_S: Final = 120.0
STEP_S: Final = 0.1
VALUES: Final = {"payments": 260, "orders": 180, "clicks": 90, "stock": 60, "audit": 400, "invoices": 320}
TOPICS: Final = (
    NewTopic("payments", 6, 3, config={"min.insync.replicas": "2"}),
    NewTopic("orders", 6, 3, config={"min.insync.replicas": "2", "retention.ms": "604800000"}),
    NewTopic("clicks", 12, 2, config={"retention.ms": "86400000"}),
    NewTopic("stock", 4, 3, config={"cleanup.policy": "compact"}),
    NewTopic("audit", 1, 3, config={"min.insync.replicas": "2"}),
)


def rate(topic: str, second: float) -> float:
    """Records a second: waves of different length, and one job that runs now and then."""
    match topic:
        case "payments":
            return 420 + 260 * math.sin(second / 9)
        case "orders":
            return 180 + 60 * math.sin(second / 14 + 1)
        case "clicks":
            return 650 + 350 * math.sin(second / 25)
        case "stock":
            return 300.0 if second % 40 < 8 else 0.0
        case "audit":
            return 12.0
        case _:
            return 25.0 if second > 20 else 0.0


class Traffic(threading.Thread):
    """Writes until it is stopped; what cannot be written is given up."""

    def __init__(self, servers: str) -> None:
        super().__init__(name="demo-traffic", daemon=True)
        self.started_at = time.monotonic()
        self._ends = threading.Event()
        self._producer = Producer(
            {
                "bootstrap.servers": servers, "acks": "all", "linger.ms": 20, "log_level": 0,
                "compression.type": "lz4", "message.timeout.ms": 20_000, "topic.metadata.refresh.interval.ms": 2_000,
            }
        )  # fmt: skip

    def run(self) -> None:
        owed = dict.fromkeys(VALUES, 0.0)
        number = 0
        while not self._ends.wait(STEP_S):
            for topic, size in VALUES.items():
                owed[topic] += rate(topic, time.monotonic() - self.started_at) * STEP_S
                while owed[topic] >= 1:
                    owed[topic] -= 1
                    number += 1
                    self._write(topic, number, size)
            self._producer.poll(0)

    def _write(self, topic: str, number: int, size: int) -> None:
        value = f"{number:08x}".encode() * (size // 8)
        try:
            self._producer.produce(topic, value, key=f"customer-{number % 997}".encode())
        except BufferError:
            self._producer.poll(STEP_S)

    def stop(self) -> None:
        self._ends.set()
        self.join(5)


class Director:
    """Goes through the story; moments are seconds since the recording began."""

    def __init__(self, sandbox: Sandbox, session: Session, admin: AdminClient) -> None:
        self._sandbox, self._session, self._admin = sandbox, session, admin
        self._began = time.monotonic()

    async def play(self) -> None:
        await self.at(14)
        await asyncio.to_thread(self._create, {"invoices": "2"})
        await self.at(34)
        await self.fault(Fault.KILL, "broker-2")
        await self.at(48)
        leader = self._session.snapshot.controller
        assert leader is not None
        await self.fault(Fault.KILL, f"controller-{leader.id}")
        await self.at(62)
        await self.fault(Fault.HANG, "broker-3")
        await self.at(86)
        await self.fault(Fault.RESUME, "broker-3")
        await self.fault(Fault.RESTART, f"controller-{leader.id}")
        await self.at(98)
        await self.fault(Fault.RESTART, "broker-2")
        await until(lambda: not self._session.snapshot.topics.health.under_replicated)
        await self.at(122)
        await asyncio.to_thread(self._balance)
        await until(lambda: not self._session.snapshot.faults)
        await self.at(150)

    async def at(self, second: float) -> None:
        await asyncio.sleep(max(0.0, self._began + second - time.monotonic()))

    async def fault(self, what: Fault, node: str) -> None:
        await asyncio.to_thread(self._sandbox.fault, what, node)

    def _balance(self) -> None:
        """Every partition is led by its preferred replica again."""
        self._admin.elect_leaders(ElectionType.PREFERRED).result(PATIENCE_S)

    def _create(self, topics: Mapping[str, str]) -> None:
        made = [NewTopic(name, 6, 3, config={"min.insync.replicas": least}) for name, least in topics.items()]
        for future in self._admin.create_topics(made).values():
            future.result(PATIENCE_S)


async def until(fact: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE_S / STEP_S)):
        if fact():
            return
        await asyncio.sleep(STEP_S)
    raise TimeoutError("what was waited for did not come")


async def record(sandbox: Sandbox, admin: AdminClient, path: Path) -> None:
    whole = target(sandbox.bootstrap_servers, controllers=sandbox.bootstrap_controllers)
    file = RecordingFile(path, limit_bytes=LIMIT_BYTES)
    async with recording_session(replace(whole, live_log=True), file, "demo") as session:
        await session.connect()
        await until(lambda: is_whole(session.snapshot) and bool(session.snapshot.sizes.by_topic))
        await asyncio.sleep(8)
        recording = asyncio.create_task(session.record(lambda: None))
        await Director(sandbox, session, admin).play()
        recording.cancel()


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    sandbox = Sandbox(SandboxSpec(Mode.KRAFT, FOLDER), print, is_guarded=True)
    fresh = FILE.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    try:
        servers = sandbox.up().bootstrap_servers
        admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
        for future in admin.create_topics(list(TOPICS)).values():
            future.result(PATIENCE_S)
        traffic = Traffic(servers)
        traffic.start()
        asyncio.run(record(sandbox, admin, fresh))
        traffic.stop()
    finally:
        sandbox.down(deletes_data=True)
    fresh.chmod(0o644)
    fresh.replace(FILE)
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
