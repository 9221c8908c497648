"""Changes to a production cluster are locked until its name was typed, and locked again by themselves."""

from __future__ import annotations

from ktui.adapters.operate.lock import Lock
from tests.tui.builders import small
from tests.tui.harness import console


async def test_locked_offers_no_changes_until_the_name_is_typed() -> None:
    now = [0.0]
    lock = Lock(is_locked=True, monotonic=lambda: now[0])
    async with console(small(), environment="production", lock=lock) as ui:
        assert "locked" in ui.header
        await ui.press("3")
        assert "^d delete" not in ui.keys
        await ui.press("n", "ctrl+d")
        assert len(ui.app.screen_stack) == 1
        await ui.press("L")
        await ui.until(lambda: "Type the cluster's name" in ui.text)
        await ui.type("loca")
        await ui.press("enter")
        assert lock.is_locked
        await ui.type("l")
        await ui.press("enter")
        await ui.until(lambda: "UNLOCKED 15m" in ui.header)
        assert "^d delete" in ui.keys
        now[0] = 15 * 60.0
        ui.app.tick()
        await ui.until(lambda: "UNLOCKED" not in ui.header and "^d delete" not in ui.keys)
        assert "locked" in ui.header


async def test_locked_at_once_by_the_same_key() -> None:
    lock = Lock(is_locked=False)
    async with console(small(), lock=lock) as ui:
        await ui.press("3", "L")
        await ui.until(lambda: "locked" in ui.header)
        assert lock.is_locked
        await ui.press("colon")
        await ui.type("delete orders")
        await ui.press("enter")
        await ui.until(lambda: "Changes are locked; L unlocks them." in ui.text)


async def test_read_only_is_never_unlocked() -> None:
    lock = Lock(is_locked=True)
    async with console(small(), is_read_only=True, lock=lock) as ui:
        await ui.press("L")
        assert len(ui.app.screen_stack) == 1
        assert "read-only" in ui.header
        await ui.press("colon")
        await ui.type("lock")
        await ui.press("enter")
        await ui.until(lambda: "This console is read-only." in ui.text)
