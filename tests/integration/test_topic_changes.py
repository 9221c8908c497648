"""Topics created and deleted on real clusters of both kinds; an independent client says what is there."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from ktui.adapters.addresses import parse_addresses
from ktui.adapters.errors import Refused
from ktui.adapters.once import open_cluster
from ktui.adapters.operate.definition import load_definition
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.plan import OutcomeState
from ktui.adapters.operate.pool_ground import PoolGround
from ktui.adapters.operate.watch import Patience
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault, Mode, SandboxSpec
from ktui.adapters.target import Target

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
KINDS = [
    pytest.param(Mode.KRAFT, marks=pytest.mark.kraft),
    pytest.param(Mode.ZOOKEEPER, marks=pytest.mark.zookeeper),
]


@dataclass
class Real:
    """A real cluster of two brokers, ktui on it, and librdkafka beside it."""

    sandbox: Sandbox
    folder: Path
    address: str

    def ktui(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ktui", *words, "-b", self.address],
            env={**os.environ, "PYTHONPATH": str(ROOT / ".src"), "XDG_STATE_HOME": str(self.folder / "state")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.address})

    def topics(self) -> dict[str, list[list[int]]]:
        """Replicas by partition, by topic, as librdkafka sees them now."""
        seen = self.admin.list_topics(timeout=20).topics
        return {
            name: [topic.partitions[index].replicas for index in sorted(topic.partitions)]
            for name, topic in seen.items()
        }

    def audit(self) -> list[dict[str, object]]:
        path = self.folder / "state" / "ktui" / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    @property
    def target(self) -> Target:
        return Target(bootstrap_servers=parse_addresses(self.address, "test"), timeout_s=20.0)

    def create_elsewhere(self, name: str, partitions: int = 1) -> None:
        for made in self.admin.create_topics([NewTopic(name, partitions, 2)], operation_timeout=20).values():
            made.result(30)
        until(lambda: name in self.topics())

    def delete_elsewhere(self, name: str) -> None:
        for gone in self.admin.delete_topics([name], operation_timeout=20).values():
            gone.result(30)
        until(lambda: name not in self.topics())


def until(holds: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for a fact."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


@pytest.fixture(scope="module", params=KINDS)
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    folder = tmp_path_factory.mktemp("topic-changes")
    properties = {"auto.create.topics.enable": "true"}
    spec = SandboxSpec(request.param, folder / "sandbox", brokers=2, controllers=1, properties=properties)
    sandbox = Sandbox(spec, lambda text: None, is_guarded=True)
    try:
        status = sandbox.up()
        yield Real(sandbox, folder, status.bootstrap_servers)
    finally:
        sandbox.down(deletes_data=True)


def test_created_as_asked_and_deleted(real: Real) -> None:
    words = ("--partitions", "3", "--replication-factor", "2", "--config", "retention.ms=3600000")
    made = real.ktui("topic", "create", "made", *words, "--config", "min.insync.replicas=1")
    assert (made.returncode, made.stdout) == (0, "Created made: 3 partitions, replication factor 2.\n"), made.stderr
    assert [sorted(replicas) for replicas in real.topics()["made"]] == [[1, 2]] * 3
    resource = ConfigResource(ResourceType.TOPIC, "made")
    configs = real.admin.describe_configs([resource])[resource].result(20)
    assert configs["retention.ms"].value == "3600000"

    gone = real.ktui("topic", "delete", "made", "--confirm", "made")
    assert (gone.returncode, gone.stdout) == (0, "Deleted made.\n"), gone.stderr
    until(lambda: "made" not in real.topics())
    lines = [line for line in real.audit() if line["topic"] == "made"]
    assert [(line["operation"], line["phase"], line.get("outcome")) for line in lines] == [
        ("create-topic", "intent", None),
        ("create-topic", "result", "done"),
        ("delete-topic", "intent", None),
        ("delete-topic", "result", "done"),
    ]


def test_the_definition_of_a_deleted_topic_makes_the_same_topic(real: Real) -> None:
    words = ("--partitions", "4", "--replication-factor", "2", "--config", "cleanup.policy=compact")
    assert real.ktui("topic", "create", "again", *words).returncode == 0
    assert real.ktui("topic", "delete", "again", "--confirm", "again").returncode == 0
    saved = real.audit()[-2]["parameters"]
    assert isinstance(saved, dict)
    spec = load_definition(Path(saved["saved_to"]))
    assert (spec.partitions, spec.replication_factor, spec.configs) == (4, 2, {"cleanup.policy": "compact"})


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["create", "big", "--replication-factor", "5"], 1, "replication factor 5 is refused"),
        (["create", "taken"], 1, "A topic taken exists already"),
        (["create", "taken.too"], 1, "collides with the topic taken_too"),
        (["create", "bad name"], 2, "has space"),
        (["create", "odd", "--config", "retention.ms=soon"], 1, "configuration is refused"),
        (["create", "odd", "--config", "no.such.thing=1"], 1, "configuration is refused"),
        (["create", "odd", "--replica-assignment", "1:77"], 1, "was not created"),
        (["create", "fine", "--read-only"], 3, "Read-only"),
        (["create", "fine", "--expect-cluster-id", "other"], 3, "other"),
        (["delete", "taken"], 3, "was not confirmed"),
        (["delete", "taken", "--confirm", "takn"], 3, "fits none"),
        (["delete", "taken", "--confirm", "taken", "--read-only"], 3, "Read-only"),
        (["delete", "nope", "--confirm", "nope"], 1, "no topic nope"),
        (["delete", "taken", "nope", "--confirm", "taken", "--confirm", "nope"], 1, "no topic nope"),
        (["describe", "nope"], 1, "no topic nope"),
    ],
)
def test_refused_in_one_sentence_and_nothing_changed(
    real: Real, words: list[str], code: int, sentence: str
) -> None:
    if "taken" not in real.topics():
        real.create_elsewhere("taken")
        real.create_elsewhere("taken_too")
    before = real.topics()
    done = real.ktui("topic", *words)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ""
    told = [line for line in done.stderr.splitlines() if not line.startswith("ktui: note:")]
    assert len(told) == 1
    assert sentence in told[0]
    assert real.topics() == before


def test_validate_only_changes_nothing(real: Real) -> None:
    before = real.topics()
    done = real.ktui("topic", "create", "tried", "--partitions", "2", "--replication-factor", "2", "--validate-only")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "tried could be created with 2 partitions and replication factor 2; nothing was created.\n"
    refused = real.ktui("topic", "create", "tried", "--replication-factor", "9", "--validate-only")
    assert refused.returncode == 1
    assert real.topics() == before


def test_what_is_listed_and_described_is_what_an_independent_client_sees(real: Real) -> None:
    real.create_elsewhere("seen", 3)
    told = real.ktui("topic", "describe", "seen", "--json")
    (topic,) = json.loads(told.stdout)["topics"]
    seen = real.admin.list_topics("seen", timeout=20).topics["seen"].partitions
    assert [(p["leader"], p["replicas"], sorted(p["isr"])) for p in topic["partitions"]] == [
        (seen[index].leader, seen[index].replicas, sorted(seen[index].isrs)) for index in range(3)
    ]
    assert [(p["earliest"], p["latest"]) for p in topic["partitions"]] == [(0, 0)] * 3
    assert {"name", "value", "source", "sensitive"} == set(topic["configs"][0])
    listed = json.loads(real.ktui("topic", "list", "--json").stdout)["topics"]
    assert [one["name"] for one in listed] == sorted(real.topics())
    assert next(one for one in listed if one["name"] == "seen")["size_bytes"] == 0


async def test_a_topic_made_anew_while_the_name_is_typed_survives(real: Real, tmp_path: Path) -> None:
    await asyncio.to_thread(real.create_elsewhere, "race")
    async with open_cluster(real.target) as cluster:
        await cluster.snapshot()
        paths = Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")
        operator = Operator(PoolGround(cluster.pool), real.target, paths=paths)
        plan = await operator.plan_delete("race")
        await asyncio.to_thread(real.delete_elsewhere, "race")
        await asyncio.to_thread(real.create_elsewhere, "race", 2)
        with pytest.raises(Refused, match="left alone"):
            await operator.apply(plan, confirmed_name="race")
    assert len(real.topics()["race"]) == 2


def test_a_question_about_a_topic_never_creates_it(real: Real) -> None:
    for words in (["describe", "ghost"], ["delete", "ghost", "--confirm", "ghost"]):
        assert real.ktui("topic", *words).returncode == 1
    assert "ghost" not in real.topics()


async def test_with_a_broker_down_only_zookeeper_mode_queues_a_deletion(real: Real, tmp_path: Path) -> None:
    await asyncio.to_thread(real.create_elsewhere, "stuck", 2)
    is_kraft = real.sandbox.status().mode is Mode.KRAFT
    real.sandbox.fault(Fault.STOP, "broker-2")
    try:
        async with open_cluster(real.target) as cluster:
            await cluster.snapshot()
            paths = Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")
            patience = Patience(wait_s=3.0)
            operator = Operator(PoolGround(cluster.pool), real.target, paths=paths, patience=patience)
            plan = await operator.plan_delete("stuck")
            assert any("roker 2 is down" in warning for warning in plan.warnings)
            outcome = await operator.apply(plan, confirmed_name="stuck")
            if is_kraft:
                assert outcome.state is OutcomeState.DONE
                return
            assert outcome.state is OutcomeState.QUEUED, outcome
            assert "broker 2 is down" in outcome.sentence
            again = await asyncio.to_thread(real.ktui, "topic", "create", "stuck")
            assert again.returncode == 1
            assert "still being deleted" in again.stderr
            await asyncio.to_thread(real.sandbox.fault, Fault.RESTART, "broker-2")
            ground = PoolGround(cluster.pool)
            deadline = time.monotonic() + 60
            while await ground.is_marked_for_deletion("stuck"):
                assert time.monotonic() < deadline, "the deletion did not finish by itself"
                await asyncio.sleep(0.2)
    finally:
        await asyncio.to_thread(real.sandbox.fault, Fault.RESTART, "broker-2")
