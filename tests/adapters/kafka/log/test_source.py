"""The log as a source: what is told when it cannot be had, and who is asked meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from ktui.adapters.events import SettingsChanged, TopicsReplaced
from ktui.adapters.kafka.log import source as source_module
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.kafka.log.source import MetadataLogSource
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.standing import LogStanding, LogState
from ktui.adapters.model import Mode
from ktui.adapters.security import PLAINTEXT
from ktui.adapters.topics import TopicSettings
from tests.adapters.kafka.log.plain_log import batch_bytes, batch_of
from tests.adapters.kafka.log.quorum import ADDRESSES, Quorum
from tests.adapters.kafka.log.test_follower import a_log
from tests.adapters.kafka.log.test_image import topic
from tests.adapters.kafka.poll.desks import desk

WITHIN_S = 10.0


class Running:
    """A source that runs on a quorum in memory."""

    def __init__(self, quorum: Quorum, mode: Mode = Mode.KRAFT) -> None:
        made, self.told = desk(mode, bootstrap_controllers=ADDRESSES)
        made.pool.security = PLAINTEXT  # type: ignore[misc]
        made.controllers = cast(BrokerPool, quorum)
        made.log = self.standing = LogStanding(is_wanted=True)
        self.source = MetadataLogSource(made)

    def fault(self) -> str | None:
        reasons = self.told.reasons("metadata log")
        return reasons[-1] if reasons else None


@asynccontextmanager
async def running(quorum: Quorum, mode: Mode = Mode.KRAFT) -> AsyncIterator[Running]:
    made = Running(quorum, mode)
    task = asyncio.create_task(made.source.run(made.told))
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(fact: Callable[[], Any]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not fact():  # noqa: ASYNC110 - the source goes on beside it
            await asyncio.sleep(0.01)


async def test_a_log_that_is_read_covers_what_brokers_would_be_asked() -> None:
    async with running(a_log()) as made:
        assert made.standing.covers, "a head start"
        await until(lambda: made.standing.is_live)
        assert made.standing.covers
        assert made.fault() is None
        assert made.source.heard_at() is not None


async def test_a_missing_right_is_told_with_its_name_and_brokers_are_asked() -> None:
    quorum = a_log()
    quorum.top_level_error = 31
    async with running(quorum) as made:
        await until(lambda: made.standing.state is LogState.STALE)
        assert made.fault() == (
            "needs ClusterAction on Cluster (on the controllers' listener); brokers are asked instead"
        )
        assert not made.standing.covers
        quorum.top_level_error = 0
        made.source.refresh()
        await until(lambda: made.standing.is_live)
        assert made.fault() is None


async def test_controllers_that_cannot_be_reached_are_tried_again() -> None:
    quorum = a_log()
    quorum.down = {101, 102, 103}
    async with running(quorum) as made:
        await until(lambda: "connection refused" in (made.fault() or ""))
        quorum.down = set()
        await until(lambda: made.standing.is_live and made.fault() is None)


async def test_a_leader_that_is_missed_for_a_moment_is_no_fault(monkeypatch: Any) -> None:
    quorum = a_log()
    async with running(quorum) as made:
        await until(lambda: made.standing.is_live)
        quorum.leader = None
        asked = len(quorum.sent)
        await until(lambda: len(quorum.sent) > asked + 6)
        assert made.fault() is None
        monkeypatch.setattr(source_module, "PATIENCE_S", 0.0)
        await until(lambda: "no leader now" in (made.fault() or ""))
        seen = len(made.told)
        quorum.leader, quorum.epoch = 102, 2
        await until(lambda: made.fault() is None)
        again = [e for e in made.told[seen:] if isinstance(e, TopicsReplaced) and e.is_complete]
        assert [list(event.topics) for event in again] == [[]], "what was held is told to be whole again"


async def test_another_cluster_is_not_followed() -> None:
    quorum = a_log()
    quorum.top_level_error = 104
    async with running(quorum) as made:
        await until(lambda: "belong to another cluster" in (made.fault() or ""))


async def test_a_cluster_on_zookeeper_has_no_such_log() -> None:
    async with running(a_log(), Mode.ZOOKEEPER) as made:
        await until(lambda: "keeps its metadata in ZooKeeper" in (made.fault() or ""))


async def test_unknown_records_are_told_and_one_that_matters_ends_the_following() -> None:
    quorum = a_log()
    async with running(quorum) as made:
        await until(lambda: made.standing.is_live)
        quorum.append(batch_bytes([b"\x01\x63\x00\x00"], 3), 1)
        await until(lambda: made.told.reasons("records"))
        assert made.told.reasons("records")[-1] == "not known to this ktui: 1 of type 99 version 0"
        assert made.standing.is_live
        quorum.append(batch_bytes([b"\x01\x05\x09" + bytes(20)], 4), 1)
        await until(lambda: made.standing.state is LogState.STALE)
        assert "holds records that this ktui cannot read" in (made.fault() or "")


async def test_what_brokers_files_say_is_put_below_what_the_log_says() -> None:
    quorum = a_log()
    async with running(quorum) as made:
        await until(lambda: made.standing.is_live)
        made.standing.put_defaults(TopicSettings(min_isr=2))
        assert cast(SettingsChanged, made.told.last(SettingsChanged)).settings == {
            "orders": TopicSettings(min_isr=2)
        }
        quorum.append(batch_of([topic("later", b"l" * 16)], 3), 1)
        await until(lambda: "later" in cast(SettingsChanged, made.told.last(SettingsChanged)).settings)


async def test_what_brokers_files_say_is_not_lost_when_it_comes_while_the_log_is_loaded() -> None:
    quorum = a_log()
    made = Running(quorum)
    fresh, defaults = made.source._follower._fresh, TopicSettings(min_isr=2, cleanup_policy="delete")

    def then_told() -> MetadataImage:
        image = fresh()
        made.standing.put_defaults(defaults)
        return image

    made.source._follower._fresh = then_told  # type: ignore[method-assign]
    task = asyncio.create_task(made.source.run(made.told))
    await until(lambda: made.standing.is_live)
    task.cancel()
    told = [event for event in made.told if isinstance(event, SettingsChanged)]
    assert {settings.cleanup_policy for settings in told[-1].settings.values()} == {"delete"}
