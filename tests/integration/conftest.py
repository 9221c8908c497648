"""Clusters that the tests share: one of each kind, one kind at a time, started when the first test needs it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.independent import Librdkafka

FIXTURE_OF: Final = {Mode.KRAFT: "kraft", Mode.ZOOKEEPER: "zookeeper_cluster"}
HEAL_TIMEOUT_S: Final = 90.0
ASK_TIMEOUT_S: Final = 5.0
ASK_PAUSE_S: Final = 0.2


class SharedSandboxes:
    """At most one is running; asking for the other kind ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current: Sandbox | None = None
        self._mode: Mode | None = None

    def of(self, mode: Mode) -> Sandbox:
        """The running sandbox of this kind."""
        if self._current is None or mode is not self._mode:
            self.stop()
            self._current = Sandbox(SandboxSpec(mode, self._folder / mode), is_guarded=True)
            self._mode = mode
            self._current.up()
        return self._current

    def stop(self) -> None:
        """End whichever runs."""
        if self._current is not None:
            self._current.down(deletes_data=True)
            self._current = None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of `cluster` on the kinds it is marked for, or on both."""
    if "cluster" not in metafunc.fixturenames:
        return
    named = [mode for mode in Mode if metafunc.definition.get_closest_marker(mode)]
    kinds = [pytest.param(mode, id=mode, marks=getattr(pytest.mark, mode)) for mode in named or Mode]
    metafunc.parametrize("cluster", kinds, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for a cluster by its name."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        for mode, fixture in FIXTURE_OF.items():
            if fixture in names:
                item.add_marker(getattr(pytest.mark, mode))
        if "sandboxes" in names:
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSandboxes]:
    """What the clusters come from; ends the last one."""
    folder = tmp_path_factory.mktemp("sandboxes")
    shared = SharedSandboxes(folder)
    yield shared
    shared.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def kraft(sandboxes: SharedSandboxes) -> Sandbox:
    """Three brokers and three controllers."""
    return sandboxes.of(Mode.KRAFT)


@pytest.fixture(scope="session")
def zookeeper_cluster(sandboxes: SharedSandboxes) -> Sandbox:
    """Three brokers and one ZooKeeper."""
    return sandboxes.of(Mode.ZOOKEEPER)


@pytest.fixture
def cluster(request: pytest.FixtureRequest, sandboxes: SharedSandboxes) -> Sandbox:
    """Each kind in turn."""
    return sandboxes.of(request.param)


@pytest.fixture
def healed(cluster: Sandbox) -> Iterator[Sandbox]:
    """A cluster that the test may harm: whole and in sync before, and again afterwards."""
    heal(cluster)
    yield cluster
    heal(cluster)


def heal(cluster: Sandbox) -> None:
    """Bring back every node, then wait until every replica is in sync."""
    cluster.up()
    client = AdminClient({"bootstrap.servers": cluster.bootstrap_servers, "log_level": 0})
    until = time.monotonic() + HEAL_TIMEOUT_S
    while (short := out_of_sync(client)) is None or short:
        if time.monotonic() > until:
            pytest.fail(f"not in sync after {HEAL_TIMEOUT_S:.0f} s: {short or 'no answer'}")
        time.sleep(ASK_PAUSE_S)


def out_of_sync(client: AdminClient) -> list[str] | None:
    """Partitions with a replica that is not in sync, or without a leader; None: no answer."""
    try:
        topics = client.list_topics(timeout=ASK_TIMEOUT_S).topics
    except KafkaException:
        return None
    return [
        f"{topic.topic}-{partition.id}"
        for topic in topics.values()
        for partition in topic.partitions.values()
        if partition.leader < 0 or set(partition.isrs) != set(partition.replicas)
    ]


@pytest.fixture
def new_topic(cluster: Sandbox) -> Iterator[Callable[..., str]]:
    """Makes topics that are gone afterwards."""
    client, made = Librdkafka(cluster.bootstrap_servers), []

    def make(partitions: int = 1, replicas: int = 3, **settings: str) -> str:
        name = f"tail-{uuid4().hex[:8]}"
        client.create(
            name, partitions, replicas, settings={k.replace("_", "."): v for k, v in settings.items()}
        )
        made.append(name)
        return name

    yield make
    for name in made:
        client.delete(name)
