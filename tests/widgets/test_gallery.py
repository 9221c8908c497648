from __future__ import annotations

import pytest

from ktui.widgets.gallery import Gallery


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_every_widget_is_shown_in_every_theme(theme: str) -> None:
    app = Gallery()
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(
            "j", "space", "t", "slash", "1", "escape", "colon", "escape", "2", "3", "t", "4", "t", "1"
        )
        for key in ("n", "ctrl+d", "v"):
            await pilot.press(key)
            assert len(app.screen_stack) == 2
            await pilot.press("escape")
            assert len(app.screen_stack) == 1
