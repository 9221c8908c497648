from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ktui.adapters.errors import NoAnswer
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.replay.feed import MOST_SPEED, ReplayFeed
from ktui.adapters.replay.player import Player
from ktui.adapters.replay.recording import Recording
from tests.adapters.histories import picture
from tests.adapters.replay.studio import Studio

PATIENCE_S = 20.0


class Watched:
    """A feed that plays, and what it told."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.feed = ReplayFeed(Player(Recording(path)), **options)
        self.snapshots: queue.SimpleQueue[ClusterSnapshot] = queue.SimpleQueue()
        self.said: list[str] = []
        self.feed.say = self.said.append
        self.feed.start(self.snapshots.put)

    @property
    def last(self) -> ClusterSnapshot:
        shown = ClusterSnapshot()
        while not self.snapshots.empty():
            shown = self.snapshots.get()
        return shown

    def until(self, fact: Callable[[], bool]) -> None:
        limit = time.monotonic() + PATIENCE_S
        while not fact():
            assert time.monotonic() < limit, self.feed.playing
            time.sleep(0.005)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made-up.ktui"


@pytest.fixture
def studio(path: Path) -> Studio:
    made = Studio(path)
    made.seconds(60)
    made.recorder.close()
    return made


@pytest.fixture
def watch(path: Path, studio: Studio) -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def one(**options: Any) -> Watched:
        made.append(Watched(path, **options))
        return made[-1]

    yield one
    for each in made:
        each.feed.stop()


def test_it_plays_to_the_end_and_stands_there(watch: Callable[..., Watched], studio: Studio) -> None:
    watched = watch(speed=MOST_SPEED)
    watched.until(lambda: watched.feed.playing.is_at_end)
    assert picture(watched.last) == studio.lived[-1][1]
    assert not watched.feed.playing.is_running
    assert watched.feed.clock() == watched.feed.playing.ends_at == studio.now
    assert watched.feed.rates().at == studio.views[-1].at
    watched.feed.toggle()
    watched.until(lambda: watched.feed.playing.is_running or watched.feed.playing.at < studio.now)


def test_a_paused_replay_stands_still_and_obeys(watch: Callable[..., Watched], studio: Studio) -> None:
    watched = watch(is_running=False)
    watched.until(lambda: not watched.snapshots.empty())
    assert picture(watched.last) == studio.lived[0][1]
    assert watched.feed.clock() == watched.feed.clock() == studio.lived[0][0]
    watched.feed.seek(studio.lived[30][0])
    watched.until(lambda: watched.feed.playing.at == studio.lived[30][0])
    assert picture(watched.last) == studio.lived[30][1]
    watched.feed.step()
    watched.until(lambda: watched.feed.playing.at > studio.lived[30][0])
    watched.feed.step_back()
    watched.until(lambda: watched.feed.playing.at <= studio.lived[30][0])
    watched.feed.seek(studio.now)
    watched.feed.step()
    watched.until(lambda: bool(watched.said))
    assert watched.said == ["No change follows."]


def test_a_search_for_problems_ends_at_one_or_says_that_there_is_none(
    watch: Callable[..., Watched], studio: Studio
) -> None:
    watched = watch(is_running=False)
    for _ in range(500):
        before = watched.feed.playing.at
        watched.feed.next_problem()
        watched.until(lambda before=before: watched.feed.playing.at != before or bool(watched.said))  # type: ignore[misc]
        watched.until(lambda: not watched.feed.playing.is_searching)
        if watched.said:
            break
    assert watched.said == ["No other problem follows."]
    assert watched.feed.playing.is_at_end


def test_one_that_loops_begins_again(watch: Callable[..., Watched], studio: Studio) -> None:
    watched = watch(speed=MOST_SPEED, loops=True)
    seen: set[bool] = set()

    def has_begun_again() -> bool:
        late = watched.feed.playing.at > studio.lived[40][0]
        if late:
            seen.add(True)
        return bool(seen) and watched.feed.playing.at < studio.lived[20][0]

    watched.until(has_begun_again)
    assert watched.feed.playing.is_running


def test_speed_is_bounded(watch: Callable[..., Watched]) -> None:
    watched = watch(is_running=False)
    assert watched.feed.play_at(1e9) == MOST_SPEED
    watched.until(lambda: watched.feed.playing.speed == MOST_SPEED)
    assert watched.feed.play_at(1e-9) == 0.25


def test_nobody_can_be_asked(watch: Callable[..., Watched]) -> None:
    async def work(cluster: object) -> None:
        raise AssertionError("asked")

    with pytest.raises(NoAnswer, match="this is a replay"):
        watch(is_running=False).feed.submit(work).result(1)


def test_silence_of_then_is_told(watch: Callable[..., Watched]) -> None:
    watched = watch(is_running=False)
    before, heard_at, after = time.monotonic(), watched.feed.heard_at(), time.monotonic()
    assert heard_at is not None
    assert before - 0.2 <= heard_at <= after - 0.2
    assert (watched.feed.last_error(), watched.feed.period_s()) == (None, 1.0)
