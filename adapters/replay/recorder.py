"""Takes what the feed takes, and writes it: once a second a frame, now and then a chapter."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ktui import __version__
from ktui.adapters.errors import WrongCluster
from ktui.adapters.events import ClusterEvent
from ktui.adapters.rates.frames import Filled, Wiped
from ktui.adapters.rates.store import RateStore
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.reduce import Reducer
from ktui.adapters.replay.documents import Pulse, StepsWriter, write_opening
from ktui.adapters.replay.rates_codec import write_moment
from ktui.adapters.replay.writer import RecordingFile

log = logging.getLogger(__name__)

FRAME_S: Final = 1.0
"""What was recorded is in the file after so long."""
CHAPTER_LEAST_S: Final = 60.0
CHAPTER_MOST_S: Final = 900.0
CHAPTER_STATES: Final = 2
"""A chapter is as long as so many of its states, so that states are no more than a third of a recording."""
SYNC_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recorder is."""

    bytes: int
    chapters: int
    dropped_bytes: int
    failed: str | None
    """Why nothing can be written now; None: it can."""


class Recorder:
    """Used on one thread. `events` and `rates` are called with what comes, `beat` once a second."""

    def __init__(
        self,
        file: RecordingFile,
        name: str,
        reducer: Callable[[], Reducer],
        store: RateStore,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file, self._name, self._reducer, self._clock = file, name, reducer, clock
        self._frames = (store.topics.frames, store.totals.slots.frames)
        for frames in self._frames:
            frames.journal = []
        self._waiting = StepsWriter()
        self._rates: RatesView = EMPTY_VIEW
        self._chapter_at: float | None = None
        self._needs_chapter = True
        self._begins_anew = True
        self._synced_at = clock()
        self._failed: str | None = None
        self._dropped = 0
        self._chapters = 0

    def events(self, events: Sequence[ClusterEvent]) -> None:
        """A batch that has just been reduced."""
        if not self._needs_chapter:
            self._waiting.add_events(self._clock(), events)

    def rates(self, view: RatesView) -> None:
        """A new view of the rates."""
        notes = [self._taken(number) for number in range(len(self._frames))]
        if not self._needs_chapter:
            written = write_moment(view, self._rates, notes[0], notes[1], self._waiting.blobs)
            self._waiting.add_rates(self._clock(), written)
        self._rates = view

    def _taken(self, number: int) -> list[Filled | Wiped]:
        notes, self._frames[number].journal = self._frames[number].journal or [], []
        return notes

    def beat(self, pulse: Pulse) -> None:
        """A second is over: write. WrongCluster when the file is about another cluster."""
        now = self._clock()
        try:
            if not self._needs_chapter:
                self._waiting.add_pulse(now, pulse)
                self._write(now)
            if self._is_chapter_due(now):
                self._begin_chapter(now, pulse)
            self._failed = None
        except OSError as error:
            # What was not written is missing in the stream of this chapter: another one has to begin.
            self._failed = error.strerror or str(error)
            self._needs_chapter = self._begins_anew = True
            self._waiting = StepsWriter()

    def _is_chapter_due(self, now: float) -> bool:
        if self._needs_chapter or self._chapter_at is None:
            return True
        file, age_s = self._file, now - self._chapter_at
        grown = file.chapter_bytes - file.state_bytes
        is_long = grown > CHAPTER_STATES * file.state_bytes or grown > file.limit_bytes / 8
        return age_s >= CHAPTER_MOST_S or (age_s >= CHAPTER_LEAST_S and is_long)

    def _begin_chapter(self, now: float, pulse: Pulse) -> None:
        reducer = self._reducer()
        if not (reducer.snapshot.brokers_loaded or reducer.snapshot.is_loaded):
            return
        self._refuse_other_cluster(reducer.snapshot.cluster_id)
        payload = write_opening(self._name, __version__, reducer.memory(), self._rates, pulse)
        self._file.begin_chapter(now, payload, begins_anew=self._begins_anew)
        self._chapter_at, self._chapters = now, self._chapters + 1
        self._needs_chapter = self._begins_anew = False
        if self._file.is_full:
            self._dropped += self._file.drop_oldest()

    def _refuse_other_cluster(self, cluster_id: str | None) -> None:
        earlier = self._file.cluster_id
        if earlier is not None and cluster_id is not None and cluster_id != earlier:
            raise WrongCluster(
                f"{self._file.path} is a recording of cluster {earlier}, this is {cluster_id}: name another file"
            )

    def _write(self, now: float) -> None:
        waiting, self._waiting = self._waiting, StepsWriter()
        self._file.add(now, waiting.payload())
        if now - self._synced_at >= SYNC_S:
            self._synced_at = now
            self._file.sync()

    @property
    def progress(self) -> Progress:
        return Progress(self._file.size, self._chapters, self._dropped, self._failed)

    def close(self) -> None:
        """Write what waits; the file is whole without."""
        if self._waiting and not self._needs_chapter:
            self._write(self._clock())
            self._file.sync()
        self._file.close()
