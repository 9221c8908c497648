from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ktui.adapters.errors import NoAnswer
from ktui.adapters.groups.model import GroupDetail, GroupListed
from ktui.adapters.model import Fault
from ktui.adapters.target import Target
from ktui.tui.cli import group_reading
from ktui.tui.cli.group_reading import describe_groups, list_groups
from tests.tui.builders import NOW
from tests.tui.made_up_groups import ARCHIVER, BILLING, view

FAULT = Fault("list of groups", "broker 2", "no answer within 5 s", NOW)


class Reader:
    """Knows the made-up groups."""

    faults: tuple[Fault, ...] = ()
    known = view().by_name
    watched_s: float | None = None

    def __init__(self, pool: object, snapshot: object, *, timeout_s: float) -> None: ...

    async def list_all(self) -> dict[str, GroupListed]:
        return dict(self.known)

    async def details(
        self, groups: Sequence[GroupListed], *, over_s: float | None = None
    ) -> dict[str, GroupDetail]:
        Reader.watched_s = over_s
        return {"billing": BILLING, "archiver": ARCHIVER}


@pytest.fixture(autouse=True)
def cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cluster:
        pool = None

        async def snapshot(self) -> None: ...

    @asynccontextmanager
    async def open_cluster(target: Target) -> AsyncIterator[Cluster]:
        yield Cluster()

    monkeypatch.setattr(group_reading, "open_cluster", open_cluster)
    monkeypatch.setattr(group_reading, "GroupReader", Reader)


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


async def test_a_line_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert await list_groups(Target(), with_lag=False, as_json=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        "GROUP      TYPE     COORDINATOR  STATE",
        "archiver   classic            1  Empty",
        "billing    classic            1  Stable",
        "connect-x  connect            1  Stable",
    ]
    await list_groups(Target(), with_lag=True, as_json=False)
    assert capsys.readouterr().out.splitlines()[1:3] == [
        "archiver   classic            1        0  5,000  Empty",
        "billing    classic            1        2    100  Stable",
    ]


async def test_the_list_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "faults", (FAULT,))
    await list_groups(Target(), with_lag=True, as_json=True)
    told = document(capsys)
    assert told["groups"][1] == {
        "name": "billing", "type": "classic", "protocol": "consumer", "state": "Stable", "coordinator": 1,
        "members": 2, "lag": 100, "trend_per_s": -2.0, "catch_up_s": 50.0, "status": "OK", "reason": None,
    }  # fmt: skip
    unknown = told["groups"][2]
    assert (unknown["members"], unknown["lag"], unknown["status"]) == (None, None, None)
    assert told["faults"][0]["where"] == "broker 2"


async def test_one_described_and_one_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert await describe_groups(Target(), ["billing", "nope"], over_s=None, as_json=False) == 1
    told = capsys.readouterr()
    assert told.err == "ktui: There is no group nope, or this principal may not Describe it.\n"
    lines = told.out.splitlines()
    assert lines[0] == "billing  classic  Stable   2 members   assignor range   coordinator: broker 1"
    assert lines[1] == "  lag 100   trend -2.0/s   left 50s   status OK"
    assert lines[3].split() == ["orders", "0", "900", "1,000", "100", "-2.0/s", "OK", "billing-1", "10.0.0.7"]


async def test_described_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert await describe_groups(Target(), ["billing"], over_s=30.0, as_json=True) == 0
    assert Reader.watched_s == 30.0
    (told,) = document(capsys)["groups"]
    assert told["partitions"][0] == {
        "topic": "orders", "partition": 0, "committed": 900, "end": 1000, "lag": 100,
        "trend_per_s": -2.0, "status": "OK", "member": "m-1",
    }  # fmt: skip
    assert told["members"][1] == {
        "id": "m-2", "instance_id": "static-2", "client_id": "billing-2", "host": "10.0.0.8",
        "assigned": {"orders": [3, 5]},
    }  # fmt: skip


async def test_silence_is_no_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "faults", (FAULT,))
    monkeypatch.setattr(Reader, "known", {})
    with pytest.raises(NoAnswer, match="broker 2: no answer"):
        await list_groups(Target(), with_lag=False, as_json=True)
