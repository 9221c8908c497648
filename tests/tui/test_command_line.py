from __future__ import annotations

import pytest

from ktui.tui.command_line import COMPLETIONS, NotUnderstood, completions, parse
from tests.tui.builders import kraft, large, small, topic


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("topics", "topics", ""),
        ("topics pay", "topics", "pay"),
        ("  Topics   pay  ", "topics", "pay"),
        ("topic orders", "topic", "orders"),
        ("broker 2", "broker", "2"),
        ("urp", "problems", ""),
        ("q", "quit", ""),
        ("over", "overview", ""),
        ("create", "create", ""),
        ("delete orders", "delete", "orders"),
        ("quor", "quorum", ""),
    ],
)
def test_commands(text: str, name: str, argument: str) -> None:
    order = parse(text)
    assert (order.command.name, order.argument) == (name, argument)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nonsense", "There is no command 'nonsense'"),
        ("", "There is no command ''"),
        ("br", "br may be brokers or broker"),
        ("broker", "needs a broker's id"),
        ("broker two", "needs a broker's id"),
        ("topic", "needs a topic's name"),
        ("pause now", "takes nothing after it"),
    ],
)
def test_what_is_not_understood(text: str, part: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse(text)
    assert part in str(caught.value)


def test_completion_of_words_and_arguments() -> None:
    snapshot = small()
    assert completions("to", snapshot, may_change=True) == ["topics", "topic"]
    assert completions("topic o", snapshot, may_change=True) == ["topic orders"]
    assert completions("topics ", snapshot, may_change=True)[0] == "topics __consumer_offsets"
    assert completions("broker ", snapshot, may_change=True) == ["broker 1", "broker 2", "broker 3"]
    assert completions("nonsense x", snapshot, may_change=True) == []
    assert "create" in completions("", snapshot, may_change=True)
    assert "create" not in completions("", snapshot, may_change=False)


def test_completion_among_many_topics_looks_at_few() -> None:
    found = completions("topic topic-0409", large(66_667, 3), may_change=True)
    assert found[0] == "topic topic-040900"
    assert len(found) == COMPLETIONS


def test_names_that_cannot_be_typed_are_not_offered() -> None:
    snapshot = kraft([topic("a\x1b"), topic("ab")])
    assert completions("topic a", snapshot, may_change=True) == ["topic ab"]
