"""The program's own log: a file, never the terminal."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from ktui.adapters.errors import BadSettings

_BYTES = 2_000_000


def start_log(path: str | None) -> None:
    """Send all log records to the file; the default folder may be unwritable, one that was named may not."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for noisy in ("aiokafka", "kazoo", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    handler: logging.Handler
    try:
        handler = _file_handler(Path(path)) if path else _default_handler()
    except OSError as error:
        if path:
            raise BadSettings(f"--log-file {path}: {error.strerror or error}") from error
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root.handlers[:] = [handler]


def default_log_path() -> Path:
    """`ktui.log` in the user's state folder."""
    import platformdirs

    return platformdirs.user_state_path("ktui", appauthor=False) / "ktui.log"


def _default_handler() -> logging.Handler:
    path = default_log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    return _file_handler(path)


def _file_handler(path: Path) -> logging.Handler:
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_BYTES, backupCount=2, delay=True)
    path.touch(mode=0o600)
    return handler
