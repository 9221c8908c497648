"""The follower on a quorum in memory: every turn that a log can take, and what is told of it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ktui.adapters.errors import AdapterError, ConnectFailed, NotPermitted, Refused
from ktui.adapters.events import ClusterEvent, ControllerChanged, Gap, TopicsReplaced
from ktui.adapters.kafka.log.controllers import Controllers, voters_in
from ktui.adapters.kafka.log.follower import Follower
from ktui.adapters.kafka.log.leading import Leading
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.security import PLAINTEXT
from tests.adapters.kafka.log.plain_log import Record, batch_bytes, batch_of
from tests.adapters.kafka.log.quorum import ADDRESSES, Quorum
from tests.adapters.kafka.log.test_image import change, partition, topic
from tests.adapters.kafka.poll.desks import desk

EMPTY = batch_bytes([b""], keys=[b"\0\0\0\x03"])
END = batch_bytes([b""], keys=[b"\0\0\0\x04"])


class Following:
    """A follower of a quorum, and what it has told."""

    def __init__(self, quorum: Quorum) -> None:
        made, _ = desk(bootstrap_controllers=ADDRESSES)
        made.pool.security = PLAINTEXT  # type: ignore[misc]
        self.quorum = quorum
        self.told: list[ClusterEvent] = []
        self.follower = Follower(made, Leading(cast(BrokerPool, quorum), Controllers(made)))

    async def load(self) -> None:
        await self.follower.load(self.told.extend)

    async def follow(self) -> list[ClusterEvent]:
        self.told.clear()
        await self.follower.follow(self.told.extend)
        return list(self.told)

    def names(self) -> list[str]:
        assert self.follower.image is not None
        return sorted(state.name for state in self.follower.image.state.topics.by_id.values())


def of(events: list[ClusterEvent], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def a_log() -> Quorum:
    quorum = Quorum()
    quorum.append(batch_of([topic(), partition(0), partition(1)], 0), 3)
    return quorum


async def test_a_short_log_is_read_from_its_start_and_told_as_a_whole() -> None:
    following = Following(a_log())
    await following.load()
    (event,) = of(following.told, TopicsReplaced)
    assert event.is_complete
    assert [state.name for state in event.topics] == ["orders"]
    (controller,) = of(following.told, ControllerChanged)
    assert (controller.controller.id, controller.controller.epoch) == (101, 1)
    assert controller.controller.endpoint == "quorum:1"


async def test_the_replica_id_is_nobody_s_in_every_version() -> None:
    for version in range(13, 19):
        quorum = a_log()
        quorum.fetch_version = version
        following = Following(quorum)
        await following.load()
        for sent in quorum.sent:
            asked = sent.read()
            replica = getattr(asked, "replica_id", None)
            if replica is None:
                replica = asked.replica_state.replica_id
            assert replica == -1, version


async def test_what_is_not_committed_is_not_told_until_it_is() -> None:
    following = Following(a_log())
    await following.load()
    following.quorum.append(batch_of([topic("later", b"l" * 16)], 3), 1, is_committed=False)
    assert of(await following.follow(), TopicsReplaced) == []
    assert following.names() == ["orders"]
    following.quorum.high_watermark = 4
    assert [s.name for s in of(await following.follow(), TopicsReplaced)[0].topics] == ["later"]


async def test_a_tail_that_the_next_leader_does_not_have_is_withdrawn() -> None:
    following = Following(a_log())
    await following.load()
    quorum = following.quorum
    quorum.append(batch_of([topic("lost", b"l" * 16)], 3), 1, is_committed=False)
    await following.follow()
    quorum.log.pop()
    quorum.end, quorum.leader, quorum.epoch, quorum.diverging = 3, 102, 2, (3, 1)
    await following.follow()
    quorum.append(batch_of([topic("kept", b"k" * 16)], 3, epoch=2), 1)
    events = await following.follow()
    assert [s.name for s in of(events, TopicsReplaced)[0].topics] == ["kept"]
    assert following.names() == ["kept", "orders"]
    assert of(following.told, Gap) == []


async def test_a_new_leader_is_found_by_any_controller_and_told() -> None:
    following = Following(a_log())
    await following.load()
    following.quorum.leader, following.quorum.epoch = 103, 5
    following.quorum.down.add(101)
    (event,) = of(await following.follow(), ControllerChanged)
    assert (event.controller.id, event.controller.epoch, event.controller.endpoint) == (103, 5, "quorum:3")
    assert of(await following.follow(), ControllerChanged) == []


async def test_a_snapshot_is_read_in_slices_that_end_anywhere() -> None:
    records = [topic(), *(partition(index) for index in range(50))]
    for size in (7, 61, 1000, 100_000):
        quorum = Quorum(slice_bytes=size)
        quorum.snapshot = (100, 1, EMPTY + batch_of(records) + END)
        quorum.end = quorum.high_watermark = 100
        quorum.append(batch_of([topic("later", b"l" * 16)], 100), 1)
        following = Following(quorum)
        await following.load()
        assert following.names() == ["later", "orders"]
        assert following.follower.offset == 101


@pytest.mark.parametrize("cut", [1, 40, 200])
async def test_a_snapshot_that_is_cut_off_is_not_taken(cut: int) -> None:
    quorum = Quorum()
    whole = EMPTY + batch_of([topic(), *(partition(index) for index in range(5))]) + END
    quorum.snapshot = (100, 1, whole[:-cut])
    with pytest.raises(AdapterError, match="FetchSnapshot"):
        await Following(quorum).load()


async def test_falling_behind_reads_the_snapshot_and_marks_a_gap() -> None:
    following = Following(a_log())
    await following.load()
    quorum = following.quorum
    records = [topic(), partition(0, isr=[1]), partition(1), topic("new", b"n" * 16)]
    quorum.snapshot = (900, 1, EMPTY + batch_of(records) + END)
    quorum.log, quorum.end, quorum.high_watermark = [], 900, 900
    events = await following.follow()
    (gap,) = of(events, Gap)
    assert "from offset 3 to 900 is not known" in gap.reason
    (event,) = of(events, TopicsReplaced)
    assert sorted(state.name for state in event.topics) == ["new", "orders"]
    assert events.index(gap) < events.index(event)
    quorum.append(batch_of([change(0, isr=[1, 2])], 900), 1)
    assert of(await following.follow(), Gap) == []


async def test_another_log_than_before_is_read_again_with_a_gap() -> None:
    following = Following(a_log())
    await following.load()
    quorum = following.quorum
    quorum.log, quorum.end, quorum.high_watermark = [], 0, 0
    quorum.append(batch_of([topic("other", b"z" * 16)], 0), 1)
    quorum.diverging = (1, 1)
    events = await following.follow()
    assert of(events, Gap)
    assert of(events, TopicsReplaced)[0].removed == ["orders"]


@pytest.mark.parametrize(("code", "error"), [(31, NotPermitted), (104, Refused)])
async def test_refusals(code: int, error: type[AdapterError]) -> None:
    quorum = a_log()
    quorum.top_level_error = code
    with pytest.raises(error):
        await Following(quorum).load()


async def test_nobody_reached_names_all_addresses() -> None:
    quorum = a_log()
    quorum.down = {101, 102, 103}
    with pytest.raises(ConnectFailed, match=r"quorum:1.*quorum:2.*quorum:3"):
        await Following(quorum).load()


async def test_no_leader_is_said() -> None:
    quorum = a_log()
    quorum.leader = None
    with pytest.raises(AdapterError, match="the controllers have no leader now"):
        await Following(quorum).load()


def test_voters_in_a_brokers_configuration() -> None:
    told = voters_in("101@a:1, 102@[::1]:2,x@b:3,103@nonsense")
    assert {node: str(address) for node, address in told.items()} == {101: "a:1", 102: "[::1]:2"}


async def test_records_that_are_damaged_are_an_error_and_nothing_is_taken() -> None:
    following = Following(a_log())
    await following.load()
    data = bytearray(batch_of([topic("later", b"l" * 16)], 3))
    data[-3] ^= 1
    following.quorum.append(bytes(data), 1)
    with pytest.raises(AdapterError, match="the checksum is wrong"):
        await following.follow()
    assert following.names() == ["orders"]


async def test_unknown_records_are_passed_over() -> None:
    following = Following(a_log())
    await following.load()
    following.quorum.append(batch_bytes([b"\x01\x63\x00\x00"], 3), 1)
    following.quorum.append(batch_of([Record(9, {"topic": b"o" * 16})], 4), 1)
    assert of(await following.follow(), TopicsReplaced)[0].removed == ["orders"]
    assert following.follower.image is not None
    assert following.follower.image.state.unreadable == {(99, 0): 1}
