from __future__ import annotations

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadSettings
from ktui.adapters.zookeeper.ensemble import Ensemble, parse_ensemble

ZK1 = Address("zk1", 2181)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zk1:2181", Ensemble((Address("zk1", 2181),))),
        ("zk1:2181,zk2:2182/kafka", Ensemble((Address("zk1", 2181), Address("zk2", 2182)), "/kafka")),
        ("zk1,[::1]:2199,[::2]/a/b/", Ensemble((ZK1, Address("::1", 2199), Address("::2", 2181)), "/a/b")),
        ("zk1:2181/", Ensemble((Address("zk1", 2181),))),
    ],
)
def test_an_ensemble_as_zookeeper_connect_writes_it(text: str, expected: Ensemble) -> None:
    assert parse_ensemble(text, "-z") == expected
    assert parse_ensemble(str(expected), "-z") == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no address"),
        ("/kafka", "no address"),
        ("zk1:0", "port"),
        ("zk1:x/kafka", "port"),
        ("zk1:1/kafka,zk2:1/kafka", "chroot is written once"),
        ("zk1:1/a//b", "not a path"),
        ("zk1:1/../b", "not a path"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        parse_ensemble(text, "--zookeeper")


def test_paths_stand_below_the_chroot() -> None:
    assert Ensemble((), "/kafka").path("/brokers/ids") == "/kafka/brokers/ids"
    assert Ensemble((), "/kafka").path("/") == "/kafka"
    assert Ensemble(()).path("/") == "/"
