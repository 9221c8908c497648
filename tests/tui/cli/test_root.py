"""The command line as a process: sentences, exit codes, nothing else."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def ktui(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ktui", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["--version"], ["-V"]])
def test_the_version_is_answered(arguments: list[str]) -> None:
    done = ktui(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ktui ")


def test_help_names_every_command_and_the_connection_options() -> None:
    done = ktui("--help")
    assert done.returncode == 0
    for word in ("status", "topic", "sandbox", "--bootstrap-server", "--zookeeper", "--command-config"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["status"], "no cluster given"),
        (["status", "-b", "broker"], "--bootstrap-server: 'broker' has no port"),
        (["status", "-b", "h:99999"], "the port must be a number from 1 to 65535"),
        (["status", "-z", "h:x"], "--zookeeper"),
        (["status", "-b", "h:1", "-c", "/nowhere/client.properties"], "/nowhere/client.properties"),
        (["status", "-b", "h:1", "--timeout", "0"], "--timeout"),
        (["status", "-b", "h:1", "--watch", "x"], "--watch"),
        (["status", "-b", "h:1", "--log-file", "/dev/null/x.log"], "--log-file /dev/null/x.log"),
        (["staus"], "No such command 'staus'"),
        (["--screen", "nowhere"], "--screen"),
        (["topic", "describe", "-b", "h:1"], "T..."),
        (["sandbox", "fault", "break", "broker-1"], "break"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    done = ktui(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert sentence in done.stderr
    assert done.stderr.startswith("ktui: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_an_unreachable_cluster_is_named_with_the_step_that_failed() -> None:
    done = ktui("status", "--json", "-b", "127.0.0.1:1,127.0.0.1:2", "--timeout", "3")
    assert (done.returncode, done.stdout) == (2, "")
    assert "127.0.0.1:1: connect: " in done.stderr
    assert "127.0.0.1:2: connect: " in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_name_that_does_not_resolve_is_told_as_such() -> None:
    done = ktui("status", "-b", "no-such-host.invalid:9092", "--timeout", "5")
    assert done.returncode == 2
    assert "no-such-host.invalid:9092: name: " in done.stderr


@pytest.mark.parametrize("option", ["-b", "-z"])
def test_a_port_that_accepts_and_says_nothing_is_named(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        done = ktui("status", option, address, "--timeout", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{address}: protocol: " in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_zookeeper_that_is_not_there_is_named() -> None:
    done = ktui("status", "-z", "127.0.0.1:1", "--timeout", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "127.0.0.1:1: connect: " in done.stderr


def test_options_before_the_command_and_in_the_environment_count() -> None:
    for done in (
        ktui("-b", "127.0.0.1:1", "status", "--timeout", "2"),
        ktui("status", "--timeout", "2", KTUI_BOOTSTRAP_SERVER="127.0.0.1:1"),
    ):
        assert done.returncode == 2
        assert "127.0.0.1:1: connect: " in done.stderr


def test_without_a_terminal_the_console_refuses_with_a_sentence() -> None:
    done = ktui("-b", "127.0.0.1:1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "terminal" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_log_goes_to_a_file_and_never_to_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "ktui.log"
    done = ktui("status", "-b", "127.0.0.1:1", "--timeout", "2", "--log-file", str(log))
    assert done.returncode == 2
    assert log.exists()
    assert done.stderr.count("\n") == 1


def test_a_closed_pipe_ends_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ktui", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 1)


def test_json_is_the_only_thing_on_standard_output() -> None:
    done = ktui("topic", "list", "--json", "-b", "127.0.0.1:1", "--timeout", "2")
    assert done.returncode == 2
    assert done.stdout == "" or json.loads(done.stdout)
