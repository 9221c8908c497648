from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot, DirectoryUse, Fault
from ktui.tui.present import brokers
from ktui.tui.present.times import Times
from ktui.widgets.cells import plain
from tests.tui.builders import NOW, broker, kraft, small, without_broker_2, zookeeper

UTC = Times(is_utc=True)
KEYS = [spec.key for spec in brokers.COLUMNS]


def shown(snapshot: ClusterSnapshot, broker_id: int, **sort: tuple[str, bool]) -> dict[str, str]:
    row = next(row for row in brokers.rows(snapshot, UTC, NOW, **sort) if row.key == broker_id)
    return {"sign": row.sign, **dict(zip(KEYS, map(plain, row.cells), strict=True))}


def test_a_broker_that_is_up() -> None:
    assert shown(small(), 1) == {
        "sign": "", "id": "1", "host": "10.0.0.11:9092", "rack": "a", "state": "up", "since": "?",
        "leaders": "10", "replicas": "30", "out": "0", "skew": "0%", "disk": "41%", "free": "59G",
        "rate": "     ?         ", "bytes": "?", "version": "4.4",
    }  # fmt: skip


def test_a_missing_broker_says_since_when_and_its_disk_is_not_known() -> None:
    row = shown(without_broker_2(small()), 2)
    assert row["sign"] == "✕"
    assert row["state"] == "missing 41s"
    assert row["since"] == "13:59:19"
    assert (row["leaders"], row["replicas"], row["out"], row["skew"]) == ("0", "30", "30", "-")
    assert row["disk"] == "?"


def test_the_controller_is_marked_where_a_broker_is_it() -> None:
    assert shown(zookeeper([]), 2)["sign"] == "◆"
    assert all(shown(small(), i)["sign"] == "" for i in (1, 2, 3))


def test_what_is_not_loaded_is_not_zero() -> None:
    row = shown(kraft([], is_loaded=False), 1)
    assert [row[key] for key in ("leaders", "replicas", "out", "skew")] == ["?"] * 4


def test_a_disk_one_may_not_ask_for_is_no_unknown_disk() -> None:
    fault = Fault("log dirs", "broker 1", "needs Describe on Cluster", NOW)
    snapshot = kraft([], faults=(fault,))
    assert shown(snapshot, 1)["disk"] == "no right"
    assert shown(snapshot, 2)["disk"] == "?"


def test_a_broker_never_seen_has_no_address() -> None:
    unseen = Broker(9, None, None, None, BrokerState.MISSING)
    row = shown(kraft([], brokers=(unseen,)), 9)
    assert (row["host"], row["rack"], row["version"], row["state"]) == ("?", "-", "?", "missing")


def test_a_registered_broker_tells_since_when() -> None:
    up = broker(1, registered_at=NOW - 3600)
    assert shown(kraft([], brokers=(up,)), 1)["since"] == "13:00:00"


def test_hostile_strings_are_made_visible() -> None:
    row = shown(kraft([], brokers=(Broker(1, "h\x1b[31m", 1, "r\u202e", BrokerState.UP, version="\x9b"),)), 1)
    assert (row["host"], row["rack"], row["version"]) == ("h\\x1b[31m:1", "r\\u202e", "\\x9b")


def test_volumes_are_counted_once() -> None:
    same = DirectoryUse("/a", None, 100, 60)
    assert brokers.disk_of((same, replace(same, path="/b"))) == brokers.Disk(100, 60)
    assert brokers.disk_of((same, DirectoryUse("/c", None, None, None))) is None
    assert brokers.disk_of(None) is None


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (("id", True), [3, 2, 1]),
        (("leaders", True), [3, 1, 2]),
        (("out", True), [2, 3, 1]),
        (("disk", False), [1, 2, 3]),
    ],
)
def test_orders(sort: tuple[str, bool], order: list[int]) -> None:
    rows = brokers.rows(without_broker_2(small()), UTC, NOW, sort)
    assert [row.key for row in rows] == order


def test_titles_and_the_line_of_controllers() -> None:
    assert plain(brokers.title(small())) == "Brokers  3 known"
    assert plain(brokers.title(without_broker_2(small()))) == "Brokers  3 known, 1 missing"
    assert plain(brokers.title(kraft([], brokers_loaded=False))) == "Brokers  not known yet"
    assert plain(brokers.controllers_line(small())) == (
        "Controllers  101 ◆ leader e7  102 caught up  103 caught up"
    )
    assert brokers.controllers_line(zookeeper([])) == ()
