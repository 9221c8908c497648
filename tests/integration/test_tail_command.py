"""`ktui tail` as a process, on real clusters: what it prints, how it ends, and how it treats who reads it."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import Librdkafka, wait_until
from tests.integration.test_tail import write_of_every_kind
from tests.tails import Pen, Sent, as_sent, assert_same, read, whole

pytestmark = pytest.mark.integration
ROOT: Final = Path(__file__).resolve().parents[2]


def tail(cluster: Sandbox, *words: str) -> list[str]:
    return [sys.executable, "-m", "ktui", "tail", "-b", cluster.bootstrap_servers, *words]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / ".src")}


def run(cluster: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tail(cluster, *words), env=environment(), capture_output=True, text=True, timeout=120, check=False
    )


def begin(cluster: Sandbox, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        tail(cluster, *words), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def as_bytes(told: Any) -> bytes | None:
    if told is None:
        return None
    return base64.b64decode(told["base64"]) if isinstance(told, dict) else str(told).encode()


def sent_of(line: str) -> Sent:
    record = json.loads(line)
    headers = tuple(((as_bytes(name) or b"").decode(), as_bytes(value)) for name, value in record["headers"])
    key, value = as_bytes(record["key"]), as_bytes(record["value"])
    size = sum(map(len, (key or b"", value or b"", *(name.encode() for name, _ in headers))))
    assert record["size"] == size + sum(len(one or b"") for _, one in headers)
    return Sent(record["partition"], record["offset"], key, value, headers)


def test_json_of_every_kind(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(4)
    sent = write_of_every_kind(cluster, name, 100)
    done = run(cluster, name, "--json")
    assert done.returncode == 0, done.stderr
    found = [sent_of(line) for line in done.stdout.splitlines()]
    assert sorted(found, key=lambda one: one[:2]) == sorted(sent, key=lambda one: one[:2])
    summary = json.loads(done.stderr)
    assert (summary["seen"], summary["matched"], summary["dropped"]) == (len(sent), len(sent), 0)
    assert (summary["stopped"], summary["complete"], summary["partitions"]) == ("end", True, 4)
    assert summary["partitions_read"] == [0, 1, 2, 3]
    one = run(cluster, name, "--key", "key-9", "--max", "2", "--partition", "0-3")
    assert (one.returncode, len(one.stdout.splitlines())) == (0, 2)
    assert all("  key-9  " in line for line in one.stdout.splitlines())
    assert "2 records have matched" in one.stderr


@pytest.mark.kraft
def test_how_it_ends(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(2)
    pen = Pen(cluster.bootstrap_servers, name)
    done = threading.Event()

    def write() -> None:
        while not done.wait(0.1):
            pen.write(b"k", b"v")

    writing = threading.Thread(target=write)
    writing.start()
    with begin(cluster, name, "-f", "--json") as following:
        assert following.stdout is not None
        told = [following.stdout.readline() for _ in range(3)]
        following.send_signal(signal.SIGINT)
        rest, errors = following.communicate(timeout=60)
    done.set()
    writing.join()
    pen.flush()
    assert following.returncode == 130
    summary = json.loads(errors)
    assert (summary["stopped"], summary["matched"]) == ("interrupt", len(told) + len(rest.splitlines()))
    with begin(cluster, name, "-f", "--from", "earliest") as following:
        assert following.stdout is not None
        following.stdout.readline()
        Librdkafka(cluster.bootstrap_servers).delete(name)
        _, errors = following.communicate(timeout=60)
    assert following.returncode == 1
    assert f"The topic {name} was deleted." in errors
    absent = run(cluster, name)
    assert (absent.returncode, absent.stdout) == (1, "")
    assert absent.stderr == f"ktui: There is no topic {name}, or this principal may not see it.\n"


@pytest.mark.kraft
def test_who_reads_slowly_or_not_at_all(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(3, 1)
    pen = Pen(cluster.bootstrap_servers, name, **{"compression.type": "lz4"})
    for number in range(20_000):
        pen.write(b"k%d" % number, b"v" * 1_000)
    pen.flush()
    with begin(cluster, name, "--json") as stalled:
        assert stalled.stdout is not None
        lines = [stalled.stdout.readline()]
        process, seen = psutil.Process(stalled.pid), -1
        while (now := process.io_counters().write_chars) != seen:
            seen = now
            time.sleep(1.0)
        assert process.memory_info().rss < 150_000_000
        lines += stalled.stdout.readlines()
        assert json.loads(stalled.stderr.read() if stalled.stderr else "")["matched"] == 20_000
    assert stalled.returncode == 0
    assert sorted(map(sent_of, lines)) == sorted(pen.sent)
    with begin(cluster, name) as closed:
        assert closed.stdout is not None
        closed.stdout.readline()
        closed.stdout.close()
        assert closed.wait(60) == 0
        assert closed.stderr is not None
        assert closed.stderr.read() == ""
    with begin(cluster, name) as held:
        assert held.stdout is not None
        held.stdout.readline()
        wait_until(lambda: psutil.Process(held.pid).status() == psutil.STATUS_SLEEPING, 30, "it waits")
        held.send_signal(signal.SIGTERM)
        assert held.wait(30) == 143


@pytest.mark.kraft
def test_copying_with_produce(cluster: Sandbox, new_topic: Callable[..., str], tmp_path: Path) -> None:
    source, copy = new_topic(3), new_topic(3)
    sent = write_of_every_kind(cluster, source, 40)
    env = {**environment(), "XDG_STATE_HOME": str(tmp_path)}
    produce = [
        sys.executable, "-m", "ktui", "produce", "-b", cluster.bootstrap_servers, copy, "--json", "--keep-partition",
    ]  # fmt: skip
    with subprocess.Popen(
        tail(cluster, source, "--json"), env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reading:
        done = subprocess.run(
            produce, env=env, stdin=reading.stdout, capture_output=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    found = [as_sent(record)._replace(offset=0) for record in read(cluster, whole(copy)).window]
    assert sorted(map(repr, found)) == sorted(repr(one._replace(offset=0)) for one in sent)
    assert_same(read(cluster, whole(source)), sent)
