"""A cluster on its way from ZooKeeper to KRaft, with real servers of both kinds."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.independent import Librdkafka, PlainZooKeeper
from tests.integration.conftest import SharedSandboxes
from tests.raw_quorum import RawQuorum
from tests.terminal import Terminal, ktui

pytestmark = [pytest.mark.matrix, pytest.mark.zookeeper]

TAKE_OVER_S = 90.0


@pytest.fixture
def migrating(sandboxes: SharedSandboxes, tmp_path: Path) -> Iterator[Sandbox]:
    """Two brokers and a ZooKeeper with a topic, and a KRaft controller that is about to take over."""
    sandboxes.stop()
    sandbox = Sandbox(SandboxSpec(Mode.ZOOKEEPER, tmp_path / "migration", brokers=2), is_guarded=True)
    sandbox.up()
    Librdkafka(sandbox.bootstrap_servers).create("before", 3, 2)
    sandbox.migrate()
    yield sandbox
    sandbox.down(deletes_data=True)


def status(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [*ktui(*arguments), "status", "--json"], capture_output=True, text=True, timeout=60, check=False
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def wait_for(look: Callable[[], dict[str, Any]], fact: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Look until it is so."""
    until = time.monotonic() + TAKE_OVER_S
    while not fact(found := look()):
        assert time.monotonic() < until, found
        time.sleep(0.5)
    return found


def test_who_decides_and_how_far_the_copy_is(migrating: Sandbox) -> None:
    servers, controllers, ensemble = (
        migrating.bootstrap_servers, str(migrating.bootstrap_controllers), str(migrating.zookeeper),
    )  # fmt: skip
    addresses = ("-b", servers, "-z", ensemble, "--bootstrap-controller", controllers)
    told = wait_for(
        lambda: status(*addresses), lambda found: (found.get("migration") or {}).get("copied_offset")
    )
    host, _, port = controllers.rpartition(":")
    leader = RawQuorum(host, int(port)).ask()
    assert leader is not None
    assert told["mode"] == "migrating"
    assert told["controller"]["source"] == "quorum"
    assert (told["controller"]["id"], told["controller"]["epoch"]) == (leader.id, leader.epoch)
    assert told["migration"]["controller_id"] == leader.id
    assert told["migration"]["zookeeper_brokers"] == [1, 2]
    assert {broker["id"]: broker["state"] for broker in told["brokers"]} == {1: "up", 2: "up"}
    assert told["counts"]["partitions"] == 3
    later = wait_for(
        lambda: status(*addresses),
        lambda found: found["migration"]["copied_offset"] > told["migration"]["copied_offset"],
    )
    assert later["migration"]["copied_offset"] <= later["quorum"]["high_watermark"] + 50
    with PlainZooKeeper(ensemble) as plain:
        assert (plain.controller() or (None,))[0] == leader.id

    without = status("-z", ensemble)
    assert (without["mode"], without["controller"]["source"]) == ("migrating", "zookeeper")
    assert without["quorum"] is None

    name = f"during-{uuid4().hex[:8]}"
    with Terminal(ktui(*addresses, "--screen", "topics")) as terminal:
        terminal.wait_for("migrating to KRaft", 30)
        terminal.wait_for("before", 30)
        Librdkafka(servers).create(name, 2, 2)
        terminal.wait_for(name, 30)
        terminal.press("9")
        terminal.wait_for("Dual write  ZooKeeper has offset", 30)
        terminal.wait_for("1, 2 in ZooKeeper mode", 30)
        terminal.wait_for("101 voter", 30)
