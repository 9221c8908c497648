from __future__ import annotations

import pytest

from ktui.adapters.partitions import NO_LEADER
from ktui.adapters.replica_sets import replicas_of
from ktui.adapters.zookeeper import topic_nodes
from ktui.adapters.zookeeper.decode import UnreadableNode
from ktui.adapters.zookeeper.topic_nodes import StateDecoder, topic_of

V1 = b'{"version":1,"partitions":{"1":[2,3],"0":[1,2]}}'
V2 = (
    b'{"version":2,"partitions":{"2":[3,1],"1":[2,3,1],"0":[1,2]},"adding_replicas":{"1":[1],"2":[]},'
    b'"removing_replicas":{"1":[3]}}'
)
V3 = (
    b'{"removing_replicas":{},"partitions":{"10":[1],"9":[1],"8":[1],"7":[1],"6":[1],"5":[1],"4":[1],"3":[1],"2":[1],'
    b'"1":[1],"0":[3]},"topic_id":"jSuOy-zLvEZ0bhX6BSJRZA","adding_replicas":{},"version":3}'
)


def replicas(data: bytes) -> list[tuple[int, ...]]:
    return [replicas_of(number) for number in topic_of("orders", data).replicas]


def test_every_version_of_a_topic() -> None:
    assert replicas(V1) == [(1, 2), (2, 3)]
    assert topic_of("orders", V1).id is None
    assert replicas(V2) == [(1, 2), (2, 3, 1), (3, 1)]
    assert topic_of("orders", V2).moving == (1,)
    assert replicas(V3) == [(3,)] + 10 * [(1,)]
    assert topic_of("orders", V3).id == bytes.fromhex("8d2b8ecbeccbbc46746e15fa05225164")
    assert topic_of("orders", V3).moving == ()


def test_partitions_that_are_missing_below_the_highest_have_no_replicas() -> None:
    assert replicas(b'{"partitions":{"2":[1]}}') == [(), (), (1,)]
    assert replicas(b'{"partitions":{}}') == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"partitions":[]}',
        b'{"partitions":{"x":[1]}}',
        b'{"partitions":{"-1":[1]}}',
        b'{"partitions":{"999999999":[1]}}',
        b'{"partitions":{"0":1}}',
        b'{"partitions":{"0":["1"]}}',
        b'{"partitions":{"0":[[1]]}}',
        b'{"partitions":{"0":[-5]}}',
        b'{"partitions":{"0":[1]},"adding_replicas":{"x":[1]}}',
    ],
)
def test_an_unreadable_topic_names_itself(data: bytes) -> None:
    with pytest.raises(UnreadableNode, match="/brokers/topics/orders"):
        topic_of("orders", data)


def test_states() -> None:
    decoder = StateDecoder()
    leader, epoch, in_sync = decoder.decode(
        b'{"controller_epoch":1,"leader":2,"version":1,"leader_epoch":5,"isr":[2,1,3]}'
    )
    assert (leader, epoch, replicas_of(in_sync)) == (2, 5, (2, 1, 3))
    recovering = (
        b'{"controller_epoch":1,"leader":-1,"version":1,"leader_epoch":6,"isr":[],"leader_recovery_state":1}'
    )
    assert decoder.decode(recovering)[0] == NO_LEADER
    assert decoder.decode(b'{"leader":-2,"leader_epoch":6,"isr":[]}')[0] == NO_LEADER


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"leader":1}',
        b'{"leader":1,"leader_epoch":99999999999,"isr":[]}',
        b'{"leader":99999999999,"leader_epoch":1,"isr":[]}',
        b'{"leader":1,"leader_epoch":1,"isr":"1"}',
        b'{"leader":1,"leader_epoch":-7,"isr":[]}',
    ],
)
def test_an_unreadable_state(data: bytes) -> None:
    with pytest.raises(UnreadableNode):
        StateDecoder().decode(data)


def test_equal_bytes_are_decoded_once_and_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_nodes, "MOST_KEPT", 3)
    decoder = StateDecoder()
    states = [f'{{"leader":1,"leader_epoch":{epoch},"isr":[1]}}'.encode() for epoch in range(5)]
    assert decoder.decode(states[0]) is decoder.decode(bytes(bytearray(states[0])))
    for state in states:
        decoder.decode(state)
    assert len(decoder.known) <= 3
