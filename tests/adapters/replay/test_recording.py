from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ktui.adapters.errors import BadSettings, WrongCluster
from ktui.adapters.events import ClusterIdentified
from ktui.adapters.reduce import Reducer
from ktui.adapters.replay.documents import Batch, Broken, Opening, Pulse, PulseTaken, RatesMoment, Step
from ktui.adapters.replay.frames import FILE_HEADER_BYTES, MARKER, VERSION
from ktui.adapters.replay.index import find
from ktui.adapters.replay.recorder import CHAPTER_MOST_S
from ktui.adapters.replay.recording import Recording
from ktui.adapters.replay.writer import RecordingFile
from tests.adapters.clusters import stamp
from tests.adapters.histories import picture
from tests.adapters.replay.studio import PLENTY, Studio
from tests.adapters.replay.test_rates_codec import everything


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made-up.ktui"


@pytest.fixture
def studio_of() -> Iterator[Callable[..., Studio]]:
    """Makes studios, and closes their files."""
    with contextlib.ExitStack() as stack:

        def make_one(path: Path, **options: Any) -> Studio:
            studio = Studio(path, **options)
            stack.callback(studio.file.close)
            return studio

        yield make_one


def play(steps: list[Step]) -> tuple[Reducer, dict[float, dict[str, object]]]:
    """What was on the screen, by the second."""
    reducer, shown = Reducer(), dict[float, dict[str, object]]()
    for step in steps:
        if isinstance(step, Opening):
            reducer = Reducer.recalling(step.memory)
            shown[step.at] = picture(reducer.snapshot)
        elif isinstance(step, Batch):
            reducer.apply(step.events)
        elif isinstance(step, PulseTaken):
            shown[step.at] = picture(reducer.snapshot)
    return reducer, shown


def test_what_was_live_is_played(path: Path, studio_of: Callable[..., Studio]) -> None:
    studio = studio_of(path)
    studio.seconds(150)
    studio.recorder.close()
    recording = Recording(path)
    reducer, shown = play(list(recording.steps(recording.begins_at)))
    assert shown == dict(studio.lived)
    assert picture(reducer.snapshot) == studio.lived[-1][1]
    assert (recording.name, recording.damage, recording.cluster_id()) == ("made-up", None, "made-up")
    assert (recording.begins_at, recording.ends_at) == (studio.lived[0][0], studio.now)


def test_playing_can_begin_with_any_chapter(path: Path, studio_of: Callable[..., Studio]) -> None:
    studio = studio_of(path)
    studio.seconds(400)
    studio.recorder.close()
    recording = Recording(path)
    chapters = recording.index.chapters
    assert len(chapters) >= 3
    for chapter in chapters:
        assert recording.chapter_at(chapter.at + 0.1) == chapter.at
        steps = list(recording.steps(chapter.at))
        _, shown = play(steps)
        lived = {at: seen for at, seen in studio.lived if at >= chapter.at}
        assert shown == lived
        opening = steps[0]
        assert isinstance(opening, Opening)
        for step in steps:
            if isinstance(step, RatesMoment):
                step.apply(opening.rates)
        assert everything(opening.rates.view()) == everything(studio.views[-1])


def test_a_chapter_is_as_long_as_it_is_worth(path: Path, studio_of: Callable[..., Studio]) -> None:
    studio = studio_of(path)
    studio.seconds(400)
    states = [c.at for c in Recording(path).index.chapters]
    assert all(60 <= b - a <= CHAPTER_MOST_S for a, b in pairwise(states))


def test_a_killed_recorder_leaves_all_but_the_last_moment(
    path: Path, studio_of: Callable[..., Studio]
) -> None:
    studio = studio_of(path)
    studio.seconds(100)
    whole = path.read_bytes()
    last = whole.rfind(MARKER)
    for cut in (last + 1, last + 20, last + 50, len(whole) - 1):
        path.write_bytes(whole[:cut])
        recording = Recording(path)
        assert recording.is_cut_short
        assert not recording.is_damaged
        assert recording.ends_at == studio.lived[-2][0]
        assert play(list(recording.steps(0)))[1] == dict(studio.lived[:-1])
        assert "cut short" in (recording.damage or "")


def test_after_damage_it_goes_on_with_the_next_chapter(path: Path, studio_of: Callable[..., Studio]) -> None:
    studio = studio_of(path)
    studio.seconds(400)
    whole = bytearray(path.read_bytes())
    chapters = Recording(path).index.chapters
    whole[chapters[1].offset + 5_000] ^= 0xFF
    path.write_bytes(whole)
    recording = Recording(path)
    assert recording.damage is None
    steps = list(recording.steps(0))
    broken = [step for step in steps if isinstance(step, Broken)]
    assert len(broken) == 1
    assert "damaged at byte" in (recording.damage or "")
    assert recording.is_damaged
    _, shown = play(steps)
    assert shown.items() <= dict(studio.lived).items()
    assert chapters[2].at in shown
    assert len(shown) > len(studio.lived) - 200


def test_any_damage_is_told_and_nothing_wrong_is_shown(path: Path, studio_of: Callable[..., Studio]) -> None:
    studio = studio_of(path)
    studio.seconds(130)
    whole, lived = path.read_bytes(), dict(studio.lived)
    rng = random.Random(5)
    for _ in range(20):
        damaged = bytearray(whole)
        start = rng.randrange(len(whole))
        for place in range(start, min(len(whole), start + rng.choice([1, 4, 3_000]))):
            damaged[place] = rng.randrange(256)
        path.write_bytes(damaged[: rng.randint(start, len(whole))] if rng.random() < 0.3 else damaged)
        try:
            recording = Recording(path)
            _, shown = play(list(recording.steps(0)))
        except BadSettings:
            continue
        assert shown.items() <= lived.items()
        assert shown == lived or recording.damage


def test_foreign_files_are_named_as_such(path: Path) -> None:
    whole = make(path)
    cases = {
        b"": "is empty",
        b"#!/bin/sh\necho": "is not a recording",
        whole[:6]: "ends within its header",
        whole[:FILE_HEADER_BYTES]: "nothing of it can be read",
        whole[:9] + b"x" + whole[10:]: "header is damaged",
        b"\0" * 1_000: "is not a recording",
    }
    for content, sentence in cases.items():
        path.write_bytes(content)
        with pytest.raises(BadSettings, match=sentence):
            Recording(path)
    with pytest.raises(BadSettings, match="No such file"):
        Recording(path.with_name("none"))
    with pytest.raises(BadSettings, match=r"directory|no file"):
        Recording(path.parent)


def make(path: Path, seconds: int = 5) -> bytes:
    studio = Studio(path)
    studio.seconds(seconds)
    studio.recorder.close()
    return path.read_bytes()


def test_a_later_format_is_named_as_such(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ktui.adapters.replay.frames.VERSION", VERSION + 1)
    make(path)
    monkeypatch.undo()
    with pytest.raises(BadSettings, match="has format 2; this ktui reads format 1"):
        Recording(path)


def test_a_file_that_is_no_recording_is_left_as_it_is(path: Path) -> None:
    path.write_text("my thesis")
    with pytest.raises(BadSettings, match="left as it is"):
        RecordingFile(path, limit_bytes=PLENTY)
    assert path.read_text() == "my thesis"


def test_two_recorders_do_not_write_the_same_file(path: Path, studio_of: Callable[..., Studio]) -> None:
    with pytest.raises(BadSettings, match="another recorder"):
        _ = studio_of(path), studio_of(path)


def test_a_recording_is_gone_on_with(path: Path, studio_of: Callable[..., Studio]) -> None:
    first = studio_of(path)
    first.seconds(70)
    first.recorder.close()
    with path.open("ab") as file:
        file.write(b"KtFr cut short")
    second = studio_of(path, seed=2)
    second.now += 1_000
    second.seconds(30)
    second.recorder.close()
    recording = Recording(path)
    assert not recording.is_cut_short
    _, shown = play(list(recording.steps(0)))
    assert shown == dict(first.lived) | dict(second.lived)
    assert [c.begins_anew for c in recording.index.chapters] == [True, False, True]


def test_another_cluster_is_refused(path: Path, studio_of: Callable[..., Studio]) -> None:
    before = make(path)
    studio = studio_of(path)
    studio.reducer.apply(studio.batches[0])
    studio.reducer.apply([ClusterIdentified(stamp(), "another", None)])
    with pytest.raises(WrongCluster, match="name another file"):
        studio.recorder.beat(Pulse())
    assert path.read_bytes() == before


def test_a_bounded_recording_drops_its_oldest_chapters(path: Path, studio_of: Callable[..., Studio]) -> None:
    limit = 100_000
    studio = studio_of(path, limit_bytes=limit)
    largest = 0
    for _ in range(600):
        studio.second()
        largest = max(largest, path.stat().st_size)
    assert studio.recorder.progress.dropped_bytes > 0
    assert largest < 1.5 * limit
    recording = Recording(path)
    _, shown = play(list(recording.steps(0)))
    kept = {at: seen for at, seen in studio.lived if at >= recording.begins_at}
    assert shown == kept
    assert len(kept) > 100
    assert find(path.read_bytes(), "again").chapters == recording.index.chapters
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_full_disk_is_survived(
    path: Path, studio_of: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = studio_of(path)
    studio.seconds(10)

    def full(data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(studio.file, "_append", full)
    studio.seconds(5)
    assert studio.recorder.progress.failed == "No space left on device"
    monkeypatch.undo()
    studio.seconds(10)
    assert studio.recorder.progress.failed is None
    recording = Recording(path)
    _, shown = play(list(recording.steps(0)))
    assert shown == dict(studio.lived[:10]) | dict(studio.lived[15:])
    assert not recording.is_damaged


def test_nothing_recorded_leaves_no_file(path: Path) -> None:
    file = RecordingFile(path, limit_bytes=PLENTY)
    file.close()
    assert (path.exists(), file.size) == (False, 0)
