"""The first success wins, the others are put away."""

from __future__ import annotations

import asyncio
import time

import pytest

from ktui.adapters.kafka.race import first_success


async def never() -> str:
    await asyncio.Event().wait()
    return "never"


async def good() -> str:
    return "good"


async def bad() -> str:
    raise OSError("bad")


async def broken() -> str:
    raise KeyError("broken")


async def test_a_silent_one_is_overtaken_and_cancelled() -> None:
    started = time.monotonic()
    assert await first_success([never, good], OSError, stagger_s=0.05, discard=pytest.fail) == "good"
    assert 0.04 < time.monotonic() - started < 2
    assert len(asyncio.all_tasks()) == 1


async def test_a_failure_starts_the_next_at_once() -> None:
    async with asyncio.timeout(5):
        assert await first_success([bad, good], OSError, stagger_s=60, discard=pytest.fail) == "good"


async def test_all_failed() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await first_success([bad, bad], OSError, stagger_s=60, discard=pytest.fail)
    assert [str(error) for error in caught.value.exceptions] == ["bad", "bad"]


async def test_an_unexpected_error_is_not_swallowed() -> None:
    with pytest.raises(KeyError):
        await first_success([never, broken], OSError, stagger_s=0.01, discard=pytest.fail)


async def test_a_second_success_is_discarded() -> None:
    release = asyncio.Event()

    async def waits() -> str:
        await release.wait()
        return "one"

    async def releases() -> str:
        release.set()
        await asyncio.sleep(0)
        return "two"

    discarded: list[str] = []
    won = await first_success([waits, releases], OSError, stagger_s=0.01, discard=discarded.append)
    assert {won, *discarded} <= {"one", "two"}
    assert won not in discarded


async def test_cancelling_the_race_cancels_everybody() -> None:
    race = asyncio.ensure_future(first_success([never, never], OSError, stagger_s=0, discard=pytest.fail))
    while len(asyncio.all_tasks()) < 4:  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0)
    race.cancel()
    with pytest.raises(asyncio.CancelledError):
        await race
    assert len(asyncio.all_tasks()) == 1
