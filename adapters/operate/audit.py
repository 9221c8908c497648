"""The audit file: one JSON object a line, appended and flushed to the disk; the intent before, the result after.

A change that cannot be written down first is not made.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import platformdirs

from ktui.adapters.errors import GuardRefused
from ktui.adapters.operate.change import Subject
from ktui.adapters.operate.guard import GuardName

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700


def default_state_folder() -> Path:
    """The user's state folder of ktui; it may not exist yet."""
    return platformdirs.user_state_path("ktui", appauthor=False)


def default_audit_path() -> Path:
    return default_state_folder() / "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Intent:
    """A change about to be sent: what is written of it before."""

    operation: str
    """Its name in the registry: "create-topic"."""
    subject: Subject
    parameters: Mapping[str, object]
    cluster_id: str | None
    cluster_name: str | None = None
    """The profile's name."""
    principal: str | None = None
    """As whom we logged in; None: not known (a token names it to the broker only)."""
    change_id: str = field(default_factory=lambda: uuid4().hex)
    """Ties the result to its intent."""


class Audit:
    """Appends to one file. Its methods block until the line is on the disk."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] | None = None) -> None:
        self.path = path
        self._now = now or (lambda: datetime.now(UTC))

    def intent(self, intent: Intent) -> None:
        """GuardRefused when the line cannot be written: then the change must not be made."""
        try:
            self._append(self._line("intent", intent))
        except OSError as error:
            raise GuardRefused(
                GuardName.AUDIT,
                f"The audit file {self.path} cannot be written ({_reason(error)}); nothing was changed.",
            ) from error

    def result(self, intent: Intent, outcome: str, detail: str) -> str | None:
        """Write how it ended; a sentence when that could not be written, for the change itself has been made."""
        try:
            self._append(self._line("result", intent) | {"outcome": outcome, "detail": detail})
        except OSError as error:
            return f"The result could not be written to the audit file {self.path} ({_reason(error)})."
        return None

    def refused(self, intent: Intent, detail: str) -> None:
        """Write down an attempt that a guard stopped, where that can be written."""
        with contextlib.suppress(OSError):
            self._append(self._line("refused", intent) | {"outcome": "refused by a guard", "detail": detail})

    def _line(self, phase: str, intent: Intent) -> dict[str, object]:
        return {
            "at": self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "phase": phase,
            "change": intent.change_id,
            "operation": intent.operation,
            "subject": {"kind": intent.subject.kind.value, "names": list(intent.subject.names)},
            "cluster_id": intent.cluster_id,
            "cluster": intent.cluster_name,
            "principal": intent.principal,
            "parameters": dict(intent.parameters),
            **_who(),
        }

    def _append(self, line: Mapping[str, object]) -> None:
        folder = self.path.parent
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=_FOLDER_MODE, exist_ok=True)
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
        try:
            text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
            data = (_mend(handle) + text + "\n").encode("utf-8", "backslashreplace")
            if os.write(handle, data) != len(data):
                raise OSError("the line was written only in part; is the disk full?")
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the name of a new file in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mend(handle: int) -> str:
    """A line break when the last line has none because its writer was killed."""
    size = os.fstat(handle).st_size
    return "" if size == 0 or os.pread(handle, 1, size - 1) == b"\n" else "\n"


def _who() -> dict[str, object]:
    return {
        "os_user": _user_name(),
        "sudo_user": os.environ.get("SUDO_USER"),
        "ssh_client": os.environ.get("SSH_CLIENT") or os.environ.get("SSH_CONNECTION"),
        "host": socket.gethostname(),
        "pid": os.getpid(),
    }


def _user_name() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        pass
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
