"""`ktui sandbox` without a command: a cluster that lives as long as the console on it.

The console runs in a child: however it ends (also at once, when its terminal is lost), this process is there to stop
the cluster; and however this process ends, the sandbox's guardian is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import FrameType
from typing import Final

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import SandboxStatus
from ktui.adapters.sandbox.traffic import Traffic
from ktui.tui.cli.exits import Interrupted
from ktui.tui.cli.sandbox_choice import Asked, asked_spec
from ktui.tui.cli.sandbox_talk import offer_to_end, say, write_traffic

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CHILD_GRACE_S: Final = 3.0
_PARENT_POLL_S: Final = 0.5


def run_console_on_sandbox(asked: Asked) -> int:
    """Returns the exit code: the console's, or 128 and the number of the signal that ended this."""
    box = Sandbox(asked_spec(asked), say, is_guarded=True)
    offer_to_end(box)
    was_running = box.status().is_running
    is_hurried = False
    try:
        with _signals_raise():
            status = box.up()
            wants_traffic = asked.traffic is not False
            return _console(status, wants_traffic) if _is_terminal() else _picture(status, wants_traffic)
    except Interrupted as interrupted:
        is_hurried = True
        return interrupted.code
    finally:
        if not was_running:
            with _signals(signal.SIG_IGN):
                box.down(at_once=is_hurried)


def _is_terminal() -> bool:
    return os.isatty(0) and os.isatty(2)


def _picture(status: SandboxStatus, wants_traffic: bool) -> int:
    from ktui.tui.cli.status import print_status

    if wants_traffic:
        write_traffic(status)
    return print_status(
        bootstrap_servers=status.bootstrap_servers,
        bootstrap_controllers=status.bootstrap_controllers,
        zookeeper=status.zookeeper,
    )


def _console(status: SandboxStatus, wants_traffic: bool) -> int:
    traffic = Traffic(status.bootstrap_servers, status.count_of_brokers)
    if wants_traffic:
        traffic.start()
    addresses = (status.bootstrap_servers, status.bootstrap_controllers or "", status.zookeeper or "")
    child = subprocess.Popen([sys.executable, "-m", __name__, *addresses])
    try:
        return _code_of(child)
    except Interrupted as interrupted:
        child.send_signal(signal.SIGHUP if interrupted.code == 128 + signal.SIGHUP else signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_CHILD_GRACE_S)
        raise
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        traffic.stop()


def _code_of(child: subprocess.Popen[bytes]) -> int:
    """Wait for the child's end; when it is suspended by its own key, be suspended with it, as the shell expects."""
    while True:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            code = os.waitstatus_to_exitcode(status)
            child.returncode = code
            return code if code >= 0 else 128 - code
        os.kill(os.getpid(), signal.SIGSTOP)


def _signals_raise() -> AbstractContextManager[None]:
    def interrupt(number: int, _: FrameType | None) -> None:
        raise Interrupted(number)

    return _signals(interrupt)


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in _ENDING}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _end_with_parent() -> None:
    """Without its parent a console on a terminal would fight with the shell for the keys."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _main(bootstrap_servers: str, bootstrap_controllers: str, zookeeper: str) -> int:
    from ktui.tui.cli.console import open_console
    from ktui.tui.cli.log import start_log

    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    start_log(None)
    return open_console(
        bootstrap_servers=bootstrap_servers,
        bootstrap_controllers=bootstrap_controllers or None,
        zookeeper=zookeeper or None,
    )


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
