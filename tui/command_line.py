"""What is typed after `:`: parsed, checked and completed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ktui.adapters.model import ClusterSnapshot
from ktui.tui.commands import BY_WORD, Argument, Command
from ktui.tui.present.topics import TopicsByName

COMPLETIONS: Final = 40


@dataclass(frozen=True, slots=True)
class Order:
    """A command with what follows it."""

    command: Command
    argument: str = ""


class NotUnderstood(Exception):
    """Says what is wrong with what was typed, in a sentence."""


def parse(text: str) -> Order:
    """NotUnderstood when there is no such command, or an argument is missing or too much."""
    word, _, rest = text.strip().partition(" ")
    argument = rest.strip()
    command = BY_WORD.get(word.lower())
    if command is None:
        near = [known for known in BY_WORD if word and known.startswith(word.lower())]
        if len({BY_WORD[known].name for known in near}) > 1:
            raise NotUnderstood(f"{word} may be {' or '.join(near)}; tab completes.")
        if not near:
            raise NotUnderstood(f"There is no command {word!r}; tab completes, ? lists them.")
        command = BY_WORD[near[0]]
    if command.argument is Argument.NONE and argument:
        raise NotUnderstood(f":{command.words[0]} takes nothing after it.")
    if command.argument is Argument.BROKER and not (argument.isascii() and argument.isdigit()):
        raise NotUnderstood(f":{command.words[0]} needs a broker's id, for example :{command.words[0]} 1")
    if command.argument is Argument.MOMENT and not argument:
        raise NotUnderstood(f":{command.words[0]} needs a moment: {command.help}.")
    if command.argument is Argument.TOPIC and not argument and not command.is_local:
        raise NotUnderstood(f":{command.words[0]} needs a topic's name.")
    if command.argument is Argument.GROUP and not argument and not command.is_local:
        raise NotUnderstood(f":{command.words[0]} needs a group's name.")
    return Order(command, argument)


def completions(
    text: str, snapshot: ClusterSnapshot, *, may_change: bool, is_replay: bool = False
) -> list[str]:
    """Whole texts that complete what is typed."""
    word, space, rest = text.lstrip().partition(" ")
    if not space:
        offered = _offered(may_change, is_replay)
        return [words[0] for words in offered if any(w.startswith(word) for w in words)]
    command = BY_WORD.get(word)
    if command is None:
        return []
    return [f"{word} {end}" for end in islice(_arguments(command, rest.lstrip(), snapshot), COMPLETIONS)]


def _offered(may_change: bool, is_replay: bool) -> Iterable[tuple[str, ...]]:
    commands = (c for c in dict.fromkeys(BY_WORD.values()) if c.in_replay in (None, is_replay))
    return (c.words for c in commands if may_change or not c.changes_cluster)


def _arguments(command: Command, start: str, snapshot: ClusterSnapshot) -> Iterator[str]:
    if command.argument is Argument.BROKER:
        yield from (str(b.id) for b in snapshot.brokers if str(b.id).startswith(start))
    elif command.argument in (Argument.TOPIC, Argument.FILTER, Argument.TAIL):
        yield from names_from(snapshot, start)
    elif command.argument is Argument.TOPICS:
        before, blank, last = start.rpartition(" ")
        yield from (f"{before}{blank}{name}" for name in names_from(snapshot, last))


def names_from(snapshot: ClusterSnapshot, start: str) -> Iterator[str]:
    """Names of topics that begin with this, in their order; unprintable ones are left out."""
    topics = TopicsByName(snapshot.topics)
    row = topics.place_of(start)
    while row < topics.count:
        name = topics.name_at(row)
        if not name.startswith(start):
            return
        if name.isprintable():
            yield name
        row += 1
