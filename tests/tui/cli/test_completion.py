"""Completion in shells: the scripts, and what they ask the program."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ktui.tui.profiles.config import config_path
from tests.tui.cli.test_root import ktui


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(shell: str) -> None:
    done = ktui("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_KTUI_COMPLETE={shell}_complete" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True, timeout=30)


@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [("ktui sta", 1, "status"), ("ktui topic de", 2, "describe"), ("ktui status --js", 2, "--json")],
)
def test_commands_and_options_are_completed(words: str, place: int, expected: str) -> None:
    done = ktui(_KTUI_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(place))
    assert f"plain,{expected}" in done.stdout.split()


def test_names_of_profiles_are_completed() -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text("[profiles.prod-eu]\nzookeeper = 'h:1'\n[profiles.test]\nzookeeper = 'h:1'\n")
    done = ktui(_KTUI_COMPLETE="bash_complete", COMP_WORDS="ktui -p pr", COMP_CWORD="2")
    assert done.stdout.split() == ["plain,prod-eu"]


def test_another_shell_is_refused_with_those_that_are_known() -> None:
    done = ktui("completion", "tcsh")
    assert done.returncode == 2
    assert "bash" in done.stderr
