"""Keys and palette, made from the registry of commands."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from ktui.tui.commands import COMMANDS, Argument, Command
from ktui.tui.dispatch import Dispatch


def bindings() -> list[BindingType]:
    """A binding for every command with a key; its id is the command's name, so that it can be put on another key."""
    made: list[BindingType] = [_binding(command) for command in COMMANDS if command.keys]
    return [*made, Binding("ctrl+c", "interrupt", "Quit", show=False, id="interrupt")]


def _binding(command: Command) -> Binding:
    action = f"run('{command.name}')"
    return Binding(
        command.keys, action, command.title, show=False, id=command.name, priority=command.comes_first
    )


def palette(dispatch: Dispatch) -> Iterator[SystemCommand]:
    """What works here and now."""
    offered = dispatch.offered()
    for command in COMMANDS:
        has_word_alone = bool(command.words) and command.argument is Argument.NONE
        if command.name in offered and (command.keys or has_word_alone):
            how = command.key_text if command.keys else f":{command.words[0]}"
            title = f"{command.title}  ({how})"
            yield SystemCommand(title, command.help, dispatch.starter(command.name))
