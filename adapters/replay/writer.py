"""The file that a recorder writes: chapters of frames, bounded in size, whole whenever the writer is killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.replay.frames import FILE_HEADER_BYTES, Kind, file_header, frame
from ktui.adapters.replay.recording import Recording

LEVEL: Final = 6
KEPT_PART: Final = 0.75
"""Of the limit, when the oldest chapters are dropped."""


class RecordingFile:
    """Appends frames. One writer at a time: the file is locked while it is open."""

    def __init__(self, path: Path, *, limit_bytes: int) -> None:
        """A new file, or one to go on with. BadSettings, with a sentence, for any other; nothing of it is lost."""
        self.path = path
        self.limit_bytes = limit_bytes
        self.earlier: Recording | None = None
        """What was there before."""
        self.cluster_id: str | None = None
        """Which cluster that was about; None: not known."""
        self._file = self._opened()
        self._chapters: list[int] = []
        """Where they begin."""
        self._stream = zlib.compressobj(LEVEL)
        self.chapter_bytes = 0
        self.state_bytes = 0
        """Of the last chapter, and of its state."""
        self._closed_size = 0
        self._begin_or_go_on()

    def _opened(self) -> BinaryIO:
        is_there = self.path.exists()
        if is_there and not self.path.is_file():
            raise BadSettings(f"{self.path} is no file")
        try:
            file = self.path.open("r+b" if is_there else "x+b")
        except OSError as error:
            raise BadSettings(f"{self.path}: {error.strerror or error}") from error
        return _locked(file, self.path)

    def _begin_or_go_on(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        if not size:
            self.path.chmod(0o600)
            self._append(file_header())
            return
        try:
            self.earlier = Recording(self.path)
            self.cluster_id = self.earlier.cluster_id()
        except BadSettings as error:
            self._file.close()
            raise BadSettings(f"{error}: it is left as it is, name another file") from error
        self._chapters = [chapter.offset for chapter in self.earlier.index.chapters]
        # A frame that was cut short by a kill is taken off, so that what is appended follows what is whole.
        self._file.truncate(self.earlier.index.end)
        self._file.seek(0, os.SEEK_END)

    @property
    def size(self) -> int:
        """Bytes; when it is closed, those that stay."""
        return self._closed_size if self._file.closed else self._file.tell()

    def begin_chapter(self, at: float, payload: bytes, *, begins_anew: bool) -> None:
        """Write a state; the steps that follow build on it. OSError leaves the file as it was."""
        self._stream = zlib.compressobj(LEVEL)
        start = self.size
        back = start - self._chapters[-1] if self._chapters else 0
        data = zlib.compress(payload, LEVEL if len(payload) < 1 << 20 else 1)
        self._append(frame(Kind.STATE, at, data, back=back, begins_anew=begins_anew))
        self._chapters.append(start)
        self.chapter_bytes = self.state_bytes = self.size - start
        os.fsync(self._file.fileno())

    def add(self, at: float, payload: bytes) -> None:
        """Write steps. OSError leaves the file as it was, but needs a new chapter next."""
        data = self._stream.compress(payload) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        written = frame(Kind.STEPS, at, data, back=self.size - self._chapters[-1])
        self._append(written)
        self.chapter_bytes += len(written)

    def _append(self, data: bytes) -> None:
        start = self.size
        try:
            self._file.write(data)
            self._file.flush()
        except OSError:
            self._file.seek(start)
            self._file.truncate(start)
            raise

    @property
    def is_full(self) -> bool:
        """Whether there are chapters to drop."""
        return self.size > self.limit_bytes and len(self._chapters) > 1

    def drop_oldest(self) -> int:
        """Leave out the oldest chapters; returns how many bytes went. The file is whole at every moment.

        Needs as much room again for a moment, as the rest is copied and takes the place of the whole.
        """
        keep_from = self._first_to_keep()
        before = self.size
        part = self.path.with_name(self.path.name + ".part")
        target = _locked(part.open("w+b"), part)
        try:
            target.write(file_header())
            self._file.seek(keep_from)
            shutil.copyfileobj(self._file, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
            part.chmod(0o600)
            part.replace(self.path)
        except OSError:
            target.close()
            part.unlink(missing_ok=True)
            self._file.seek(0, os.SEEK_END)
            raise
        self._file.close()
        self._file = target
        moved = keep_from - FILE_HEADER_BYTES
        self._chapters = [offset - moved for offset in self._chapters if offset >= keep_from]
        return before - self.size

    def _first_to_keep(self) -> int:
        room = self.limit_bytes * KEPT_PART
        fits = (offset for offset in self._chapters[1:] if self.size - offset <= room)
        return next(fits, self._chapters[-1])

    def sync(self) -> None:
        """What was written survives a crash of the machine."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """A file in which nothing was recorded is taken away again."""
        if self._file.closed:
            return
        if self._chapters:
            self._closed_size = self.size
        else:
            self.path.unlink(missing_ok=True)
        self._file.close()


def _locked(file: BinaryIO, path: Path) -> BinaryIO:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise BadSettings(f"{path} is being written by another recorder") from error
    return file
