"""Manners towards terminals and networks, in a pseudo-terminal: nothing blocks, nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from tests import strangers
from tests.independent import Librdkafka
from tests.strangers import Forwarder, Stranger
from tests.terminal import ROOT, Terminal, ktui

pytestmark = pytest.mark.integration

LEAVING_S: Final = 1.5
FROZEN_S: Final = 2.0
"""As long as a question waits for an answer; a screen that waits with it takes longer."""
TIMEOUT_S: Final = 3.0
SLACK_S: Final = 5.0
"""For a machine that is busy with other things."""
PAINT_S: Final = 20.0
COLOUR: Final = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
MANY_COLOURS: Final = re.compile(rb"\x1b\[(?:\d+;)*[34]8[;:]")
SCREENS: Final = {
    "1": "Health",
    "2": "Brokers",
    "3": "Topics",
    "4": "Partitions",
    "5": "Problems",
    "9": "Controllers",
}


def addressed(cluster: Sandbox, *arguments: str) -> list[str]:
    """The console on this cluster, by all that is known of it."""
    zookeeper = ["-z", cluster.zookeeper] if cluster.zookeeper else []
    return ktui("-b", cluster.bootstrap_servers, *zookeeper, *arguments)


@contextmanager
def live(
    cluster: Sandbox, *arguments: str, rows: int = 30, columns: int = 100, **env: str
) -> Iterator[Terminal]:
    """The console with a fresh picture of a healthy cluster."""
    command = addressed(cluster, *arguments)
    with Terminal(command, columns=columns, rows=rows, env=env, keeps_bytes=True) as terminal:
        terminal.wait_for("● OK", 60)
        terminal.wait_for("live", 30)
        yield terminal


def leave(terminal: Terminal) -> None:
    """Quit; in time, with success, and with the terminal as it was."""
    pressed_at = terminal.press("q")
    code = terminal.wait_exit(10)
    seconds = time.monotonic() - pressed_at
    assert code == 0
    assert seconds < LEAVING_S
    assert_restored(terminal)


def assert_restored(terminal: Terminal) -> None:
    """The first screen is back, the cursor shown, the mouse not reported."""
    assert not terminal.emulator.is_alternate
    assert terminal.emulator.is_cursor_shown
    for mode in (b"1000", b"1003", b"1004", b"2004"):
        switched = [match[1] for match in re.finditer(rb"\x1b\[\?%s([hl])" % mode, terminal.raw)]
        assert switched[-1:] in ([], [b"l"]), f"mode {mode!r} was left on"


@pytest.mark.parametrize(
    ("stranger", "sentence"),
    [
        (strangers.black_hole, "no answer within"),
        (strangers.web_server, "HTTP"),
        (strangers.tls_server, "TLS"),
    ],
)
def test_wrong_servers_are_told_in_a_sentence_and_tried_again(
    stranger: Callable[[], Stranger], sentence: str
) -> None:
    with stranger() as server:
        command = ktui("-b", server.address, "--timeout", str(TIMEOUT_S))
        with Terminal(command, columns=80, rows=24, keeps_bytes=True) as terminal:
            terminal.wait_for(server.address, PAINT_S)
            terminal.wait_for(sentence, TIMEOUT_S + SLACK_S)
            assert terminal.shows("NOT CONNECTED")
            tried = len(server.connected_at)
            until = time.monotonic() + TIMEOUT_S + SLACK_S
            while len(server.connected_at) == tried and time.monotonic() < until:
                time.sleep(0.05)
            assert len(server.connected_at) > tried
            leave(terminal)


def test_an_address_where_nothing_listens_and_one_without_a_name() -> None:
    for address, sentence in ((strangers.closed_port(), "refused"), ("no-such-host.invalid:9092", "name")):
        with Terminal(ktui("-b", address), columns=80, rows=24, keeps_bytes=True) as terminal:
            terminal.wait_for(sentence, PAINT_S)
            leave(terminal)


def test_the_first_paint_waits_for_no_answer_and_leaving_for_none_either() -> None:
    with strangers.black_hole() as server, Terminal(ktui("-b", server.address), keeps_bytes=True) as terminal:
        terminal.wait_for("connecting…", PAINT_S)
        leave(terminal)


def test_a_name_server_that_does_not_answer_holds_nothing() -> None:
    program = (
        "import socket, sys, time; ask = socket.getaddrinfo\n"
        "def silent(*a, flags=0, **k):\n"
        "    return ask(*a, flags=flags, **k) if flags & socket.AI_NUMERICHOST else time.sleep(600)\n"
        "socket.getaddrinfo = silent; sys.argv = ['ktui', '-b', 'broker.example:9092', '--timeout', '3']\n"
        "from ktui.tui.cli import main; main()"
    )
    with Terminal([sys.executable, "-c", program], columns=80, rows=24, keeps_bytes=True) as terminal:
        terminal.wait_for("connecting…", PAINT_S)
        terminal.wait_for("NOT CONNECTED", TIMEOUT_S + SLACK_S)
        terminal.press("2")
        terminal.wait_for("Brokers", SLACK_S)
        leave(terminal)


def test_it_connects_by_itself_when_the_cluster_comes(cluster: Sandbox) -> None:
    with strangers.black_hole() as taken:
        port = int(taken.address.rpartition(":")[2])
    address = f"127.0.0.1:{port}"
    with Terminal(ktui("-b", address), keeps_bytes=True) as terminal:
        terminal.wait_for("NOT CONNECTED", PAINT_S)
        with Forwarder(cluster.bootstrap_servers.split(",")[0], port=port):
            terminal.wait_for("● OK", 60)
        leave(terminal)


def test_a_hung_broker_freezes_no_screen(healed: Sandbox) -> None:
    client = Librdkafka(healed.bootstrap_servers)
    for number in range(2):
        client.create(f"manners-{number}", 3, 3)
    with live(healed) as terminal:
        healed.fault(Fault.HANG, "broker-1")
        until = time.monotonic() + 12
        while time.monotonic() < until:
            for key, title in SCREENS.items():
                sent_at = terminal.press(key)
                assert wait_for_title(terminal, title, since=sent_at) < FROZEN_S
                if terminal.shows("sort:"):
                    pressed_at = time.monotonic()
                    terminal.press("G", "g")
                    terminal.wait_bytes(pressed_at, FROZEN_S)
        terminal.wait_for("▲", 30)
        leave(terminal)


def test_a_hung_broker_alone_is_told_and_left(healed: Sandbox) -> None:
    healed.fault(Fault.HANG, "broker-1")
    only = healed.bootstrap_servers.split(",")[0]
    with Terminal(
        ktui("-b", only, "--timeout", str(TIMEOUT_S)), columns=80, rows=24, keeps_bytes=True
    ) as terminal:
        terminal.wait_for("no answer", PAINT_S + TIMEOUT_S)
        leave(terminal)


@pytest.mark.zookeeper
def test_a_lost_zookeeper_is_told_and_left(healed: Sandbox) -> None:
    assert healed.zookeeper is not None
    with live(healed) as terminal:
        healed.fault(Fault.KILL, "zookeeper-1")
        terminal.wait_for(lambda lines: any("ookeeper" in line and "▲" in line for line in lines), 60)
        terminal.press("2")
        terminal.wait_for("Brokers", 2)
        leave(terminal)
    only = ktui("-z", healed.zookeeper, "--timeout", str(TIMEOUT_S))
    with Terminal(only, columns=80, rows=24, keeps_bytes=True) as terminal:
        terminal.wait_for("NOT CONNECTED", PAINT_S + TIMEOUT_S)
        leave(terminal)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_it_with_their_code_and_a_restored_terminal(
    cluster: Sandbox, number: signal.Signals, code: int
) -> None:
    with live(cluster) as terminal:
        terminal.signal(number)
        assert terminal.wait_exit(5) == code
        assert_restored(terminal)


def test_interrupting_ends_it_with_130(cluster: Sandbox) -> None:
    with live(cluster) as terminal:
        terminal.press("ctrl+c")
        assert terminal.wait_exit(5) == 130
        assert_restored(terminal)


def test_a_lost_terminal_ends_it(cluster: Sandbox) -> None:
    with live(cluster) as terminal:
        terminal.hang_up()
        assert terminal.wait_exit(10) == 129


def test_a_lost_terminal_is_noticed_without_a_signal(cluster: Sandbox) -> None:
    command = addressed(cluster)
    ignoring = f"import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv({command[0]!r}, {command!r})"
    with Terminal([sys.executable, "-c", ignoring], keeps_bytes=True) as terminal:
        terminal.wait_for("● OK", 60)
        terminal.hang_up()
        assert terminal.wait_exit(10) == 129


def test_without_a_terminal_it_is_refused() -> None:
    done = subprocess.run(
        ktui("-b", strangers.closed_port()),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / ".src")},
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "terminal" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [({"stdin": os.devnull}, "standard input"), ({"env": {"TERM": "dumb"}}, "TERM is dumb")],
)
def test_poor_terminals_are_refused_in_a_sentence(options: dict[str, object], word: str) -> None:
    with Terminal(ktui("-b", strangers.closed_port()), **options) as terminal:  # type: ignore[arg-type]
        assert terminal.wait_exit(PAINT_S) == 2
        assert terminal.shows(word)
        assert not terminal.shows("Traceback")


def test_no_color_sends_no_colour(cluster: Sandbox) -> None:
    with live(cluster, NO_COLOR="1") as terminal:
        visit_all(terminal)
        assert COLOUR.findall(bytes(terminal.raw)) == []
        assert terminal.emulator.colours() == {"default"}


def test_a_terminal_of_sixteen_colours_gets_no_others(cluster: Sandbox) -> None:
    with live(cluster, TERM="xterm") as terminal:
        visit_all(terminal)
        assert COLOUR.search(bytes(terminal.raw))
        assert MANY_COLOURS.findall(bytes(terminal.raw)) == []


def test_80x24_holds_everything(cluster: Sandbox) -> None:
    with live(cluster, columns=80, rows=24) as terminal:
        visit_all(terminal)
        for key, title in (("n", "Create a topic"), ("?", "Help  keys")):
            terminal.press("3")
            terminal.wait_for("Topics", 5)
            terminal.press(key)
            terminal.wait_for(title, 10)
            terminal.press("escape")
            terminal.wait_gone(title, 5)
        assert terminal.emulator.overflows == 0
        lines = terminal.screen_text()
        assert "● OK" in lines[0]
        assert "live" in lines[0]
        assert "? help" in lines[-1]


def test_resizing_keeps_the_frame(cluster: Sandbox) -> None:
    with live(cluster, "--screen", "topics") as terminal:
        for columns, rows in ((60, 18), (200, 50), (80, 24)):
            terminal.resize(columns, rows)
            terminal.wait_for(lambda lines: "● OK" in lines[0] and "help" in lines[-1], 10)
            terminal.wait_for(lambda lines, width=columns: len(lines[1].strip()) == width, 10)  # type: ignore[misc]
        leave(terminal)


def visit_all(terminal: Terminal) -> None:
    """Show every screen once."""
    for key, title in SCREENS.items():
        terminal.press(key)
        wait_for_title(terminal, title)


def wait_for_title(terminal: Terminal, title: str, since: float | None = None) -> float:
    """Seconds until the screen of this title is there."""
    return terminal.wait_for(lambda lines: lines[2].startswith(title), 10, since=since)
