"""The command line. Nothing is imported before it is known to be needed: `--version` answers at once."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point of `ktui`; ends the process with the codes that the documentation lists."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from ktui import __version__

        sys.stdout.write(f"ktui {__version__}\n")
        return
    from ktui.tui.cli.root import run

    run()
