from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ktui.adapters.errors import BadSettings, GuardRefused, Refused
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.topic_details import TopicDetails
from ktui.adapters.model import ClusterSnapshot, Fault, Mode, Sizes
from ktui.adapters.operate.ground import Answer, TopicSeen
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.spec import CreateTopic
from ktui.adapters.operate.watch import Patience
from ktui.adapters.partitions import Partition, table_of
from ktui.adapters.target import Target
from ktui.adapters.topics import Topic, TopicMap, TopicSettings
from ktui.tui.cli import topic_changing, topic_reading
from ktui.tui.cli.topic_changing import create_topic, delete_topics, spec_of
from ktui.tui.cli.topic_reading import Question, describe_topics, list_topics
from tests.adapters.operate.fake_ground import FakeGround

ROOT = Path(__file__).resolve().parents[3]
ID = bytes(range(16))


def rows(*isrs: tuple[int, ...], leaderless: tuple[int, ...] = ()) -> bytes:
    return table_of(
        Partition(index, -1 if index in leaderless else 1, 4, (1, 2, 3), isr, (), -1)
        for index, isr in enumerate(isrs)
    )


FULL = (1, 2, 3)
TOPICS = (
    Topic("orders", ID, False, rows(FULL, FULL), TopicSettings(min_isr=2)),
    Topic("short", None, False, rows(FULL, (1,), (1, 2), (3,), leaderless=(3,)), TopicSettings(min_isr=2)),
    Topic("__consumer_offsets", None, True, rows((1, 2)), TopicSettings(min_isr=1)),
)
SNAPSHOT = ClusterSnapshot(
    cluster_id="cluster-a",
    mode=Mode.KRAFT,
    topics=TopicMap.of(TOPICS),
    is_loaded=True,
    sizes=Sizes(by_topic={"orders": 5000}),
    faults=(Fault("log dirs", "broker 3", "needs Describe on Cluster", 1.5),),
)


@dataclass
class FakeCluster:
    operator: Operator
    pool: object = None
    snapshots: int = 0

    async def snapshot(self) -> ClusterSnapshot:
        self.snapshots += 1
        return SNAPSHOT


@dataclass
class Stage:
    ground: FakeGround = field(default_factory=FakeGround)
    target: Target = field(default_factory=Target)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    made = Stage()

    @asynccontextmanager
    async def open_cluster(target: Target, *, with_log_dirs: bool = False) -> AsyncIterator[FakeCluster]:
        paths = Paths(tmp_path / "audit.jsonl", tmp_path / "deleted")
        yield FakeCluster(Operator(made.ground, target, paths=paths, patience=Patience(0.05, 0.005)))

    for module in (topic_changing, topic_reading):
        monkeypatch.setattr(module, "open_cluster", open_cluster)
    return made


async def test_list_as_json(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert await list_topics(stage.target, Question(as_json=True)) == 0
    document = json.loads(capsys.readouterr().out)
    assert [topic["name"] for topic in document["topics"]] == ["__consumer_offsets", "orders", "short"]
    assert document["topics"][1] == {
        "name": "orders",
        "id": "AAECAwQFBgcICQoLDA0ODw",
        "internal": False,
        "partitions": 2,
        "replication_factor": 3,
        "min_isr": 2,
        "health": "ok",
        "size_bytes": 5000,
        "rates": None,
    }
    assert document["topics"][2]["health"] == "offline"
    assert document["topics"][2]["size_bytes"] is None
    assert document["faults"] == [
        {
            "what": "log dirs",
            "where": "broker 3",
            "reason": "needs Describe on Cluster",
            "since": "1970-01-01T00:00:01.500Z",
        }
    ]


async def test_list_for_people(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert await list_topics(stage.target, Question(exclude_internal=True)) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "TOPIC   PARTITIONS  RF  MIN ISR  SIZE  HEALTH",
        "orders           2   3        2  4.9K  ok",
        "short            4   3        2     ?  offline 1",
    ]
    assert told.err == "ktui: not read: log dirs (broker 3): needs Describe on Cluster\n"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (
            Question(under_replicated=True),
            [("short", 3), ("short", 1), ("short", 2), ("__consumer_offsets", 0)],
        ),
        (Question(under_replicated=True, exclude_internal=True), [("short", 3), ("short", 1), ("short", 2)]),
        (Question(unavailable=True), [("short", 3)]),
        (Question(under_min_isr=True), [("short", 1)]),
        (Question(at_min_isr=True), [("short", 2)]),
        (Question(at_min_isr=True, under_min_isr=True), [("short", 1), ("short", 2)]),
    ],
)
async def test_partitions_by_class(
    stage: Stage, capsys: pytest.CaptureFixture[str], question: Question, found: list[tuple[str, int]]
) -> None:
    await list_topics(stage.target, question)
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [(line.split()[0], int(line.split()[1])) for line in lines] == found


async def test_partitions_by_class_as_json(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    await list_topics(stage.target, Question(under_min_isr=True, as_json=True))
    document = json.loads(capsys.readouterr().out)
    assert [topic["name"] for topic in document["topics"]] == ["short"]
    (problem,) = document["problems"]
    assert (problem["topic"], problem["partition"], problem["class"]) == ("short", 1, "under-min-isr")


async def fake_details(pool: object, topic: Topic, *, timeout_s: float) -> TopicDetails:
    configs = (
        ConfigValue("a.secret", None, ConfigSource.TOPIC, True, False, None, None),
        ConfigValue("retention.ms", "1\x1b[31m", ConfigSource.TOPIC, False, False, None, None),
        ConfigValue("segment.ms", "7", ConfigSource.DEFAULT, False, False, None, None),
    )
    eligible: Mapping[int, tuple[int, ...]] = {0: (2,)}
    return TopicDetails(
        {0: 0}, {0: 1234}, eligible, configs, (Fault("offsets", "orders, broker 2", "hung", 1.0),)
    )


async def test_describe_as_json(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topic_reading, "fetch_topic_details", fake_details)
    assert await describe_topics(stage.target, ["orders", "orders"], as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    (topic,) = document["topics"]
    assert topic["partitions"][0] == {
        "partition": 0,
        "leader": 1,
        "leader_epoch": 4,
        "replicas": [1, 2, 3],
        "isr": [1, 2, 3],
        "offline_replicas": [],
        "eligible_leaders": [2],
        "earliest": 0,
        "latest": 1234,
    }
    assert topic["partitions"][1]["latest"] is None
    assert topic["configs"][0] == {
        "name": "a.secret",
        "value": None,
        "source": str(ConfigSource.TOPIC),
        "sensitive": True,
    }
    assert [fault["what"] for fault in document["faults"]] == ["log dirs", "offsets"]


async def test_describe_for_people_lets_nothing_through_to_the_terminal(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topic_reading, "fetch_topic_details", fake_details)
    assert await describe_topics(stage.target, ["orders", "no\x1b[2Jpe"], as_json=False) == 1
    told = capsys.readouterr()
    assert "1,234" in told.out
    assert r"retention.ms=1\x1b[31m" in told.out
    assert "a.secret=(hidden)" in told.out
    assert "\x1b" not in told.out + told.err
    assert r"There is no topic no\x1b[2Jpe" in told.err


async def test_create(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    spec = spec_of("new", partitions=2, replication_factor=3, configs=["a=b"], replica_assignment=None)
    assert await create_topic(stage.target, spec, is_dry_run=False) == 0
    assert stage.ground.sent == [CreateTopic("new", 2, 3, {"a": "b"})]
    assert capsys.readouterr().out == "Created new: 2 partitions, replication factor 3.\n"


async def test_create_validate_only(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.ground.answer = Answer(partitions=6, replication_factor=3)
    assert await create_topic(stage.target, CreateTopic("new"), is_dry_run=True) == 0
    assert stage.ground.sent == []
    assert "could be created with 6 partitions and replication factor 3; nothing" in capsys.readouterr().out


async def test_create_checks_collisions_with_the_topics_there_are(stage: Stage) -> None:
    with pytest.raises(Refused, match="collides"):
        await create_topic(stage.target, CreateTopic("..consumer.offsets"), is_dry_run=False)


async def test_create_with_leaders_missing_is_not_done(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.ground.takes_effect = False
    stage.ground.on_change = lambda: stage.ground.put("new", ((1,),), leaderless=(0,))
    assert await create_topic(stage.target, CreateTopic("new", 1, 1), is_dry_run=False) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "no leader" in told.err


def test_bad_options_are_one_sentence() -> None:
    with pytest.raises(BadSettings, match="NAME=VALUE"):
        spec_of("new", partitions=None, replication_factor=None, configs=["a"], replica_assignment=None)
    with pytest.raises(BadSettings, match="no numbers besides"):
        spec_of("new", partitions=1, replication_factor=None, configs=[], replica_assignment="1:2")


@pytest.fixture
def two(stage: Stage) -> Stage:
    stage.ground.put("a", ((1, 2),))
    stage.ground.put("b", ((1, 2),), topic_id=bytes(range(16, 32)))
    return stage


async def test_delete_with_each_name_confirmed(two: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert await delete_topics(two.target, ["a", "b"], ["b", "a"]) == 0
    assert two.ground.topics == {}
    assert capsys.readouterr().out == "Deleted a.\nDeleted b.\n"


@pytest.mark.parametrize("confirmed", [[], ["a"], ["a", "x"], ["a", "B"]])
async def test_delete_without_a_terminal_refuses_all_unless_all_are_confirmed(
    two: Stage, confirmed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(GuardRefused, match="Nothing was deleted"):
        await delete_topics(two.target, ["a", "b"], confirmed)
    assert two.ground.sent == []


@pytest.mark.parametrize("typed", ["a\nb\n", "a\nb"])
async def test_delete_asks_for_each_name_on_a_terminal(
    two: Stage, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    monkeypatch.setattr(topic_changing, "is_interactive", lambda: True)
    assert await delete_topics(two.target, ["a", "b"], []) == 0
    asked = capsys.readouterr().err
    assert "a  id AAECAwQFBgcICQoLDA0ODw  1 partition  RF 2  size 4.0 KiB  on cluster cluster-a" in asked
    assert asked.count("Type the name") == 2


@pytest.mark.parametrize("typed", ["a\nbb\n", "a\n", "", "a\nyes\n"])
async def test_one_wrong_name_refuses_all(two: Stage, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    monkeypatch.setattr(topic_changing, "is_interactive", lambda: True)
    with pytest.raises(GuardRefused):
        await delete_topics(two.target, ["a", "b"], [])
    assert two.ground.sent == []


async def test_one_protected_topic_refuses_all(two: Stage) -> None:
    with pytest.raises(GuardRefused, match="b is protected"):
        await delete_topics(Target(protected_topics=("b",)), ["a", "b"], ["a", "b"])
    assert two.ground.sent == []


async def test_one_topic_that_is_not_there_refuses_all(two: Stage) -> None:
    with pytest.raises(Refused, match="no topic c"):
        await delete_topics(two.target, ["a", "c"], ["a", "c"])
    assert two.ground.sent == []


async def test_a_queued_deletion_is_not_done(two: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    two.ground.mode = Mode.ZOOKEEPER
    two.ground.marked["a"] = True
    assert await delete_topics(two.target, ["a"], ["a"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "queued" in told.err
    assert "definition is kept in" in told.err


def test_details_of_a_topic_seen_hold_its_leaders() -> None:
    seen = TopicSeen("a", ID, False, (Partition(0, -1, 0, (1,), (), (), -1),))
    assert seen.leaderless == (0,)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["topic", "delete", "orders", "-b", "127.0.0.1:1"], 3, "was not confirmed"),
        (["topic", "delete", "orders", "--confirm", "order", "-b", "127.0.0.1:1"], 3, "fits none"),
        (["topic", "create", "a b", "-b", "127.0.0.1:1"], 2, "has space"),
        (["topic", "create", "a", "--config", "x", "-b", "127.0.0.1:1"], 2, "NAME=VALUE"),
        (["topic", "create", "a", "--replica-assignment", "1;2", "-b", "127.0.0.1:1"], 2, "by colon"),
        (["topic", "create", "a", "--partitions", "many", "-b", "127.0.0.1:1"], 2, "not a valid integer"),
        (["topic", "create", "a", "--partitions", "0", "-b", "127.0.0.1:1"], 2, "not 0"),
        (["topic", "list"], 2, "no cluster given"),
        (["topic", "describe", "-b", "127.0.0.1:1"], 2, "T..."),
        (["topic", "list", "-b", "127.0.0.1:1", "--timeout", "3"], 2, "127.0.0.1:1"),
    ],
)
def test_the_command_ends_with_one_sentence_and_its_code(words: list[str], code: int, sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ktui", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / ".src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
