"""Runs `ktui tail`: records to standard output as fast as it takes them, and what became of it to standard error."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from ktui.adapters import daemon_thread
from ktui.adapters.connect import make_cluster
from ktui.adapters.kafka.tail.engine import Engine
from ktui.adapters.kafka.tail.start import handed_over
from ktui.adapters.serde.masking import Masks
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.view import StopReason
from ktui.adapters.target import Target
from ktui.tui.cli import tail_json, tail_text
from ktui.tui.cli.exits import Exit, complain, exit_code_of

_STRETCH: Final = 500
"""Records between two looks at what else there is to do."""
_STDOUT: Final = 1


async def tail_topic(target: Target, spec: TailSpec, *, as_json: bool) -> int:
    """Until its end, an interrupt, or the end of who reads it. The exit code."""
    cluster = make_cluster(target, with_log_dirs=False, with_rates=False)
    engine: Engine | None = None
    try:
        async with handed_over(cluster, spec) as (engine, records):
            line = _masked(_line_of(as_json=as_json), target)
            async for some in records:
                await _print(some, line)
    except asyncio.CancelledError:
        if engine is not None:
            _tell(engine, StopReason.INTERRUPT, as_json=as_json)
        raise
    finally:
        await cluster.close()
    return _end(engine, as_json=as_json)


def _end(engine: Engine, *, as_json: bool) -> int:
    error, stopped = engine.state.error, engine.view.stopped or StopReason.END
    if error is not None and not engine.view.counts.seen:
        raise error
    if error is not None and as_json:
        complain(str(error))
    _tell(engine, stopped, as_json=as_json)
    if error is not None:
        return exit_code_of(error)
    return Exit.REFUSED if stopped is StopReason.DELETED else Exit.DONE


def _line_of(*, as_json: bool) -> Callable[[Record], str]:
    if as_json:
        return tail_json.record_line
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return partial(tail_text.record_line, width=width)


def _masked(line: Callable[[Record], str], target: Target) -> Callable[[Record], str]:
    """What the profile says must not be seen leaves by no line."""
    if not target.mask_rules:
        return line
    masks = Masks(target.mask_rules)
    return lambda record: line(masks.record(record))


async def _print(records: Sequence[Record], line: Callable[[Record], str]) -> None:
    """Written in a thread: whoever reads slowly holds up the records, and no interrupt."""
    for start in range(0, len(records), _STRETCH):
        data = "".join(map(line, records[start : start + _STRETCH])).encode("utf-8", "surrogateescape")
        outcome = await daemon_thread.start(partial(_write, data), "standard output")
        if isinstance(outcome, Exception):
            raise outcome


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(_STDOUT, view) :]


def _tell(engine: Engine, stopped: StopReason, *, as_json: bool) -> None:
    view = engine.state.view()
    if as_json:
        sys.stderr.write(json.dumps(tail_json.summary_document(view, stopped)) + "\n")
        return
    for note in view.notes:
        complain(note)
    complain(tail_text.summary(view, stopped))
