"""What the sandbox commands say and ask while they work."""

from __future__ import annotations

import sys

import click

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import SandboxStatus
from ktui.tui.cli.exits import complain
from ktui.tui.cli.sandbox_text import down_command


def offer_to_end(box: Sandbox) -> None:
    """Ask whether to end what runs although its owner is gone; without a terminal it only says so."""
    seen = box.status()
    if not seen.is_orphaned:
        return
    said = f"a ktui that is gone left a sandbox running in {seen.data_dir}"
    if sys.stdin.isatty() and sys.stderr.isatty():
        if click.confirm(f"{said}. End it now?", default=True, err=True):
            box.down()
        return
    say(f"{said}; `{down_command(seen.data_dir)}` ends it")


def write_traffic(status: SandboxStatus) -> None:
    """Write some hundred records."""
    from ktui.adapters.sandbox.traffic import write_burst

    say("writing a little traffic")
    count = write_burst(status.bootstrap_servers, status.count_of_brokers)
    say(f"wrote {count} records")


def say(sentence: str) -> None:
    """Progress goes to standard error."""
    complain(sentence)
