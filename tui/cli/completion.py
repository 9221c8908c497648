"""`ktui completion`: what a shell needs to complete commands, options and names of profiles."""

from __future__ import annotations

import sys
from typing import Final

import click
from click.shell_completion import CompletionItem, get_completion_class

from ktui.adapters.errors import BadSettings

VARIABLE: Final = "_KTUI_COMPLETE"
SHELLS: Final = ("bash", "zsh", "fish")
_HOW: Final = {
    "bash": 'eval "$(ktui completion bash)"            # in ~/.bashrc',
    "zsh": 'eval "$(ktui completion zsh)"             # in ~/.zshrc',
    "fish": "ktui completion fish | source            # in ~/.config/fish/config.fish",
}


@click.command(epilog="\b\n" + "\n".join(_HOW.values()))
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes ktui's commands, options and profiles in this shell."""
    made = get_completion_class(shell)
    if made is None:
        raise BadSettings(f"{shell} cannot be completed")
    # `source` would start bash to look at its version; the script needs 4.4, which is ten years old.
    script = made.source_template % made(click.Command("ktui"), {}, "ktui", VARIABLE).source_vars()
    sys.stdout.write(script)


def complete_profile(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of profiles; none while the file cannot be read."""
    from ktui.tui.profiles.config import read_config

    try:
        profiles = read_config().profiles
    except BadSettings:
        return []
    return [CompletionItem(name) for name in profiles if name.startswith(begun)]
