"""Processes that are found, signalled and never mistaken for others."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.processes import AFTER_MARKER, MARKER, Life
from ktui.adapters.sandbox.state import Process

WAIT_S = 10.0
SLEEPER = "import sys, time; print('up', flush=True); time.sleep(600)"


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    marked = [f"{MARKER}{tmp_path / 'a folder'}", AFTER_MARKER, "jars"]
    command = [sys.executable, "-c", SLEEPER, *marked]
    process = processes.spawn(command, tmp_path / "log", dict(os.environ))
    processes.wait(lambda: (tmp_path / "log").read_text() == "up\n", WAIT_S)
    yield process
    processes.kill(process)


def test_a_process_lives_hangs_goes_on_and_dies(sleeper: Process) -> None:
    assert processes.life_of(sleeper) is Life.RUNNING
    assert processes.identify(sleeper.pid) == sleeper
    processes.send(sleeper, signal.SIGSTOP)
    assert processes.wait_until_suspended(sleeper, WAIT_S)
    assert processes.life_of(sleeper) is Life.SUSPENDED
    processes.send(sleeper, signal.SIGCONT)
    assert processes.wait(lambda: processes.life_of(sleeper) is Life.RUNNING, WAIT_S)
    processes.send(sleeper, signal.SIGTERM)
    assert processes.wait_until_gone(sleeper, WAIT_S)
    assert processes.identify(sleeper.pid) is None


def test_a_recycled_pid_is_another_process(sleeper: Process) -> None:
    earlier = replace(sleeper, started="long ago")
    assert processes.life_of(earlier) is Life.GONE
    processes.kill(earlier)
    assert processes.life_of(sleeper) is Life.RUNNING


def test_servers_are_found_by_the_folder_on_their_command_line(sleeper: Process, tmp_path: Path) -> None:
    assert processes.servers_by_folder()[tmp_path / "a folder"] == [sleeper]
    processes.kill(sleeper)
    assert tmp_path / "a folder" not in processes.servers_by_folder()


def test_it_has_a_session_of_its_own(sleeper: Process) -> None:
    assert os.getsid(sleeper.pid) == sleeper.pid


def test_no_process_is_gone() -> None:
    assert processes.life_of(None) is Life.GONE
    assert not processes.wait(lambda: False, 0.01)


def test_ps_says_the_same_where_there_is_no_proc(
    sleeper: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(processes, "_PROC", tmp_path / "nothing")
        by_ps = processes.identify(sleeper.pid)
        assert by_ps is not None
        assert processes.life_of(by_ps) is Life.RUNNING
        found = processes.servers_by_folder()[tmp_path / "a folder"]
    assert [process.pid for process in found] == [sleeper.pid]
