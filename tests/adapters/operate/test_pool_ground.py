from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, ConnectionBroke, NoAnswer, NotPermitted, Step
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.asks.create_topics import CreateAnswer, CreateOutcome, NewTopic
from ktui.adapters.kafka.asks.delete_topics import DeleteAnswer, DeleteOutcome, OldTopic
from ktui.adapters.kafka.asks.log_dirs import LogDirs
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.metadata_header import MetadataBroker, MetadataHeader
from ktui.adapters.model import Mode
from ktui.adapters.operate import pool_ground
from ktui.adapters.operate.ground import Defaults, TopicSeen
from ktui.adapters.operate.pool_ground import PoolGround
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.adapters.partitions import Partition

Where = tuple[int | str, Lane]


@dataclass
class FakePool:
    """Its links are only names; the questions are replaced."""

    learned: dict[int, Address] = field(default_factory=dict)

    def link(self, node: int | Address, lane: Lane, *, timeout_s: float) -> Any:
        return (node, lane)

    def bootstrap_link(self, lane: Lane, *, timeout_s: float) -> Any:
        return ("any", lane)

    def learn(self, brokers: Mapping[int, Address]) -> None:
        self.learned = dict(brokers)


@dataclass
class Scene:
    """What the replaced questions answer, and what was sent where."""

    mode: Mode = Mode.KRAFT
    controllers: list[int | None] = field(default_factory=lambda: [1])
    """One after the other; the last one stays."""
    codes: list[int] = field(default_factory=lambda: [0])
    sent: list[tuple[Where, bool | None]] = field(default_factory=list)
    pool: FakePool = field(default_factory=FakePool)

    def header(self) -> MetadataHeader:
        controller = self.controllers.pop(0) if len(self.controllers) > 1 else self.controllers[0]
        brokers = tuple(MetadataBroker(number, f"host{number}", 9092, None) for number in (1, 2, 3))
        return MetadataHeader(brokers, "cluster-a", controller, 0, None)

    def next_code(self) -> int:
        return self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()

    async def create(
        link: Any, topics: Sequence[NewTopic], *, validate_only: bool, timeout_s: float
    ) -> CreateAnswer:
        made.sent.append((link, validate_only))
        code = made.next_code()
        outcome = CreateOutcome(topics[0].name, code, f"ERROR_{code}", None, b"i" * 16, 2, 3, {"a": "b"}, 0)
        return CreateAnswer(1.5, {topics[0].name: outcome})

    async def delete(link: Any, topics: Sequence[OldTopic], *, timeout_s: float) -> DeleteAnswer:
        made.sent.append((link, None))
        code = made.next_code()
        return DeleteAnswer(0.0, [DeleteOutcome(topics[0].name, topics[0].id, code, f"ERROR_{code}", None)])

    async def versions(link: Any) -> None:
        return None

    async def header(self: PoolGround, link: Any) -> MetadataHeader:
        return made.header()

    monkeypatch.setattr(pool_ground, "create_topics", create)
    monkeypatch.setattr(pool_ground, "delete_topics", delete)
    monkeypatch.setattr(pool_ground, "api_versions", versions)
    monkeypatch.setattr(pool_ground, "mode_of", lambda versions: made.mode)
    monkeypatch.setattr(pool_ground, "_RETRY_S", 0.001)
    monkeypatch.setattr(PoolGround, "_header", header)
    return made


async def test_kraft_changes_go_to_any_broker(scene: Scene) -> None:
    ground = PoolGround(scene.pool)
    answer = await ground.create(CreateTopic("a", 2, 3), validate_only=False, timeout_s=1)
    assert (answer.code, answer.partitions, answer.replication_factor, answer.throttled_s) == (0, 2, 3, 1.5)
    await ground.delete(DeleteTopic("a", b"i" * 16), timeout_s=1)
    assert [where for where, _ in scene.sent] == [("any", Lane.ADMIN)] * 2
    assert (await ground.identity()).receiver == "any broker, which forwards it to the active controller"


async def test_zookeeper_mode_asks_for_the_controller_again_when_it_moved(scene: Scene) -> None:
    scene.mode, scene.controllers, scene.codes = Mode.ZOOKEEPER, [1, None, 2], [41, 0]
    answer = await PoolGround(scene.pool).create(CreateTopic("a"), validate_only=False, timeout_s=5)
    assert answer.code == 0
    assert [where for where, _ in scene.sent] == [(1, Lane.ADMIN), (2, Lane.ADMIN)]


async def test_a_controller_that_cannot_be_reached_is_asked_for_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.mode, scene.controllers = Mode.ZOOKEEPER, [1, 2]
    create = pool_ground.create_topics

    async def one_is_dead(link: Any, topics: Sequence[NewTopic], **rest: Any) -> CreateAnswer:
        if link[0] == 1:
            raise ConnectFailed("host1:9092", Step.CONNECT, "refused")
        return await create(link, topics, **rest)

    monkeypatch.setattr(pool_ground, "create_topics", one_is_dead)
    await PoolGround(scene.pool).create(CreateTopic("a"), validate_only=False, timeout_s=5)
    assert [where for where, _ in scene.sent] == [(2, Lane.ADMIN)]


async def test_what_may_have_been_sent_is_never_sent_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.mode = Mode.ZOOKEEPER
    tried: list[Any] = []

    async def breaks(link: Any, topics: Sequence[NewTopic], **rest: Any) -> CreateAnswer:
        tried.append(link)
        raise ConnectionBroke("gone")

    monkeypatch.setattr(pool_ground, "create_topics", breaks)
    with pytest.raises(ConnectionBroke):
        await PoolGround(scene.pool).create(CreateTopic("a"), validate_only=False, timeout_s=5)
    assert len(tried) == 1


async def test_a_controller_that_keeps_moving_is_told_in_the_end(scene: Scene) -> None:
    scene.mode, scene.codes = Mode.ZOOKEEPER, [41]
    answer = await PoolGround(scene.pool).delete(DeleteTopic("a"), timeout_s=0.02)
    assert answer.code == 41


async def test_without_a_controller_nothing_is_sent(scene: Scene) -> None:
    scene.mode, scene.controllers = Mode.ZOOKEEPER, [None]
    with pytest.raises(NoAnswer, match="nothing was sent"):
        await PoolGround(scene.pool).delete(DeleteTopic("a"), timeout_s=0.02)
    assert scene.sent == []


@pytest.mark.parametrize(("code", "is_marked"), [(36, True), (0, False), (44, False), (29, None), (89, None)])
async def test_a_dry_run_tells_whether_a_name_is_marked(
    scene: Scene, code: int, is_marked: bool | None
) -> None:
    scene.mode, scene.codes = Mode.ZOOKEEPER, [code]
    assert await PoolGround(scene.pool).is_marked_for_deletion("a") is is_marked
    assert [is_dry for _, is_dry in scene.sent] == [True]


async def test_zookeeper_tells_whether_a_name_is_marked_where_it_can(scene: Scene) -> None:
    async def pending() -> Collection[str]:
        return {"a"}

    ground = PoolGround(scene.pool, pending_deletions=pending)
    assert await ground.is_marked_for_deletion("a") is True
    assert await ground.is_marked_for_deletion("b") is False
    assert scene.sent == []


async def test_a_zookeeper_that_cannot_be_read_leaves_it_to_the_dry_run(scene: Scene) -> None:
    async def pending() -> None:
        return None

    scene.mode, scene.codes = Mode.ZOOKEEPER, [36]
    assert await PoolGround(scene.pool, pending_deletions=pending).is_marked_for_deletion("a") is True
    assert len(scene.sent) == 1


@pytest.mark.parametrize("name", ["", "a b", "\udc80", "x" * 250])
async def test_a_name_that_cannot_be_is_not_asked_for(scene: Scene, name: str) -> None:
    assert await PoolGround(scene.pool).topic(name) is None


async def test_brokers_that_do_not_answer_are_no_witnesses(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = seen(1)

    async def topic_at(self: PoolGround, link: Any, name: str) -> TopicSeen | None:
        if link[0] == 1:
            raise NoAnswer("hung")
        return topic if link[0] == 2 else None

    monkeypatch.setattr(PoolGround, "_topic_at", topic_at)
    assert await PoolGround(scene.pool).views("a") == [topic, None]


async def test_a_missing_right_is_told_by_any_witness(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def topic_at(self: PoolGround, link: Any, name: str) -> TopicSeen | None:
        raise NotPermitted(29, "TOPIC_AUTHORIZATION_FAILED")

    monkeypatch.setattr(PoolGround, "_topic_at", topic_at)
    with pytest.raises(NotPermitted):
        await PoolGround(scene.pool).views("a")


def value(name: str, text: str | None, source: ConfigSource = ConfigSource.DEFAULT) -> ConfigValue:
    return ConfigValue(name, text, source, False, False, None, None)


async def test_defaults_from_the_first_broker_that_answers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def configs(link: Any, broker: int, *, keys: Collection[str]) -> Mapping[str, ConfigValue]:
        if broker == 1:
            raise ConnectFailed("host1:9092", Step.CONNECT, "refused")
        texts = {
            "num.partitions": "6",
            "default.replication.factor": "3",
            "auto.create.topics.enable": "false",
        }
        return {name: value(name, text) for name, text in texts.items()}

    monkeypatch.setattr(pool_ground, "describe_broker_configs", configs)
    assert await PoolGround(scene.pool).defaults() == Defaults(6, 3, None, False, None)


async def test_defaults_that_may_not_be_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def configs(link: Any, broker: int, *, keys: Collection[str]) -> Mapping[str, ConfigValue]:
        raise NotPermitted(31, "CLUSTER_AUTHORIZATION_FAILED")

    monkeypatch.setattr(pool_ground, "describe_broker_configs", configs)
    assert await PoolGround(scene.pool).defaults() == Defaults()


async def test_only_what_is_set_on_the_topic_itself_is_an_override(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def configs(link: Any, name: str) -> Mapping[str, ConfigValue]:
        return {"a": value("a", "1", ConfigSource.TOPIC), "b": value("b", "2", ConfigSource.STATIC)}

    monkeypatch.setattr(pool_ground, "describe_topic_configs_all", configs)
    assert await PoolGround(scene.pool).overrides("orders") == {"a": "1"}


def seen(*leaders: int) -> TopicSeen:
    rows = tuple(Partition(index, leader, 0, (1, 2), (1, 2), (), -1) for index, leader in enumerate(leaders))
    return TopicSeen("orders", None, False, rows)


async def test_size_is_the_sum_over_the_leaders_or_not_known(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {1: {"orders": {0: 10, 1: 99}}, 2: {"orders": {1: 5}}}

    async def log_dirs(link: Any) -> LogDirs:
        return LogDirs((), held[link[0]])

    monkeypatch.setattr(pool_ground, "describe_log_dirs", log_dirs)
    ground = PoolGround(scene.pool)
    assert await ground.bytes_on_disk(seen(1, 2)) == 15
    assert await ground.bytes_on_disk(seen(2, 2)) is None
    assert await ground.bytes_on_disk(seen(1, -1)) is None
    assert await PoolGround(scene.pool, known_size=lambda name: 7).bytes_on_disk(seen(1)) == 7
