"""Recordings of real clusters: what was live is played, also when the recorder is killed, and no secret is in them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.partitions import partitions
from ktui.adapters.rates.keys import CLUSTER
from ktui.adapters.replay.frames import FRAME_HEADER_BYTES, Kind, frame_header, payload_of
from ktui.adapters.replay.metadata_folder import MetadataFolder
from ktui.adapters.replay.player import Player
from ktui.adapters.replay.recording import Recording
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from ktui.adapters.target import Target
from tests.live import Live, is_whole, target

pytestmark = pytest.mark.integration

PATIENCE_S: Final = 60.0
LOOK_S: Final = 0.1
PLANTED: Final = "planted-7f3a"
MINUTES: Final = float(os.environ.get("KTUI_RECORD_MINUTES", "2"))
"""How long faults go on in test-all: an hour is worth a night."""


def target_of(sandbox: Sandbox, *, live_log: bool = False) -> Target:
    whole = target(
        sandbox.bootstrap_servers, controllers=sandbox.bootstrap_controllers, zookeeper=sandbox.zookeeper
    )
    return replace(whole, live_log=live_log)


class Recorder:
    """`ktui record` as a process."""

    def __init__(self, sandbox: Sandbox, path: Path, *more: str) -> None:
        self.path = path
        self.said = path.with_suffix(".said")
        words = ["-b", str(sandbox.bootstrap_servers)]
        words += (
            ["--bootstrap-controller", sandbox.bootstrap_controllers] if sandbox.bootstrap_controllers else []
        )
        words += ["-z", sandbox.zookeeper] if sandbox.zookeeper else []
        command = [sys.executable, "-m", "ktui", "record", str(path), *words, *more]
        self._file = self.said.open("w")
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self._file)

    def end(self, number: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._file.close()
        return code

    def has(self, fact: Callable[[ClusterSnapshot], bool]) -> bool:
        """Whether its file ends with a picture like that."""
        return self.path.exists() and self.path.stat().st_size > 1_000 and fact(end_of(self.path).snapshot)


@contextmanager
def recording(sandbox: Sandbox, path: Path, *more: str) -> Iterator[Recorder]:
    recorder = Recorder(sandbox, path, *more)
    try:
        yield recorder
    finally:
        recorder.end(signal.SIGKILL)


def end_of(path: Path) -> Player:
    player = Player(Recording(path))
    player.seek(player.tape.ends_at)
    return player


def until(fact: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    limit = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < limit, "what was waited for did not come"
        time.sleep(LOOK_S)


def essence(snapshot: ClusterSnapshot) -> dict[str, Any]:
    """What two who look at one cluster at about the same time both see."""
    return {
        "cluster": (snapshot.cluster_id, snapshot.mode, snapshot.metadata_version),
        "controller": snapshot.controller and (snapshot.controller.id, snapshot.controller.epoch),
        "brokers": [(b.id, b.host, b.port, b.rack, b.state) for b in snapshot.brokers],
        "topics": {
            t.name: (
                t.id,
                t.settings.min_isr,
                [(p.leader, p.leader_epoch, p.replicas, p.isr) for p in partitions(t.table)],
            )
            for t in snapshot.topics
        },
    }


def until_same(recorder: Recorder, live: Live, fact: Callable[[ClusterSnapshot], bool] = is_whole) -> None:
    """Wait until what has been recorded is what is live."""
    try:
        until(lambda: recorder.has(lambda s: fact(s) and essence(s) == essence(live.snapshot)))
    except AssertionError:
        recorded, lived = essence(end_of(recorder.path).snapshot), essence(live.snapshot)
        differing = {key: (recorded[key], lived[key]) for key in lived if recorded[key] != lived[key]}
        pytest.fail(f"{recorder.said.read_text()}; recorded and live differ: {differing}")


def plant(sandbox: Sandbox, folder: Path) -> Path:
    """Secrets of every kind that a cluster and its client have; gives the client's own file."""
    admin = AdminClient({"bootstrap.servers": sandbox.bootstrap_servers, "log_level": 0})
    wanted = NewTopic("planted-topic", 3, 3, config={"retention.ms": "123456789"})
    for done in admin.create_topics([wanted]).values():
        done.result(PATIENCE_S)
    if sandbox.zookeeper is None:
        set_secrets(sandbox)
    producer = Producer({"bootstrap.servers": sandbox.bootstrap_servers, "log_level": 0})
    for number in range(200):
        producer.produce("planted-topic", f"{PLANTED}-value-{number}", key=f"{PLANTED}-key")
    producer.flush(PATIENCE_S)
    client = folder / "client.properties"
    client.write_text(
        "security.protocol=PLAINTEXT\nsasl.mechanism=PLAIN\nssl.key.password="
        f"{PLANTED}-key-password\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
        f'required username="u" password="{PLANTED}-client";\n'
    )
    return client


def set_secrets(sandbox: Sandbox, mark: str = "") -> None:
    """A user's password and a setting that brokers take for sensitive, which the metadata log holds in clear."""
    admin = AdminClient({"bootstrap.servers": sandbox.bootstrap_servers, "log_level": 0})
    password = f"{PLANTED}-scram{mark}".encode()
    scram = UserScramCredentialUpsertion(
        "planted-user", ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password
    )
    for user in admin.alter_user_scram_credentials([scram]).values():
        user.result(PATIENCE_S)
    value = f"{PLANTED}-setting{mark}"
    entry = ConfigEntry("plugin.password", value, incremental_operation=AlterConfigOpType.SET)
    broker = ConfigResource(ResourceType.BROKER, "1", incremental_configs=[entry])
    for altered in admin.incremental_alter_configs([broker]).values():
        altered.result(PATIENCE_S)


def unpacked(path: Path) -> bytes:
    """Everything that is in a recording, as it was before compression."""
    data, parts, stream = path.read_bytes(), list[bytes](), zlib.decompressobj()
    for chapter in Recording(path).index.chapters:
        place = chapter.offset
        while (header := frame_header(data, place)) is not None:
            payload = payload_of(data, place, header)
            if payload is None or (place != chapter.offset and header.kind is Kind.STATE):
                break
            if header.kind is Kind.STATE:
                parts.append(zlib.decompress(payload))
                stream = zlib.decompressobj()
            else:
                parts.append(stream.decompress(payload))
            place += FRAME_HEADER_BYTES + header.size
    return b"".join(parts)


def test_a_killed_recorder_leaves_everything_and_no_secret(healed: Sandbox, tmp_path: Path) -> None:
    client = plant(healed, tmp_path)
    path = tmp_path / "real.ktui"
    more = ["-c", str(client)] + ([] if healed.zookeeper else ["--live-log"])

    def is_missing(snapshot: ClusterSnapshot) -> bool:
        return any(broker.id == 2 and broker.state is BrokerState.MISSING for broker in snapshot.brokers)

    with Live(target_of(healed, live_log=not healed.zookeeper)) as live:
        live.wait(is_whole, PATIENCE_S)
        with recording(healed, path, *more) as recorder:
            until(lambda: recorder.has(is_whole))
            if healed.zookeeper is None:
                set_secrets(healed, "-again")
            healed.fault(Fault.KILL, "broker-2")
            live.wait(lambda s: is_missing(s) and s.topics.health.under_replicated > 0, PATIENCE_S)
            until_same(recorder, live, is_missing)
            ended_at = Recording(path).ends_at
            recorder.end(signal.SIGKILL)
        played = end_of(path)
        assert essence(played.snapshot) == essence(live.snapshot)
    assert played.tape.ends_at >= ended_at
    assert not played.tape.is_damaged
    assert played.rates().per_s(CLUSTER) is not None or played.rates().at > 0
    assert any(story.broker == 2 for story in played.timeline())
    played.seek(played.tape.begins_at)
    assert not is_missing(played.snapshot)
    told = unpacked(path)
    assert b"planted-topic" in told
    assert healed.zookeeper or b"plugin.password" in told
    assert PLANTED.encode() not in told
    goes_on_with_it(healed, path)


def goes_on_with_it(sandbox: Sandbox, path: Path) -> None:
    """Another recorder, which is asked to end."""
    before = Recording(path).begins_at
    with recording(sandbox, path) as again:
        until(lambda: "going on with" in again.said.read_text())
        until(lambda: Recording(path).index.chapters[-1].at > before)
        assert again.end(signal.SIGTERM) == 143
        assert "recorded for 0:00:" in again.said.read_text()
    tape = Recording(path)
    assert [chapter.begins_anew for chapter in tape.index.chapters].count(True) == 2
    assert (tape.begins_at, tape.damage) == (before, None)
    assert end_of(path).snapshot.cluster_id is not None


@pytest.mark.kraft
def test_the_clusters_own_log_tells_its_state(cluster: Sandbox) -> None:
    """Of a controller and of a broker, while they write to it; only what happens meanwhile may be ahead of it."""
    with Live(target_of(cluster)) as live:
        live.wait(is_whole, PATIENCE_S)
        for node in ("controller-101", "broker-1"):
            folder = cluster.status().data_dir / "data" / node

            def is_the_same(folder: Path = folder) -> bool:
                player = Player(MetadataFolder(folder))
                player.seek(player.tape.ends_at)
                told, now = essence(player.snapshot), essence(live.snapshot)
                tables = {name: topic[::2] for name, topic in told["topics"].items()}
                lived = {name: topic[::2] for name, topic in now["topics"].items()}
                return told["cluster"] == now["cluster"] and (told["brokers"], tables) == (
                    now["brokers"],
                    lived,
                )

            until(is_the_same)


@pytest.mark.matrix
@pytest.mark.timeout(int(60 * MINUTES + 600))
def test_a_long_run_of_faults_is_in_the_recording(healed: Sandbox, tmp_path: Path) -> None:
    """Once a minute what is live is compared with what has been recorded."""
    path, rng = tmp_path / "long.ktui", random.Random(5)
    nodes = [node.name for node in healed.status().nodes if node.name.startswith(("broker", "controller"))]
    admin = AdminClient({"bootstrap.servers": healed.bootstrap_servers, "log_level": 0})
    ends_at = time.monotonic() + 60 * MINUTES
    with Live(target_of(healed)) as live, recording(healed, path) as recorder:
        live.wait(is_whole, PATIENCE_S)
        number = 0
        while time.monotonic() < ends_at:
            number += 1
            node = rng.choice(nodes)
            for fault in rng.choice(((Fault.KILL, Fault.RESTART), (Fault.HANG, Fault.RESUME))):
                healed.fault(fault, node)
                time.sleep(rng.uniform(1, 12))
            for done in admin.create_topics([NewTopic(f"long-{number}", 3, 3)]).values():
                done.exception(PATIENCE_S)
            live.wait(lambda s: is_whole(s) and not s.topics.health.under_replicated, 2 * PATIENCE_S)
            until_same(recorder, live)
        memory = psutil.Process(recorder.process.pid).memory_info().rss
        recorder.end(signal.SIGKILL)
        assert essence(end_of(path).snapshot) == essence(live.snapshot)
    played = end_of(path)
    assert not played.tape.is_damaged
    seconds = played.tape.ends_at - played.tape.begins_at
    assert seconds > 60 * MINUTES - PATIENCE_S
    size = path.stat().st_size
    sys.stderr.write(
        f"{seconds:.0f} s, {size:,} bytes, {size / seconds:.0f} a second, {memory >> 20} MiB resident\n"
    )
    assert size / seconds < 5_000
