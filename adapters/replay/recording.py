"""A recording that is read: what of it is whole is played, and where it breaks is told."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ktui.adapters.errors import BadAnswer, BadSettings
from ktui.adapters.events import ClusterIdentified
from ktui.adapters.replay.documents import Broken, Opening, Step, read_opening, read_steps
from ktui.adapters.replay.frames import FRAME_HEADER_BYTES, Kind, frame_header, payload_of
from ktui.adapters.replay.index import Chapter, find, map_file

MOST_RAW_BYTES: Final = 1 << 31


class Recording:
    """BadSettings, with a sentence, when the file is no recording or nothing of it can be read."""

    def __init__(self, path: Path) -> None:
        self._buffer = map_file(path)
        self._path = path
        self.index = find(self._buffer, str(path))
        self._moments = [chapter.at for chapter in self.index.chapters]
        self._lost: dict[int, str] = {}
        """Sentences by where in the file they belong to."""
        if self.index.end < self.index.size:
            cut = self.index.size - self.index.end
            self._lost[self.index.end] = f"{cut} bytes at its end are cut short or no frame"
        self._name: str | None = None

    @property
    def name(self) -> str:
        """BadSettings when no state can be read."""
        if self._name is None:
            opening = next((s for s in self.steps(self.begins_at) if isinstance(s, Opening)), None)
            if opening is None:
                raise BadSettings(f"{self._path}: no state in it can be read")
            self._name = opening.name
        return self._name

    def cluster_id(self) -> str | None:
        """Of the last chapter whose state can be read."""
        for chapter in reversed(self.index.chapters):
            try:
                events = self._opening(chapter, MOST_RAW_BYTES).memory.events
            except (BadAnswer, zlib.error):
                continue
            told = (event.cluster_id for event in events if isinstance(event, ClusterIdentified))
            return next(told, None)
        return None

    @property
    def begins_at(self) -> float:
        return self.index.begins_at

    @property
    def ends_at(self) -> float:
        return self.index.ends_at

    @property
    def is_cut_short(self) -> bool:
        """Whether the last frame is not whole: so the file of a recorder ends that was killed."""
        return self.index.end < self.index.size

    @property
    def damage(self) -> str | None:
        """As far as it has been read."""
        if not self._lost:
            return None
        return f"{self._path}: " + "; ".join(self._lost[place] for place in sorted(self._lost))

    @property
    def is_damaged(self) -> bool:
        """Whether something within is lost, as far as it has been read."""
        return any(place != self.index.end for place in self._lost)

    def chapter_at(self, at: float) -> float:
        return self._moments[max(0, bisect_right(self._moments, at) - 1)]

    def steps(self, chapter_at: float) -> Iterator[Step]:
        first = max(0, bisect_right(self._moments, chapter_at) - 1)
        chapters = self.index.chapters
        needs_opening = True
        for number in range(first, len(chapters)):
            end = chapters[number + 1].offset if number + 1 < len(chapters) else self.index.end
            needs_opening = needs_opening or chapters[number].begins_anew
            needs_opening = yield from self._chapter(chapters[number], end, needs_opening=needs_opening)

    def _chapter(self, chapter: Chapter, end: int, *, needs_opening: bool) -> Generator[Step, None, bool]:
        """Its steps; returns whether what follows needs to begin with a state, because something is lost."""
        header = frame_header(self._buffer, chapter.offset)
        if header is None:
            return True
        if needs_opening:
            try:
                yield self._opening(chapter, MOST_RAW_BYTES)
            except (BadAnswer, zlib.error) as error:
                yield self._broken(chapter.offset, chapter.at, f"its state cannot be read ({error})")
                return True
        place, stream, at = (
            chapter.offset + FRAME_HEADER_BYTES + header.size,
            zlib.decompressobj(),
            chapter.at,
        )
        while place < end:
            header = frame_header(self._buffer, place)
            payload = payload_of(self._buffer, place, header) if header is not None else None
            if header is None or payload is None or header.kind is not Kind.STEPS:
                yield self._broken(place, at, "a frame is damaged")
                return True
            try:
                yield from read_steps(stream.decompress(payload, MOST_RAW_BYTES))
            except (BadAnswer, zlib.error) as error:
                yield self._broken(place, at, str(error))
                return True
            at, place = header.at, place + FRAME_HEADER_BYTES + header.size
        return False

    def _opening(self, chapter: Chapter, most: int) -> Opening:
        header = frame_header(self._buffer, chapter.offset)
        payload = None if header is None else payload_of(self._buffer, chapter.offset, header)
        if payload is None:
            raise BadAnswer("its bytes are damaged")
        return read_opening(chapter.at, zlib.decompressobj().decompress(payload, most))

    def _broken(self, place: int, at: float, why: str) -> Broken:
        when = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._lost[place] = f"damaged at byte {place}, after {when}: {why}"
        return Broken(at, f"the recording is damaged at byte {place}: what followed {when} is lost")
