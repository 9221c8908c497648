from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from ktui.adapters.errors import AdapterError, BadSettings
from ktui.adapters.kafka.log.batches import batches
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.model import BrokerState, ClusterSnapshot, Mode
from ktui.adapters.partitions import partitions
from ktui.adapters.replay.documents import Broken, Opening
from ktui.adapters.replay.metadata_folder import MetadataFolder
from ktui.adapters.replay.player import Player
from ktui.adapters.timeline.kinds import Kind
from tests.adapters.kafka.log.plain_log import Record, batch_bytes, batch_of, leader_change
from tests.adapters.kafka.log.test_image import broker, change, partition, topic

BEGAN = 1_700_000_000


class Folder:
    """A log that is written by hand, ten seconds between two batches."""

    def __init__(self, path: Path) -> None:
        self.path = path / "kraft" / "__cluster_metadata-0"
        self.path.mkdir(parents=True)
        self.next = 0
        self.at = BEGAN
        self.base = 0

    @property
    def segment(self) -> Path:
        return self.path / f"{self.base:020}.log"

    def append(self, *records: Record) -> float:
        self.at += 10
        self._write(batch_of(records, self.next, at_ms=1000 * self.at), len(records))
        return self.at

    def elect(self, leader: int) -> None:
        self.at += 10
        self._write(leader_change(leader, self.next, epoch=1, at_ms=1000 * self.at), 1)

    def _write(self, data: bytes, records: int) -> None:
        with self.segment.open("ab") as file:
            file.write(data)
        self.next += records

    def roll(self) -> None:
        self.base = self.next

    def checkpoint(self, *records: Record, end: bool = True) -> Path:
        """A snapshot of what is below the next offset."""
        stamp = {"epoch": 1, "at_ms": 1000 * self.at}
        data = batch_bytes([b"\0\0" + bytes(9)], 0, keys=[b"\0\0\0\3"], **stamp)  # type: ignore[arg-type]
        data += batch_of(records, 1, **stamp)
        if end:
            data += batch_bytes([b"\0\0\0"], 1 + len(records), keys=[b"\0\0\0\4"], **stamp)  # type: ignore[arg-type]
        path = self.path / f"{self.next:020}-{1:010}.checkpoint"
        path.write_bytes(data)
        return path


BROKERS = (broker(1), broker(2), broker(3))
FENCED = Record(7, {"broker": 2, "epoch": 102})
SHRUNK = change(0, isr=[1, 3])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Three brokers, a topic, broker 2 fenced, a checkpoint, and a second topic in another segment."""
    made = Folder(tmp_path)
    made.elect(101)
    made.append(*BROKERS)
    made.append(topic(), partition())
    made.append(SHRUNK, FENCED)
    made.roll()
    made.checkpoint(broker(1), broker(2, fenced=True), broker(3), topic(), partition(isr=[1, 3], epoch=1))
    made.append(topic("other", b"p" * 16), partition(topic_id=b"p" * 16))
    return made


def states(snapshot: ClusterSnapshot) -> dict[int, BrokerState]:
    return {each.id: each.state for each in snapshot.brokers}


def isr(snapshot: ClusterSnapshot, name: str = "orders") -> tuple[int, ...]:
    held = snapshot.topics.get(name)
    assert held is not None
    return next(partitions(held.table)).isr


@pytest.mark.parametrize("place", ["itself", "the folder around it"])
def test_the_state_at_any_moment(folder: Folder, place: str) -> None:
    (folder.path.parent / "meta.properties").write_text("version=1\ncluster.id=abc\n")
    player = Player(MetadataFolder(folder.path if place == "itself" else folder.path.parent))
    assert (player.snapshot.cluster_id, player.snapshot.mode) == ("abc", Mode.KRAFT)
    assert len(player.snapshot.topics) == 0
    player.seek(BEGAN + 25)
    assert states(player.snapshot) == dict.fromkeys((1, 2, 3), BrokerState.UP)
    player.seek(player.tape.ends_at)
    assert isr(player.snapshot) == (1, 3)
    assert states(player.snapshot)[2] is BrokerState.FENCED
    assert [each.name for each in player.snapshot.topics] == ["orders", "other"]
    assert player.snapshot.controller is not None
    assert player.snapshot.controller.id == 101
    player.seek(BEGAN + 30)
    assert isr(player.snapshot) == (1, 2, 3)
    assert player.tape.damage is None


def test_the_timeline_has_what_happened(folder: Folder) -> None:
    player = Player(MetadataFolder(folder.path))
    player.seek(player.tape.ends_at)
    causes = [s for s in player.timeline() if s.head is not None and s.head.kind is Kind.BROKER_FENCED]
    (story,) = causes
    assert (story.broker, story.started_at, story.counts[Kind.ISR_SHRANK]) == (2, BEGAN + 40, 1)


def test_it_begins_with_the_oldest_checkpoint_where_the_log_does_not_begin(folder: Folder) -> None:
    (folder.path / f"{0:020}.log").unlink()
    player = Player(MetadataFolder(folder.path))
    assert isr(player.snapshot) == (1, 3)
    assert states(player.snapshot)[2] is BrokerState.FENCED
    player.seek(player.tape.ends_at)
    assert len(player.snapshot.topics) == 2


def test_checkpoints_are_chapters_and_tell_the_same(folder: Folder) -> None:
    tape = MetadataFolder(folder.path)
    assert tape.chapter_at(folder.at) == BEGAN + 40
    from_there = next(iter(tape.steps(BEGAN + 40)))
    assert isinstance(from_there, Opening)
    whole, part = Player(tape), Player(tape)
    whole.seek(BEGAN + 45)
    part._begin(BEGAN + 40)
    assert isr(whole.snapshot) == isr(part.snapshot)
    assert states(whole.snapshot) == states(part.snapshot)


def test_a_checkpoint_alone_is_a_state(folder: Folder) -> None:
    for path in folder.path.glob("*.log"):
        path.unlink()
    player = Player(MetadataFolder(folder.path))
    assert (isr(player.snapshot), player.is_at_end) == ((1, 3), True)


def test_a_last_batch_that_is_being_written_is_ordinary(folder: Folder) -> None:
    data = folder.segment.read_bytes()
    for left in (data[:-1], data + b"\0" * 5, data + bytes(1_000)):
        folder.segment.write_bytes(left)
        player = Player(MetadataFolder(folder.path))
        player.seek(player.tape.ends_at)
        assert isr(player.snapshot) == (1, 3)
        assert player.tape.damage is not None
        assert not player.tape.is_damaged


def test_after_damage_it_goes_on_with_the_next_checkpoint(folder: Folder) -> None:
    first = folder.path / f"{0:020}.log"
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 0xFF
    first.write_bytes(data)
    tape = MetadataFolder(folder.path)
    assert [type(step) for step in tape.steps(0) if isinstance(step, Broken | Opening)] == [
        Opening, Broken, Opening,
    ]  # fmt: skip
    player = Player(tape)
    player.seek(tape.ends_at)
    assert len(player.snapshot.topics) == 2
    assert "the checksum is wrong" in (tape.damage or "")
    assert tape.is_damaged
    assert any(Kind.GAP in story.counts for story in player.timeline())


def test_a_missing_segment_is_told(folder: Folder) -> None:
    folder.roll()
    folder.append(Record(20, {}))
    folder.roll()
    folder.append(topic("third", b"q" * 16))
    (folder.path / f"{folder.base - 1:020}.log").unlink()
    player = Player(MetadataFolder(folder.path))
    player.seek(player.tape.ends_at)
    assert len(player.snapshot.topics) == 2
    assert "are missing" in (player.tape.damage or "")


def test_a_checkpoint_that_is_not_whole_is_passed_over(folder: Folder) -> None:
    folder.checkpoint(*BROKERS, end=False)
    tape = MetadataFolder(folder.path)
    player = Player(tape)
    player.seek(tape.ends_at)
    assert len(player.snapshot.topics) == 2
    assert [type(step) for step in tape.steps(folder.at)] == [Broken]
    with pytest.raises(AdapterError, match="has no end"):
        player._begin(folder.at)


@pytest.mark.parametrize("names", [[], ["orders-0.log", "x"], [f"{0:020}-{0:010}.checkpoint"]])
def test_a_folder_without_a_log_is_named_as_such(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(BadSettings, match="holds no metadata log"):
        MetadataFolder(tmp_path)
    with pytest.raises(BadSettings, match="No such file"):
        MetadataFolder(tmp_path / "none")


def test_a_log_that_begins_nowhere_is_named_as_such(folder: Folder) -> None:
    (folder.path / f"{0:020}.log").unlink()
    for path in folder.path.glob("*.checkpoint"):
        path.unlink()
    with pytest.raises(BadSettings, match="no checkpoint to begin with"):
        MetadataFolder(folder.path)


def test_nothing_is_written(folder: Folder) -> None:
    def seen() -> list[tuple[str, int, bytes]]:
        return sorted((p.name, p.stat().st_mtime_ns, p.read_bytes()) for p in folder.path.iterdir())

    before = seen()
    player = Player(MetadataFolder(folder.path))
    player.seek(player.tape.ends_at)
    player.seek(player.tape.begins_at)
    assert seen() == before


def test_any_bytes_are_survived(folder: Folder) -> None:
    rng = random.Random(11)
    whole: dict[Path, bytes] = {path: path.read_bytes() for path in folder.path.iterdir()}
    for _ in range(150):
        path, data = rng.choice(list(whole.items()))
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 5)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.randint(0, len(damaged))] if rng.random() < 0.3 else damaged)
        try:
            player = Player(MetadataFolder(folder.path))
            player.seek(player.tape.ends_at)
        except AdapterError:
            pass
        finally:
            path.write_bytes(data)


def test_it_is_the_state_of_the_image(folder: Folder) -> None:
    image, told = MetadataImage(), dict[str, Any]()
    for path in sorted(folder.path.glob("*.log")):
        for batch in batches(path.read_bytes()):
            for event in image.take(batch, seen_at=0.0):
                told.update({each.name: each.table for each in getattr(event, "topics", ())})
    player = Player(MetadataFolder(folder.path))
    player.seek(player.tape.ends_at)
    assert {each.name: each.table for each in player.snapshot.topics} == told
