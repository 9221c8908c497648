"""Any broker that answers: who is asked first, and who next when one is silent."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from ktui.adapters.errors import ConnectFailed, NoAnswer, NobodyReached, Step
from ktui.adapters.kafka.endpoint import Endpoint
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.race import first_success

STAGGER_S: Final = 0.2
"""So much later the next address is tried beside one that is silent."""
_KNOWN_BEFORE_BOOTSTRAP: Final = 2


class Choice:
    """For each lane the endpoint that answered last; kept until it disappoints."""

    def __init__(
        self, known: Callable[[], Sequence[Endpoint]], bootstrap: Callable[[], Sequence[Endpoint]]
    ) -> None:
        self._known = known
        self._bootstrap = bootstrap
        self._chosen: dict[Lane, Endpoint] = {}
        self._locks = {lane: asyncio.Lock() for lane in Lane}

    def current(self, lane: Lane) -> Endpoint | None:
        return self._chosen.get(lane)

    async def choose(self, lane: Lane, deadline: float, *, is_urgent: bool) -> Endpoint:
        """The chosen endpoint, or the first to connect. Raises ConnectFailed (of one address) or NobodyReached."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._locks[lane].acquire()
        except TimeoutError:
            raise NoAnswer("no broker could be reached in time") from None
        try:
            chosen = self._chosen.get(lane)
            if chosen is None:
                chosen = self._chosen[lane] = await self._race(lane, deadline, is_urgent=is_urgent)
            return chosen
        finally:
            self._locks[lane].release()

    def leave(self, lane: Lane, endpoint: Endpoint) -> None:
        """It disappointed: somebody else is chosen next time."""
        endpoint.failed_at = time.monotonic()
        if self._chosen.get(lane) is endpoint:
            del self._chosen[lane]

    async def _race(self, lane: Lane, deadline: float, *, is_urgent: bool) -> Endpoint:
        candidates = self._candidates()
        if not candidates:
            raise ConnectFailed("the cluster", Step.NAME, "no address is known")
        attempts = [partial(_connect, each, lane, deadline, is_urgent=is_urgent) for each in candidates]
        try:
            return await first_success(
                attempts, (ConnectFailed, NoAnswer), stagger_s=STAGGER_S, discard=lambda _: None
            )
        except ExceptionGroup as group:
            now = time.monotonic()
            for candidate in candidates:
                candidate.failed_at = now
            raise _all_failed(candidates, group.exceptions) from None

    def _candidates(self) -> list[Endpoint]:
        known = list(self._known())
        random.shuffle(known)
        known.sort(key=_preference)
        bootstrap = sorted((each for each in self._bootstrap() if each not in known), key=_preference)
        first, rest = known[:_KNOWN_BEFORE_BOOTSTRAP], known[_KNOWN_BEFORE_BOOTSTRAP:]
        return [*first, *bootstrap, *rest]


def _preference(endpoint: Endpoint) -> tuple[bool, float]:
    return not endpoint.is_connected, endpoint.failed_at


async def _connect(endpoint: Endpoint, lane: Lane, deadline: float, *, is_urgent: bool) -> Endpoint:
    await endpoint.lane(lane).connect(deadline, is_urgent=is_urgent)
    return endpoint


def _all_failed(candidates: Sequence[Endpoint], errors: Sequence[Exception]) -> Exception:
    if len(errors) == 1:
        return errors[0]
    failures = [
        error
        if isinstance(error, ConnectFailed)
        else ConnectFailed(str(candidate.address), Step.PROTOCOL, "no answer in time")
        for candidate, error in zip(candidates, errors, strict=True)
    ]
    return NobodyReached(failures)
