"""Topics created and deleted on real clusters of both kinds; an independent client says what is there."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, KafkaException

from ktui.adapters.errors import Refused
from ktui.adapters.once import open_cluster
from ktui.adapters.operate.definition import load_definition
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.plan import OutcomeState
from ktui.adapters.operate.pool_ground import PoolGround
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.operate.watch import Patience, watch_deleted
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault, Mode, SandboxSpec
from tests.independent import Librdkafka, wait_until
from tests.live import target

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 60.0


@dataclass
class Real:
    """A real cluster, `ktui topic` on it with a state folder of its own, and librdkafka beside it."""

    cluster: Sandbox
    state: Path
    client: Librdkafka

    @staticmethod
    def of(cluster: Sandbox, state: Path) -> Real:
        return Real(cluster, state, Librdkafka(cluster.bootstrap_servers))

    def ktui(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ktui", "topic", *words, "-b", self.cluster.bootstrap_servers],
            env={**os.environ, "PYTHONPATH": str(ROOT / ".src"), "XDG_STATE_HOME": str(self.state)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def replicas(self) -> dict[tuple[str, int], tuple[int, ...]]:
        """Of every partition, as librdkafka sees it now."""
        return {key: seen.replicas for key, seen in self.client.look().partitions.items()}

    def audit(self) -> list[dict[str, object]]:
        path = self.state / "ktui" / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    @property
    def paths(self) -> Paths:
        return Paths(self.state / "audit.jsonl", self.state / "deleted")


@pytest.fixture
def real(cluster: Sandbox, tmp_path: Path) -> Real:
    return Real.of(cluster, tmp_path)


@pytest.fixture
def harmed(healed: Sandbox, tmp_path: Path) -> Real:
    return Real.of(healed, tmp_path)


def test_created_as_asked_and_deleted(real: Real) -> None:
    words = ("--partitions", "3", "--replication-factor", "2", "--config", "retention.ms=3600000")
    made = real.ktui("create", "made", *words, "--config", "min.insync.replicas=1")
    assert (made.returncode, made.stdout) == (0, "Created made: 3 partitions, replication factor 2.\n"), (
        made.stderr
    )
    assert [len(seen.replicas) for seen in real.client.topic("made").values()] == [2] * 3
    assert real.client.settings("made") == {"retention.ms": "3600000", "min.insync.replicas": "1"}

    gone = real.ktui("delete", "made", "--confirm", "made")
    assert (gone.returncode, gone.stdout) == (0, "Deleted made.\n"), gone.stderr
    wait_until(lambda: not real.client.topic("made"), WITHIN_S, "librdkafka sees it gone")
    assert [(line["operation"], line["phase"], line.get("outcome")) for line in real.audit()] == [
        ("create-topic", "intent", None),
        ("create-topic", "result", "done"),
        ("delete-topic", "intent", None),
        ("delete-topic", "result", "done"),
    ]


def test_the_definition_of_a_deleted_topic_makes_the_same_topic(real: Real) -> None:
    real.client.create("again", 4, 2, settings={"cleanup.policy": "compact"})
    assert real.ktui("delete", "again", "--confirm", "again").returncode == 0
    saved = real.audit()[-2]["parameters"]
    assert isinstance(saved, dict)
    spec = load_definition(Path(saved["saved_to"][0]))
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
    for name in ("taken", "taken_too"):
        if not real.client.topic(name):
            real.client.create(name)
    before = real.replicas()
    done = real.ktui(*words)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ""
    told = [line for line in done.stderr.splitlines() if not line.startswith("ktui: note:")]
    assert len(told) == 1
    assert sentence in told[0]
    assert real.replicas() == before


def test_validate_only_changes_nothing(real: Real) -> None:
    before = real.replicas()
    done = real.ktui("create", "tried", "--partitions", "2", "--replication-factor", "2", "--validate-only")
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout
        == "tried could be created with 2 partitions and replication factor 2; nothing was created.\n"
    )
    refused = real.ktui("create", "tried", "--replication-factor", "9", "--validate-only")
    assert refused.returncode == 1
    assert real.replicas() == before


def test_what_is_listed_and_described_is_what_an_independent_client_sees(real: Real) -> None:
    real.client.create("seen", 3, 2)
    told = real.ktui("describe", "seen", "--json")
    (topic,) = json.loads(told.stdout)["topics"]
    seen = real.client.topic("seen")
    assert [(p["leader"], tuple(p["replicas"]), frozenset(p["isr"])) for p in topic["partitions"]] == [
        (seen[index].leader, seen[index].replicas, seen[index].isr) for index in range(3)
    ]
    assert [(p["earliest"], p["latest"]) for p in topic["partitions"]] == [(0, 0)] * 3
    assert set(topic["configs"][0]) == {"name", "value", "source", "sensitive"}
    listed = json.loads(real.ktui("list", "--json").stdout)["topics"]
    assert {one["name"] for one in listed} == real.client.look().topics
    assert next(one for one in listed if one["name"] == "seen")["size_bytes"] in (0, None)
    real.client.delete("seen")


async def test_a_topic_made_anew_while_the_name_is_typed_survives(real: Real) -> None:
    await asyncio.to_thread(real.client.create, "race")
    of = target(real.cluster.bootstrap_servers)
    async with open_cluster(of) as cluster:
        await cluster.snapshot()
        operator = Operator(PoolGround(cluster.pool), of, paths=real.paths)
        plan = await operator.plan(DeleteTopic("race"))
        await asyncio.to_thread(real.client.delete, "race")
        await asyncio.to_thread(wait_until, lambda: is_taken(real.client, "race", 2), WITHIN_S, "made anew")
        with pytest.raises(Refused, match="left alone"):
            await operator.apply(plan, typed="race")
    assert len(real.client.topic("race")) == 2
    real.client.delete("race")


async def test_with_a_broker_down_only_zookeeper_mode_queues_a_deletion(harmed: Real) -> None:
    assignment = [[1, 2], [2, 3], [3, 1]]
    await asyncio.to_thread(lambda: harmed.client.create("stuck", assignment=assignment))
    await asyncio.to_thread(harmed.cluster.fault, Fault.STOP, "broker-2")
    of = target(harmed.cluster.bootstrap_servers)
    async with open_cluster(of) as cluster:
        await cluster.snapshot()
        ground = PoolGround(cluster.pool)
        operator = Operator(ground, of, paths=harmed.paths, patience=Patience(wait_s=3.0))
        plan = await operator.plan(DeleteTopic("stuck"))
        assert any("roker 2 is down" in warning for warning in plan.warnings), plan.warnings
        outcome = await operator.apply(plan, typed="stuck")
        if plan.mode == Mode.KRAFT:
            assert outcome.state is OutcomeState.DONE
            return
        assert outcome.state is OutcomeState.QUEUED, outcome
        assert "broker 2 is down" in outcome.sentence
        again = await asyncio.to_thread(harmed.ktui, "create", "stuck")
        assert (again.returncode, "still being deleted" in again.stderr) == (1, True), again.stderr
        await asyncio.to_thread(harmed.cluster.fault, Fault.RESTART, "broker-2")
        patience = Patience(wait_s=WITHIN_S)
        finished = await watch_deleted(ground, "stuck", plan.impact.topic_id, [2], patience)
        assert finished.is_gone, finished.reason


async def test_a_controller_that_moves_in_between_is_found_again(harmed: Real) -> None:
    of = target(harmed.cluster.bootstrap_servers)
    async with open_cluster(of) as cluster:
        snapshot = await cluster.snapshot()
        operator = Operator(PoolGround(cluster.pool), of, paths=harmed.paths)
        plan = await operator.plan(CreateTopic("moved", 3, 2))
        assert snapshot.controller is not None
        kind = "controller" if plan.mode == Mode.KRAFT else "broker"
        await asyncio.to_thread(harmed.cluster.fault, Fault.KILL, f"{kind}-{snapshot.controller.id}")
        outcome = await operator.apply(plan)
    assert outcome.topic is not None, outcome
    assert set(harmed.client.topic("moved")) == {0, 1, 2}
    harmed.client.delete("moved")


def is_taken(client: Librdkafka, name: str, partitions: int) -> bool:
    """Create it; False while a topic of that name is still being deleted (ZooKeeper mode)."""
    try:
        client.create(name, partitions)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
        return False
    return True


@pytest.mark.matrix
@pytest.mark.parametrize("mode", list(Mode))
def test_a_question_about_a_topic_never_creates_it(mode: Mode, tmp_path: Path) -> None:
    properties = {"auto.create.topics.enable": "true"}
    spec = SandboxSpec(mode, tmp_path / "sandbox", brokers=1, controllers=1, properties=properties)
    sandbox = Sandbox(spec, is_guarded=True)
    try:
        sandbox.up()
        real = Real.of(sandbox, tmp_path)
        for words in (["describe", "ghost"], ["delete", "ghost", "--confirm", "ghost"]):
            assert real.ktui(*words).returncode == 1
        made = real.ktui("create", "ghost2", "--validate-only")
        assert made.returncode == 0, made.stderr
        assert real.client.look().topics == frozenset()
    finally:
        sandbox.down(deletes_data=True)
