"""What is known of attempts to connect: written by a session's own thread, read by the event loop's."""

from __future__ import annotations

import ssl
import time
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.zookeeper.dialing import Progress, dial, reason_of, silence_at
from ktui.adapters.zookeeper.read_ahead import ReadAhead

_ORDER: Final = list(Step)


class Attempts:
    """Of one session; each attribute is replaced as a whole, so no lock is needed."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.tls = tls
        self.rounds = 0
        """How often all addresses were tried, the present round included; 0 again once connected."""
        self.progress: Progress | None = None
        self.peer: tuple[tuple[str, int], str] | None = None
        """Socket address and name of the server that was reached last."""
        self._failures: dict[Address, ConnectFailed] = {}

    @property
    def failure(self) -> ConnectFailed | None:
        """The one that came farthest, with the number of the others."""
        failures = list(self._failures.values())
        if not failures:
            return None
        far = max(failures, key=lambda failure: _ORDER.index(failure.step))
        others = len(failures) - 1
        more = f" (and {others} more address{'es' if others > 1 else ''} failed)" if others else ""
        return ConnectFailed(far.address, far.step, far.reason + more)

    def under_way(self) -> ConnectFailed | None:
        """What a stuck attempt waits for, as the failure it would be now."""
        progress = self.progress
        if progress is None:
            return None
        return ConnectFailed(str(progress.address), progress.step, silence_at(progress.step))

    def begin(self, address: Address, step: Step) -> None:
        self.progress = Progress(address, step, time.monotonic())

    def at_step(self, step: Step) -> None:
        if self.progress is not None:
            self.begin(self.progress.address, step)

    def failed(self, error: BaseException) -> None:
        progress = self.progress
        if progress is not None:
            reason = reason_of(error, progress.step, is_tls=self.tls is not None)
            failure = ConnectFailed(str(progress.address), progress.step, reason)
            self._failures = {**self._failures, progress.address: failure}

    def succeeded(self, sockaddr: tuple[str, int], name: str) -> None:
        self.peer, self.progress, self.rounds, self._failures = (sockaddr, name), None, 0, {}

    def connect(self, sockaddr: tuple[str, int], name: str) -> ReadAhead:
        """A connected socket, for the session's thread. Raises OSError."""
        sock = dial(sockaddr, name, self.tls, at_step=self.at_step)
        self.at_step(Step.PROTOCOL)
        return ReadAhead(sock)
