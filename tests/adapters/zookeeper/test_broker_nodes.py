from __future__ import annotations

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.model import Broker, BrokerState
from ktui.adapters.zookeeper.broker_nodes import BrokerNode, Endpoint, broker_of
from ktui.adapters.zookeeper.decode import UnreadableNode

V1 = b'{"jmx_port":9999,"timestamp":"2233345666","host":"localhost","version":1,"port":9092}'
V2 = b'{"jmx_port":-1,"timestamp":"1","endpoints":["PLAINTEXT://host1:9092"],"host":"host1","version":2,"port":9092}'
V3 = (
    b'{"jmx_port":-1,"timestamp":"1","endpoints":["PLAINTEXT://host1:9092","SSL://host1:9093"],"rack":"dc1",'
    b'"host":"host1","version":3,"port":9092}'
)
V4 = (
    b'{"listener_security_protocol_map":{"CLIENT":"SASL_SSL","REPLICATION":"PLAINTEXT"},'
    b'"endpoints":["CLIENT://host1:9092","REPLICATION://[2001:db8::1]:9093"],"jmx_port":-1,"port":-1,"host":null,'
    b'"version":4,"timestamp":"1700000000000","rack":"dc1"}'
)
V5 = (
    b'{"features":{"group.version":{"min_version":0,"max_version":1}},"listener_security_protocol_map":'
    b'{"PLAINTEXT":"PLAINTEXT"},"endpoints":["PLAINTEXT://127.0.0.1:27882"],"jmx_port":-1,"port":27882,'
    b'"host":"127.0.0.1","version":5,"timestamp":"1795448176024","rack":"r1"}'
)


@pytest.mark.parametrize(
    ("data", "endpoints", "rack"),
    [
        (V1, (Endpoint("PLAINTEXT", "PLAINTEXT", "localhost", 9092),), None),
        (V2, (Endpoint("PLAINTEXT", "PLAINTEXT", "host1", 9092),), None),
        (
            V3,
            (Endpoint("PLAINTEXT", "PLAINTEXT", "host1", 9092), Endpoint("SSL", "SSL", "host1", 9093)),
            "dc1",
        ),
        (
            V4,
            (
                Endpoint("CLIENT", "SASL_SSL", "host1", 9092),
                Endpoint("REPLICATION", "PLAINTEXT", "2001:db8::1", 9093),
            ),
            "dc1",
        ),
        (V5, (Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 27882),), "r1"),
    ],
)
def test_every_version_of_a_registration(
    data: bytes, endpoints: tuple[Endpoint, ...], rack: str | None
) -> None:
    node = broker_of(1, data, 33)
    assert (node.endpoints, node.rack, node.epoch) == (endpoints, rack, 33)


def test_the_listener_of_the_clients_protocol_is_shown() -> None:
    node = broker_of(7, V4, 1)
    assert node.address("SASL_SSL") == Address("host1", 9092)
    assert node.address("PLAINTEXT") == Address("2001:db8::1", 9093)
    assert node.as_broker("PLAINTEXT") == Broker(
        7, "2001:db8::1", 9093, "dc1", BrokerState.UP, registered_at=1_700_000_000.0, epoch=1
    )


def test_without_a_fitting_listener_one_is_shown_but_none_is_connected_to() -> None:
    node = broker_of(7, V3, 1)
    assert node.address("SASL_SSL") is None
    assert node.as_broker("SASL_SSL").port == 9092


def test_of_several_fitting_listeners_the_one_named_like_the_protocol() -> None:
    inner = Endpoint("INTERNAL", "PLAINTEXT", "inner", 1)
    plain = Endpoint("PLAINTEXT", "PLAINTEXT", "plain", 2)
    assert BrokerNode(1, (inner, plain), None, None, 1).endpoint("PLAINTEXT") == plain
    assert BrokerNode(1, (inner,), None, None, 1).endpoint("PLAINTEXT") == inner
    assert BrokerNode(1, (), None, None, 1).endpoint("PLAINTEXT") is None


def test_endpoints_that_cannot_be_connected_to_are_left_out() -> None:
    node = broker_of(
        1, b'{"endpoints":["PLAINTEXT://:9092","X://h:0","rubbish",5,"SSL://h:99999","SSL://h:1"]}', 1
    )
    assert node.endpoints == (Endpoint("SSL", "SSL", "h", 1),)
    assert node.registered_at is None


@pytest.mark.parametrize("data", [b"", b"{]", b"7", b'{"timestamp":"soon","endpoints":[]}'])
def test_an_unreadable_registration_names_itself(data: bytes) -> None:
    with pytest.raises(UnreadableNode, match="/brokers/ids/5"):
        broker_of(5, data, 1)
