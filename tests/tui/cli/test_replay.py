"""`ktui record` and `ktui replay` without a cluster and without a terminal: sentences and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.events import BrokersChanged, ControllerChanged, SourceName, Stamp
from ktui.adapters.model import Controller
from ktui.adapters.replay.documents import Pulse
from ktui.adapters.replay.recording import Recording
from tests.adapters.clusters import broker
from tests.adapters.replay.studio import Studio
from tests.tui.cli.test_root import ktui


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two hundred seconds, the last hundred of them without broker 2."""
    path = tmp_path_factory.mktemp("recorded") / "made-up.ktui"
    studio = Studio(path)
    studio.reducer.apply(
        [
            *studio.batches[0],
            ControllerChanged(Stamp(SourceName.POLL, studio.now), Controller(101, 1, "quorum")),
        ]
    )
    for second in range(200):
        ids = (1, 3) if second >= 100 else (1, 2, 3)
        studio.now += 1
        event = BrokersChanged(Stamp(SourceName.POLL, studio.now), tuple(map(broker, ids)))
        studio.reducer.apply([event])
        studio.recorder.events([event])
        studio.recorder.beat(Pulse(0.1))
    studio.recorder.close()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, recorded: bytes) -> Path:
    made = tmp_path / "made-up.ktui"
    made.write_bytes(recorded)
    return made


def test_without_a_terminal_the_end_is_printed(path: Path) -> None:
    done = ktui("replay", str(path), TZ="UTC")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(
        "Recording   2023-11-14T22:13:21+00:00 to 2023-11-14T22:16:40+00:00, here 2023-11-14T22:16:40+00:00\n"
    )
    assert "2 of 3 up" in done.stdout
    assert "Controller  101" in done.stdout


def test_any_moment_can_be_printed(path: Path) -> None:
    done = ktui("replay", str(path), "--from", "+30s")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 of 3 up" in done.stdout


def test_an_end_that_is_cut_short_is_told_and_is_ordinary(path: Path, recorded: bytes) -> None:
    path.write_bytes(recorded[:-10])
    done = ktui("replay", str(path), "--from", "start")
    assert done.returncode == 0
    assert "cut short" in done.stderr
    assert "3 of 3 up" in done.stdout


def test_damage_is_told_with_where_and_exits_with_1(path: Path, recorded: bytes) -> None:
    chapters = Recording(path).index.chapters
    damaged = bytearray(recorded)
    damaged[chapters[1].offset + 1_500] ^= 0xFF
    path.write_bytes(damaged)
    done = ktui("replay", str(path), "--from", "95%")
    assert done.returncode == 1
    assert "damaged at byte" in done.stderr
    assert done.stdout.startswith("Recording")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"#!/bin/sh", "is not a recording of ktui"), (None, "No such file")],
)
def test_nothing_to_play_is_one_sentence(path: Path, content: bytes | None, sentence: str) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    done = ktui("replay", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["replay"], "name one of both"),
        (["replay", "PATH", "--metadata-log", "PATH"], "name one of both"),
        (["replay", "PATH", "--from", "noon"], "--from noon: no moment such as"),
        (["replay", "PATH", "--speed", "0"], "--speed"),
        (["record", "PATH"], "no cluster given"),
        (["record", "PATH", "-b", "h:1", "--max-size", "1K"], "less than 1M"),
        (["record", "PATH", "-b", "h:1", "--max-size", "much"], "no size such as 500M"),
        (["record", "-b", "h:1"], "FILE"),
    ],
)
def test_bad_usage_is_one_sentence(path: Path, arguments: list[str], sentence: str) -> None:
    done = ktui(*(str(path) if each == "PATH" else each for each in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_a_file_that_is_no_recording_is_not_written_to(tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("my thesis")
    done = ktui("record", str(thesis), "-b", "127.0.0.1:1")
    assert done.returncode == 2
    assert "left as it is" in done.stderr
    assert thesis.read_text() == "my thesis"


def test_a_cluster_that_cannot_be_reached_leaves_no_file(tmp_path: Path) -> None:
    done = ktui("record", str(tmp_path / "new.ktui"), "-b", "127.0.0.1:1", "--timeout", "1")
    assert done.returncode == 2
    assert "127.0.0.1:1: connect: connection refused" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_printed_where_there_is_no_terminal() -> None:
    done = ktui("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 of 3 up" in done.stdout
