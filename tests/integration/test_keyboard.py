"""Topics created and deleted with nothing but keys, on clusters that create topics by themselves when asked for one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import pytest
from confluent_kafka import Consumer

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.independent import Librdkafka, wait_until
from tests.terminal import Terminal, ktui

pytestmark = pytest.mark.integration

KINDS: Final = [
    pytest.param(Mode.KRAFT, marks=pytest.mark.kraft, id="kraft"),
    pytest.param(Mode.ZOOKEEPER, marks=pytest.mark.zookeeper, id="zookeeper"),
]
BROKERS: Final = 2
FORM: Final = "Create a topic"
DIALOG: Final = "Delete a topic"
RETURNS_S: Final = 6.0
"""Several rounds of every question of the console: time for a topic to come back."""


@dataclass(frozen=True)
class Desk:
    """A cluster, librdkafka on it, and how to open the console on it."""

    sandbox: Sandbox
    client: Librdkafka

    def console(self) -> Terminal:
        zookeeper = ["-z", self.sandbox.zookeeper] if self.sandbox.zookeeper else []
        command = ktui("-b", self.sandbox.bootstrap_servers, *zookeeper, "--screen", "topics")
        return Terminal(command, columns=100, rows=34)

    def topics(self) -> frozenset[str]:
        return self.client.look().topics


@pytest.fixture(scope="module", params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    properties = {"auto.create.topics.enable": "true"}
    folder = tmp_path_factory.mktemp("keyboard")
    spec = SandboxSpec(request.param, folder, brokers=BROKERS, controllers=1, properties=properties)
    sandbox = Sandbox(spec, is_guarded=True)
    try:
        sandbox.up()
        yield Desk(sandbox, Librdkafka(sandbox.bootstrap_servers))
    finally:
        sandbox.down(deletes_data=True)


@pytest.fixture
def console(desk: Desk) -> Iterator[Terminal]:
    """The list of topics, live."""
    with desk.console() as terminal:
        terminal.wait_for("● OK", 60)
        terminal.wait_for("live", 30)
        yield terminal


def new_name() -> str:
    return f"keys-{uuid4().hex[:8]}"


def has_focus(terminal: Terminal, label: str) -> bool:
    """Whether the cursor is in the field behind this label: one of its cells looks unlike the rest, or all reversed."""
    for row, text in enumerate(terminal.screen_text()):
        start, end = text.find(">"), text.rfind("│")
        if start >= 0 and text[:start].strip("│ *") == label:
            looks = terminal.emulator.looks(row)[start + 2 : end - 1]
            return len(set(looks)) > 1 or looks[0][1]
    return False


def value_of(terminal: Terminal, label: str) -> str | None:
    """What stands in the field behind this label; None: it is not there."""
    for text in terminal.screen_text():
        before, arrow, after = text.partition(">")
        if arrow and before.strip("│ *") == label:
            return after.strip("│ ")
    return None


def fill(terminal: Terminal, label: str, value: str) -> None:
    """Replace what stands in the field that has the focus, or will have it in a moment."""
    terminal.wait_for(lambda _: has_focus(terminal, label), 10)
    if value_of(terminal, label):
        terminal.press("ctrl+u")
        terminal.wait_for(lambda _: value_of(terminal, label) == "", 5)
    terminal.type(value)
    terminal.wait_for(lambda _: value_of(terminal, label) == value, 5)


def fill_all(terminal: Terminal, **values: str) -> None:
    """Fill in the form from its first field on; what is not named is left as it is offered."""
    for label in ("Name", "Partitions", "Replication factor", "Min in-sync", "Clean-up", "Retention"):
        value = values.get(label.split()[0].split("-")[0].lower())
        if value is not None:
            fill(terminal, label, value)
        terminal.wait_for(lambda _, label=label: has_focus(terminal, label), 10)  # type: ignore[misc]
        terminal.press("tab")
    terminal.wait_for(lambda _: has_focus(terminal, "More settings"), 10)
    if "more" in values:
        terminal.type(values["more"])
        terminal.wait_for(values["more"], 5)


def type_name(terminal: Terminal, name: str) -> None:
    """Type into the deletion dialog, and confirm."""
    fill(terminal, "", name)
    terminal.press("enter")


def into_bar(terminal: Terminal, key: str, text: str) -> None:
    """Open the filter or the command bar, and enter a text."""
    terminal.press(key)
    terminal.wait_for(lambda lines: lines[-2].startswith(key), 5)
    terminal.type(text)
    terminal.wait_for(lambda lines: lines[-2].startswith(key + text), 5)
    terminal.press("enter")
    terminal.wait_gone(lambda lines: lines[-2].startswith(key), 5)


def open_form(terminal: Terminal) -> None:
    terminal.press("n")
    terminal.wait_for(FORM, 15)


def open_dialog(terminal: Terminal, name: str) -> None:
    """The deletion dialog of a topic that is in the list, once it shows what would be deleted."""
    into_bar(terminal, "/", name)
    terminal.wait_for(lambda lines: sum(name in line for line in lines[3:-2]) == 1, 15)
    terminal.press("ctrl+d")
    terminal.wait_for(DIALOG, 15)
    terminal.wait_for("partition", 15)


def test_a_topic_is_created_and_deleted_by_keys_only(desk: Desk, console: Terminal) -> None:
    name = new_name()
    open_form(console)
    settings = {"retention": "36h", "more": "max.message.bytes=123456"}
    fill_all(console, name=name, partitions="4", replication="2", **settings)
    console.press("ctrl+s")
    console.wait_gone(FORM, 30)
    seen = desk.client.topic(name)
    assert len(seen) == 4
    assert all(sorted(partition.replicas) == [1, 2] for partition in seen.values())
    asked = {"retention.ms": "129600000", "max.message.bytes": "123456"}
    assert asked.items() <= desk.client.settings(name).items()
    assert desk.client.settings(name).get("min.insync.replicas", "1") == "1"
    console.wait_for(lambda lines: lines[2].startswith(name), 15)

    console.press("ctrl+d")
    console.wait_for(DIALOG, 15)
    console.wait_for("partitions   RF 2", 15)
    type_name(console, name[:-1])
    console.wait_for("not the full name", 5)
    assert len(desk.client.topic(name)) == 4
    type_name(console, name)
    wait_until(lambda: not desk.client.topic(name), 30, f"{name} is deleted")
    console.wait_for(f"Deleted {name}", 30)
    console.press("enter")
    console.wait_gone(DIALOG, 10)
    console.press("3")
    console.wait_for("Topics", 10)
    console.wait_gone(name, 15)


def test_a_topic_on_the_screen_does_not_come_back_after_its_deletion(desk: Desk) -> None:
    asked_for = new_name()
    ask_for(desk, asked_for)
    wait_until(lambda: desk.client.topic(asked_for), 20, "this cluster creates topics that are asked for")
    name = new_name()
    desk.client.create(name, 2, 2)
    with desk.console() as watching, desk.console() as deleting:
        watching.wait_for(name, 60)
        into_bar(watching, ":", f"topic {name}")
        watching.wait_for(lambda lines: name in lines[2], 15)
        deleting.wait_for(name, 60)
        open_dialog(deleting, name)
        type_name(deleting, name)
        deleting.wait_for(f"Deleted {name}", 30)
        until = time.monotonic() + RETURNS_S
        while time.monotonic() < until:
            assert not desk.client.topic(name)
            watching.press("r")
            time.sleep(0.25)
        assert watching.poll() is None
        assert deleting.poll() is None
    assert name not in desk.topics()
    desk.client.delete(asked_for)


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("replicas", "only 2 brokers are up"),
        ("taken", "There is a topic of this name already"),
        ("illegal", "only ASCII letters"),
        ("colliding", "collides"),
    ],
)
def test_what_cannot_be_created_is_refused_clearly(
    desk: Desk, console: Terminal, field: str, sentence: str
) -> None:
    taken = f"taken.{uuid4().hex[:8]}"
    desk.client.create(taken, 1, 1)
    console.wait_for(taken, 20)
    before = desk.topics()
    name = {"taken": taken, "illegal": "bad!name", "colliding": taken.replace(".", "_")}.get(
        field, new_name()
    )
    open_form(console)
    fill_all(console, name=name, replication="3" if field == "replicas" else "1")
    console.press("ctrl+s")
    console.wait_for(sentence, 10)
    console.wait_for("needs attention", 10)
    assert console.shows(FORM)
    console.press("escape")
    console.wait_gone(FORM, 10)
    assert desk.topics() == before
    desk.client.delete(taken)


def test_what_the_controller_refuses_is_told_in_its_words_and_the_form_kept(
    desk: Desk, console: Terminal
) -> None:
    before, name = desk.topics(), new_name()
    open_form(console)
    fill_all(console, name=name, more="compression.type=sideways")
    console.press("ctrl+s")
    console.wait_for("refused", 15)
    assert console.shows(FORM)
    assert console.shows(name)
    assert desk.topics() == before


def test_a_wrong_name_deletes_nothing(desk: Desk, console: Terminal) -> None:
    name = new_name()
    desk.client.create(name, 1, 2)
    console.wait_for(name, 20)
    open_dialog(console, name)
    for typed in ("", name.upper(), f"{name}-other"):
        type_name(console, typed)
        console.wait_for("not the full name", 5)
    console.press("escape")
    console.wait_gone(DIALOG, 10)
    assert len(desk.client.topic(name)) == 1
    desk.client.delete(name)


def ask_for(desk: Desk, name: str) -> None:
    """As a consumer that knows no better asks for a topic."""
    consumer = Consumer({
        "bootstrap.servers": desk.sandbox.bootstrap_servers,
        "group.id": "test",
        "allow.auto.create.topics": True,
        "log_level": 0,
    })  # fmt: skip
    consumer.list_topics(name, timeout=10)
    consumer.close()
