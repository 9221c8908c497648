"""Shows every widget with made-up numbers: `python -m ktui.widgets`."""

from __future__ import annotations

from ktui.widgets.gallery import Gallery

if __name__ == "__main__":
    Gallery().run()
