from __future__ import annotations

import pytest

from ktui.tui.commands import COMMANDS
from ktui.tui.present.keys import bar

GLOBAL = {
    command.name for command in COMMANDS if not (command.is_local or command.needs_topic or command.in_replay)
}
TOPICS = GLOBAL | {
    "open", "filter", "sort", "reverse", "delete", "describe", "internal", "problems-only", "copy", "create-like",
}  # fmt: skip


def shown(
    offered: set[str], width: int, *, way_back: bool = False, keymap: dict[str, str] | None = None
) -> str:
    return "  ".join(" ".join(entry) for entry in bar(offered, keymap or {}, width, has_way_back=way_back))


def test_a_view_without_keys_of_its_own_shows_the_screens() -> None:
    assert shown(GLOBAL, 80) == (
        "1 overview  2 brokers  3 topics  4 partitions  5 problems  : go  ? help  q quit"
    )


def test_the_keys_of_a_view_go_before_the_names_of_the_screens() -> None:
    assert shown(TOPICS, 80) == ("enter open  / filter  s sort  n new  ^d delete  1-9 screens  : go  ? help")
    assert shown(TOPICS, 80, way_back=True).endswith("^d delete  p pause  : go  ? help  q back") or shown(
        TOPICS, 80, way_back=True
    ).endswith(": go  ? help  q back")
    assert "8 tail" in shown(TOPICS, 160)


@pytest.mark.parametrize("width", range(20, 200, 7))
def test_it_fits_and_always_has_the_help(width: int) -> None:
    line = shown(TOPICS, width)
    assert len(line) <= width
    assert "? help" in line


def test_nothing_is_offered_that_does_not_work() -> None:
    locked = TOPICS - {"create", "create-like", "delete"}
    assert "new" not in shown(locked, 200)
    assert "^d" not in shown(locked, 200)


def test_keys_of_the_users_own() -> None:
    assert "f3 topics" in shown(GLOBAL, 80, keymap={"topics": "f3,x"})
