from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ktui.adapters.events import BrokersChanged, Gap, PartitionsChanged, QuorumObserved, SourceName, Stamp
from ktui.adapters.model import Quorum
from ktui.adapters.replay.documents import Opening, Pulse
from ktui.adapters.replay.player import Player, troubles
from ktui.adapters.replay.recording import Recording
from ktui.adapters.timeline.story import TimelineView
from tests.adapters.clusters import broker, partition
from tests.adapters.histories import BEGAN, picture
from tests.adapters.replay.studio import Studio
from tests.adapters.replay.test_rates_codec import everything


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made-up.ktui"


@pytest.fixture
def studio(path: Path) -> Iterator[Studio]:
    """Two minutes of any kind of change."""
    made = Studio(path)
    made.seconds(120)
    made.recorder.close()
    yield made
    made.file.close()


@pytest.fixture
def player(studio: Studio, path: Path) -> Player:
    return Player(Recording(path))


def test_any_moment_is_shown_as_it_was(studio: Studio, player: Player) -> None:
    for second in (5, 100, 30, 31, 119, 0, 64):
        at, lived = studio.lived[second]
        player.seek(at)
        assert player.at == at
        assert picture(player.snapshot) == lived


def test_the_newest_rates_are_those_of_then(studio: Studio, player: Player) -> None:
    player.seek(studio.now)
    assert everything(player.rates()) == everything(studio.views[-1])
    assert player.rates() is player.rates()


def test_moments_outside_are_its_ends(studio: Studio, player: Player) -> None:
    player.seek(0)
    assert player.at == player.tape.begins_at == studio.lived[0][0]
    player.seek(2 * BEGAN)
    assert (player.at, player.is_at_end) == (studio.now, True)
    assert not player.step()


def test_playing_does_not_go_beyond_the_moment(studio: Studio, player: Player) -> None:
    at, lived = studio.lived[10]
    player.play_until(at + 0.1)
    assert (player.at, picture(player.snapshot)) == (at + 0.1, lived)


class Story:
    """A cluster in which little happens: seconds at which something does."""

    def __init__(self, path: Path) -> None:
        self.studio = Studio(path)
        self.studio.second()
        self.studio.batches.clear()
        self.began = self.studio.now

    def wait(self, seconds: int) -> None:
        """Only the offsets of the quorum move."""
        for _ in range(seconds):
            self.studio.now += 1
            offset = int(self.studio.now)
            self.tell(QuorumObserved(self.stamp, Quorum(101, 1, offset, (), ())))
            self.studio.recorder.beat(Pulse(0.1))

    @property
    def stamp(self) -> Stamp:
        return Stamp(SourceName.POLL, self.studio.now)

    def tell(self, *events: object) -> float:
        self.studio.reducer.apply(events)  # type: ignore[arg-type]
        self.studio.recorder.events(events)  # type: ignore[arg-type]
        return self.studio.now

    def brokers(self, *ids: int) -> float:
        return self.tell(BrokersChanged(self.stamp, tuple(map(broker, ids))))

    def isr(self, *isr: int, epoch: int) -> float:
        name = self.studio.reducer.snapshot.topics.topic_at(0).name
        return self.tell(PartitionsChanged(self.stamp, name, (partition(0, isr=isr, epoch=epoch),)))


@pytest.fixture
def story(path: Path) -> Iterator[Story]:
    made = Story(path)
    yield made
    made.studio.file.close()


def test_steps_go_from_change_to_change(story: Story, path: Path) -> None:
    story.brokers(1, 2, 3)
    story.wait(30)
    left = story.brokers(1, 3)
    story.wait(200)
    back = story.brokers(1, 2, 3)
    story.wait(5)
    player = Player(Recording(path))
    player.seek(left - 5)
    moments = []
    while player.step():
        moments.append(player.at)
    assert moments == [left, back]
    assert player.at == player.tape.ends_at
    assert player.step_back()
    assert player.at == back
    assert player.step_back()
    assert player.at == left
    assert "broker 2 missing" in troubles(player.snapshot)
    player.seek(left - 1)
    assert "broker 2 missing" not in troubles(player.snapshot)


def test_the_next_problem_is_something_new(story: Story, path: Path) -> None:
    story.brokers(1, 2, 3)
    story.isr(1, 2, 3, epoch=20)
    story.wait(100)
    left = story.brokers(1, 3)
    story.wait(10)
    shrunk = story.isr(1, 3, epoch=21)
    story.wait(10)
    story.isr(1, 2, 3, epoch=22)
    story.brokers(1, 2, 3)
    story.wait(10)
    again = story.brokers(1, 2)
    story.wait(3)
    player = Player(Recording(path))
    player.seek(left - 50)

    def found() -> float | None:
        while (is_found := player.look_for_problem(most=3)) is None:
            pass
        return player.at if is_found else None

    assert [found(), found(), found(), found()] == [left, shrunk, again, None]
    assert player.is_at_end


def test_time_in_which_nothing_was_recorded_is_passed_over(path: Path) -> None:
    first = Studio(path)
    first.seconds(10)
    first.recorder.close()
    second = Studio(path, seed=2)
    second.now = first.now + 5_000
    second.seconds(10)
    second.recorder.close()
    player = Player(Recording(path))
    assert player.hole_ends_at is None
    player.play_until(first.now)
    assert player.hole_ends_at == second.lived[0][0]
    player.play_until(second.now)
    assert picture(player.snapshot) == second.lived[-1][1]
    openings = [step for step in Recording(path).steps(0) if isinstance(step, Opening)]
    assert len(openings) == 2


def test_a_gap_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Gap] = []
    from ktui.adapters.reduce import Reducer

    apply = Reducer.apply

    def listening(self: Reducer, events: object) -> object:
        told.extend(event for event in events if isinstance(event, Gap))  # type: ignore[attr-defined]
        return apply(self, events)  # type: ignore[arg-type]

    monkeypatch.setattr(Reducer, "apply", listening)
    test_time_in_which_nothing_was_recorded_is_passed_over(path)
    assert [gap.reason for gap in told] == [
        "nothing was recorded between 2023-11-14T22:13:30Z and 2023-11-14T23:36:51Z"
    ]


def test_a_moment_far_on_is_reached_without_all_that_is_between(
    story: Story, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm_s = 120.0
    monkeypatch.setattr("ktui.adapters.replay.player.WARM_S", warm_s)
    monkeypatch.setattr("ktui.adapters.replay.recorder.CHAPTER_MOST_S", 60.0)
    story.brokers(1, 2, 3)
    story.wait(int(4 * warm_s))
    recording = Recording(path)
    player, begun = Player(recording), []
    steps = recording.steps
    recording.steps = lambda at: (begun.append(at), steps(at))[1]  # type: ignore[method-assign]
    player.seek(recording.ends_at)
    player.seek(recording.ends_at - 5)
    assert len(begun) == 2
    assert all(recording.ends_at - 2 * warm_s < at < recording.ends_at - warm_s / 2 for at in begun)


def entries(view: TimelineView) -> list[tuple[object, ...]]:
    """Everything on a timeline, in any order."""
    of_stories = (story.entry(index) for story in view for index in range(story.size))
    return sorted((str(e.kind), e.at, e.broker, e.topic, str(e.before), str(e.after)) for e in of_stories)


def test_the_timeline_is_that_of_then(story: Story, path: Path) -> None:
    story.brokers(1, 2, 3)
    story.wait(10)
    before = len(entries(story.studio.reducer.timeline.view))
    left = story.brokers(1, 3)
    story.isr(1, 3, epoch=21)
    story.wait(10)
    story.brokers(1, 2, 3)
    story.isr(1, 2, 3, epoch=22)
    story.wait(3)
    player = Player(Recording(path))
    assert entries(player.timeline()) == []
    player.seek(left)
    assert any(each[:3] == ("broker-left", left, 2) for each in entries(player.timeline()))
    player.seek(player.tape.ends_at)
    lived = entries(story.studio.reducer.timeline.view)
    assert len(lived) > before
    assert [each for each in lived if each[1] >= left] == [  # type: ignore[operator]
        each
        for each in entries(player.timeline())
        if each[1] >= left  # type: ignore[operator]
    ]
    assert player.timeline() is player.timeline()
