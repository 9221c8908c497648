"""``python -m ktui`` is the command ``ktui``."""

from ktui.tui.cli import main

if __name__ == "__main__":
    main()
