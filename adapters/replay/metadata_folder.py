"""A folder of the metadata log as a tape: what its records say, from the oldest state that can be had.

Only reads. The folder may be in use: what is appended while it is played is not seen. Nothing in it says which records
are committed: the last ones of a copy may be none that the cluster kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from ktui.adapters.errors import BadSettings
from ktui.adapters.events import ClusterIdentified, SourceName, Stamp
from ktui.adapters.kafka.log.batches import Batch, Damaged
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.kafka.steps import at_once
from ktui.adapters.memory import Memory
from ktui.adapters.replay.documents import Batch as Happened
from ktui.adapters.replay.documents import Broken as Lost
from ktui.adapters.replay.documents import Opening, Pulse, Step
from ktui.adapters.replay.metadata_files import (
    Checkpoint,
    MetadataFiles,
    Segment,
    batches_from,
    find_files,
    look_through,
    read_file,
)
from ktui.adapters.replay.rates_state import RatesState

PROGRAM: Final = "kafka"


class _Start(NamedTuple):
    """Where playing can begin: with a checkpoint, or (None) with an empty cluster."""

    at: float
    offset: int
    checkpoint: Checkpoint | None


class MetadataFolder:
    """BadSettings, with a sentence, when there is no metadata log in it or nothing of it can be played."""

    def __init__(self, folder: Path) -> None:
        self._files = find_files(folder)
        self._lost: dict[int, str] = {}
        """Sentences by the offset that they belong to."""
        self._is_cut_short = False
        self._last_offset = -1
        self._first_at = self._ends_at = 0.0
        self._starts = self._found(self._files)
        if not self._starts:
            raise BadSettings(
                f"{folder}: the log begins at offset {self._files.segments[0].base_offset:,}, and there is no "
                "checkpoint to begin with"
            )
        self._moments = [start.at for start in self._starts]

    @property
    def name(self) -> str:
        return self._files.cluster_id or "metadata log"

    @property
    def begins_at(self) -> float:
        return self._moments[0]

    @property
    def ends_at(self) -> float:
        return max(self._ends_at, self.begins_at)

    @property
    def damage(self) -> str | None:
        if not self._lost:
            return None
        return f"{self._files.folder}: " + "; ".join(self._lost[offset] for offset in sorted(self._lost))

    @property
    def is_damaged(self) -> bool:
        """Whether more is lost than a last batch that was being written."""
        return any(offset <= self._last_offset for offset in self._lost)

    def chapter_at(self, at: float) -> float:
        return self._moments[max(0, bisect_right(self._moments, at) - 1)]

    def steps(self, chapter_at: float) -> Iterator[Step]:
        number = max(0, bisect_right(self._moments, chapter_at) - 1)
        while number is not None and number < len(self._starts):
            lost_from = yield from self._from(self._starts[number])
            if lost_from is None:
                return
            beyond = (n for n, start in enumerate(self._starts) if start.offset > lost_from)
            number = next(beyond, len(self._starts))

    # What there is

    def _found(self, files: MetadataFiles) -> list[_Start]:
        """Looks through the headers of all segments."""
        ends = {checkpoint.end_offset for checkpoint in files.checkpoints}
        marks: dict[int, float] = {}
        for segment in files.segments:
            span = look_through(read_file(segment.path), ends)
            if span.last_offset < 0:
                continue
            self._first_at = self._first_at or span.first_at
            marks |= {end: max(at, self._ends_at) for end, at in span.marks.items()}
            self._last_offset, self._ends_at = span.last_offset, max(self._ends_at, span.last_at)
        starts: list[_Start] = []
        if files.segments and files.segments[0].base_offset == 0 and self._first_at:
            starts.append(_Start(self._first_at, 0, None))
        for checkpoint in files.checkpoints:
            at = marks.get(checkpoint.end_offset) or _made_at(checkpoint)
            if at is not None:
                starts.append(
                    _Start(max(at, starts[-1].at) if starts else at, checkpoint.end_offset, checkpoint)
                )
        return starts

    # Playing

    def _from(self, start: _Start) -> Generator[Step, None, int | None]:
        """Everything from here; returns the offset at which something is lost."""
        image = MetadataImage()
        try:
            if start.checkpoint is not None:
                _load(image, start.checkpoint)
        except Damaged as damage:
            assert start.checkpoint is not None
            yield self._broken(start.offset, start.at, f"{start.checkpoint.path.name}: {damage}")
            return start.offset
        yield self._opening(image, start)
        at, offset = start.at, start.offset
        for segment in self._segments_from(offset):
            try:
                for batch in batches_from(read_file(segment.path), offset):
                    if batch.base_offset > offset:
                        raise Damaged(0, f"offsets {offset:,} to {batch.base_offset - 1:,} are missing")
                    at, offset = max(at, batch.timestamp_ms / 1000), batch.last_offset + 1
                    events = image.take(batch, seen_at=at)
                    if events:
                        yield Happened(at, events)
            except Damaged as damage:
                yield self._broken(offset, at, f"{segment.path.name}: {damage}")
                return offset
        return None

    def _segments_from(self, offset: int) -> Iterator[Segment]:
        """From the one in which this offset is."""
        segments = self._files.segments
        first = max(0, bisect_right([segment.base_offset for segment in segments], offset) - 1)
        yield from segments[first:]

    def _opening(self, image: MetadataImage, start: _Start) -> Opening:
        stamp = Stamp(SourceName.METADATA_LOG, start.at, start.at, start.offset - 1)
        events = at_once(image.whole(stamp))
        identity = ClusterIdentified(stamp, self._files.cluster_id, None)
        return Opening(
            start.at,
            self.name,
            PROGRAM,
            Memory((*events, identity), taken_at=start.at),
            RatesState(),
            Pulse(),
        )

    def _broken(self, offset: int, at: float, why: str) -> Lost:
        when = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._lost[offset] = f"broken at offset {offset:,}, after {when}: {why}"
        return Lost(at, f"the metadata log is broken at offset {offset:,}: what followed {when} is lost")


def _load(image: MetadataImage, checkpoint: Checkpoint) -> None:
    """Raises Damaged for a checkpoint that is not whole."""
    last: Batch | None = None
    for last in batches_from(read_file(checkpoint.path), 0):
        at_once(image.loading(last))
    if last is None or not last.is_control:
        raise Damaged(0, "the checkpoint has no end")


def _made_at(checkpoint: Checkpoint) -> float | None:
    """When it was made; None for one that cannot be read."""
    try:
        return next(
            (batch.timestamp_ms / 1000 for batch in batches_from(read_file(checkpoint.path), 0)), None
        )
    except (Damaged, BadSettings):
        return None
