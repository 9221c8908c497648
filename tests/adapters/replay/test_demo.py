"""What ships as the demo is a story worth watching."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ktui.adapters import replay
from ktui.adapters.rates.keys import CLUSTER
from ktui.adapters.replay.player import Player, troubles
from ktui.adapters.replay.recording import Recording
from ktui.adapters.timeline.kinds import Kind

DEMO = Path(replay.__file__).with_name("demo.ktui")


@pytest.fixture
def player() -> Player:
    return Player(Recording(DEMO))


def test_it_is_small_and_whole(player: Player) -> None:
    player.seek(player.tape.ends_at)
    assert DEMO.stat().st_size < 200_000
    assert (player.tape.damage, player.unknown, player.tape.name) == (None, 0, "demo")
    assert 100 < player.tape.ends_at - player.tape.begins_at < 240


def test_it_begins_and_ends_well_and_goes_wrong_between(player: Player) -> None:
    assert troubles(player.snapshot) == frozenset()
    seen: set[str] = set()
    controllers: set[int] = set()
    while not player.is_at_end:
        player.play_until(player.at + 0.25)
        seen |= troubles(player.snapshot)
        if player.snapshot.controller is not None:
            controllers.add(player.snapshot.controller.id)
    assert {"broker 2 missing", "broker 3 missing", "under_replicated", "under_min_isr", "offline"} <= seen
    assert len(controllers) > 1
    assert troubles(player.snapshot) == frozenset()
    assert player.snapshot.faults == ()


def test_its_timeline_tells_the_story(player: Player) -> None:
    player.seek(player.tape.ends_at)
    kinds: Counter[Kind] = Counter()
    for story in player.timeline():
        kinds.update(story.counts)
    for kind in (
        Kind.TOPIC_CREATED, Kind.BROKER_FENCED, Kind.CONTROLLER_MOVED, Kind.LEADER_MOVED, Kind.LEADER_LOST,
        Kind.ISR_SHRANK, Kind.ISR_EXPANDED, Kind.BROKER_UNFENCED,
    ):  # fmt: skip
        assert kinds[kind] > 0, kind
    healed = [s for s in player.timeline() if s.broker in (2, 3) and s.healed_at is not None]
    assert {story.broker for story in healed} == {2, 3}


def test_there_is_traffic_to_look_at(player: Player) -> None:
    player.seek(player.tape.ends_at)
    rates = player.rates()
    assert (rates.per_s(CLUSTER) or 0) > 100
    assert len(rates.busiest(10)) >= 4
    assert len(rates.history("payments", 300)) > 100
    assert rates.bytes_per_s("payments") is not None
    assert rates.per_s(("payments", 0)) is not None
