"""Which sandbox a command means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.layout import default_data_dir
from ktui.adapters.sandbox.spec import DEFAULT_BROKERS, Mode, SandboxSpec
from ktui.adapters.sandbox.state import load_state

Progress = Callable[[str], None]

_PROPERTY: Final = re.compile(r"([A-Za-z0-9._-]+)\s*=\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were given; None is not given."""

    mode: str | None = None
    brokers: int | None = None
    controllers: int | None = None
    data_dir: Path | None = None
    properties: tuple[str, ...] = ()
    traffic: bool | None = None


def asked_spec(asked: Asked) -> SandboxSpec:
    """What to bring up. What was not said is as it was, in a folder that has a sandbox."""
    mode = Mode(asked.mode or Mode.KRAFT)
    data_dir = (asked.data_dir or default_data_dir(mode)).expanduser().resolve()
    state = load_state(data_dir)
    there = state.spec(data_dir) if state else None
    if there and asked.mode is None:
        mode = there.mode
    is_same_kind = there is not None and there.mode is mode
    brokers = there.brokers if there and is_same_kind else DEFAULT_BROKERS
    controllers = there.controllers if there and is_same_kind else None
    properties = (
        there.properties if there and is_same_kind and not asked.properties else _parsed(asked.properties)
    )
    return SandboxSpec(
        mode,
        data_dir,
        brokers=asked.brokers or brokers,
        controllers=asked.controllers or controllers,
        properties=properties,
    )


def existing(asked: Asked, progress: Progress) -> list[Sandbox]:
    """The sandboxes that the options mean and that have a state file; none is an ordinary answer."""
    return [Sandbox.at(folder, progress) for folder in _folders(asked) if load_state(folder) is not None]


def to_look_at(asked: Asked, progress: Progress) -> list[Sandbox]:
    """The running ones first; one that was never started when there is none."""
    found = existing(asked, progress)
    running = [box for box in found if box.status().is_running]
    return running or found[:1] or [Sandbox(asked_spec(asked), progress)]


def the_one_with(asked: Asked, node: str, progress: Progress) -> Sandbox:
    """The sandbox whose node is meant."""
    found = existing(asked, progress)
    running = [box for box in found if box.status().is_running] or found
    having = [box for box in running if node in {seen.name for seen in box.status().nodes}] or running
    if not having:
        raise click.UsageError("there is no sandbox; `ktui sandbox up` makes one")
    if len(having) > 1:
        raise click.UsageError(
            f"two sandboxes have a {node}: say which with --mode kraft or --mode zookeeper"
        )
    return having[0]


def _folders(asked: Asked) -> list[Path]:
    if asked.data_dir is not None:
        return [asked.data_dir.expanduser().resolve()]
    modes = [Mode(asked.mode)] if asked.mode else list(Mode)
    return [default_data_dir(mode).resolve() for mode in modes]


def _parsed(properties: tuple[str, ...]) -> dict[str, str]:
    parsed = {}
    for text in properties:
        match = _PROPERTY.fullmatch(text)
        if match is None:
            raise click.UsageError(f"--property {text}: expected name=value")
        parsed[match[1]] = match[2].strip()
    return parsed
