from __future__ import annotations

from collections import Counter

from ktui.tui.administration import OPENED
from ktui.tui.commands import BY_NAME, BY_WORD, COMMANDS, Group, key_text
from ktui.tui.screens.help import help_lines
from ktui.widgets.cells import plain


def test_every_name_key_and_word_stands_for_one_command() -> None:
    assert len(BY_NAME) == len(COMMANDS)
    keys = Counter(key for command in COMMANDS for key in command.keys.split(",") if key)
    assert [key for key, times in keys.items() if times > 1] == []
    words = Counter(word for command in COMMANDS for word in command.words)
    assert [word for word, times in words.items() if times > 1] == []
    assert BY_WORD["q"] is BY_NAME["quit"]


def test_changes_are_marked_as_such() -> None:
    names = {command.name for command in COMMANDS if command.changes_cluster}
    assert {"create", "create-like", "delete", "recreate", *OPENED} <= names
    assert all(command.changes_cluster == (command.group is Group.CHANGING) for command in COMMANDS)


def test_no_key_that_tmux_or_a_shell_takes() -> None:
    taken = {"ctrl+b", "ctrl+a", "ctrl+z", "ctrl+q", "ctrl+p", "ctrl+m", "ctrl+i", "ctrl+h"}
    assert not taken & {key for command in COMMANDS for key in command.keys.split(",")}


def test_the_help_fits_into_eighty_columns() -> None:
    for line in help_lines({command.name for command in COMMANDS}, {}):
        assert len(plain(line)) <= 78, plain(line)


def test_the_users_own_key_is_shown() -> None:
    assert key_text(BY_NAME["topics"], {"topics": "f3,x"}) == "f3"
    assert key_text(BY_NAME["delete"], {}) == "^d"
