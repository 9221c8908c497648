"""A topic grown, tuned, cut, moved and deleted with nothing but keys; librdkafka says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import wait_until
from tests.integration.real import WITHIN_S, Real
from tests.terminal import Terminal, ktui

pytestmark = pytest.mark.integration
PATIENCE_S = 30.0


@pytest.fixture
def real(cluster: Sandbox, tmp_path: Path) -> Real:
    return Real.of(cluster, tmp_path)


def has(*parts: str) -> Callable[[list[str]], bool]:
    return lambda lines: all(any(part in line for line in lines) for part in parts)


def ask(terminal: Terminal, form: str, *keys: str) -> None:
    """Fill in a form with these keys, from its first field on, and have the plan shown."""
    terminal.wait_for(form, PATIENCE_S)
    for key in keys:
        terminal.press(key)
    terminal.press("ctrl+s")


def answer(terminal: Terminal, plan: str, typed: str, end: str) -> None:
    """Type what the dialog asks for once the plan stands there, and close it when it is done."""
    terminal.wait_for(plan, PATIENCE_S)
    terminal.type(typed)
    terminal.wait_for(f"> {typed}", PATIENCE_S)
    terminal.press("enter")
    terminal.wait_for(end, PATIENCE_S)
    terminal.press("escape")
    terminal.wait_gone("╭", PATIENCE_S)


def test_a_topic_is_administered_by_keyboard(real: Real) -> None:
    name = "keyed"
    real.client.create(name, assignment=[[1, 2]])
    real.produce(name, 5)
    command = ktui("-b", real.cluster.bootstrap_servers, "--topic", name)
    with Terminal(command, columns=80, rows=24, env=real.env) as terminal:
        terminal.wait_for("[partitions]", 60)
        terminal.wait_for("● OK", 60)
        terminal.press("+")
        ask(terminal, "More partitions for", "3")
        answer(terminal, "1 → 3", "yes", "has 3 partitions now")
        wait_until(lambda: len(real.client.topic(name)) == 3, WITHIN_S, "three partitions")

        terminal.press("e")
        terminal.wait_for("Settings of", PATIENCE_S)
        terminal.type("retention.ms")
        terminal.wait_for("retention.ms is", PATIENCE_S)
        ask(terminal, "Settings of", "tab", "tab", "5000000")
        answer(terminal, "→ 5000000", "yes", "Changed keyed")
        assert real.client.settings(name) == {"retention.ms": "5000000"}

        terminal.press(":")
        terminal.type(f"delete-records {name}")
        terminal.press("enter")
        ask(terminal, "Delete the oldest records", "tab", "3")
        answer(terminal, "0 → 3", name, "Deleted the oldest records")
        assert real.bounds(name) == (3, 5)

        terminal.press("M")
        ask(terminal, "Move partitions", "tab", "3")
        answer(terminal, f"{name}-0", "yes", "Moved 3 partitions")
        real.wait_for_replicas(name, {index: {1, 2, 3} for index in range(3)})

        terminal.press("ctrl+d")
        terminal.wait_for("Its definition will be saved", PATIENCE_S)
        terminal.type("keye")
        terminal.press("enter")
        terminal.wait_for("that is not the full name", PATIENCE_S)
        terminal.type("d")
        terminal.press("enter")
        terminal.wait_for("Deleted keyed", PATIENCE_S)
    wait_until(lambda: not real.client.topic(name), WITHIN_S, "it is gone")
    operations = [line["operation"] for line in real.audit() if line["phase"] == "intent"]
    assert operations == ["add-partitions", "alter-config", "delete-records", "reassign", "delete-topic"]
