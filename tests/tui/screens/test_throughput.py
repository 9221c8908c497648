"""Rates on the screens: shown, sorted, kept in order, and not drawn again when nothing moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.widget import Widget

from ktui.adapters.rates.motion import Change
from ktui.tui import watchman
from tests.tui.builders import NOW, small
from tests.tui.harness import Console, console
from tests.tui.made_up_rates import busy, rates

WIDE = (160, 45)


def names(ui: Console) -> list[str]:
    header = next(i for i, line in enumerate(ui.lines) if "NAME" in line)
    below = next(i for i, line in enumerate(ui.lines) if i > header and line.startswith("──"))
    return [row.split()[0] for row in ui.lines[header + 1 : below] if row.strip()]


async def test_topics_with_numbers_and_sparklines() -> None:
    async with console(small()) as ui:
        await ui.press("3")
        assert ui.line_with("payments").split()[4] == "?"
        await ui.move(busy())
        assert ui.line_with("payments").split()[4:7] == ["8.1k", "▅█·█", "41G"]
        assert ui.line_with("audit.log").split()[4] == "?"
        assert ui.line_with("invoices").split()[4:6] == ["0", "▁▁▁▁"]


async def test_newer_rates_are_shown_before_the_second_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchman, "PERIOD_S", 3_600.0)
    async with console(small(), ticks=True) as ui:
        await ui.press("3")
        ui.feed.rates_view = busy()
        await ui.until(lambda: ui.line_with("payments").split()[4] == "8.1k")


async def test_more_room_shows_bytes_and_longer_sparklines() -> None:
    long = busy()
    view = replace(long, samples={**long.samples, "payments": (8_000.0,) * 60})
    async with console(small(), size=WIDE) as ui:
        await ui.press("3")
        await ui.move(view)
        line = ui.line_with("payments")
        assert "█" * 24 in line
        assert "1.1M est." in line
        assert ui.header.split()[-2:] == ["12.0k/s", "live"]


async def test_the_header_drops_the_rate_first() -> None:
    async with console(small()) as ui:
        await ui.move(busy())
        assert "12.0k/s" not in ui.header
        assert ui.header.endswith("live")


async def test_an_order_by_rate_stands_still_while_it_is_read() -> None:
    async with console(small()) as ui:
        await ui.move(busy())
        await ui.press("colon")
        await ui.type("busiest")
        await ui.press("enter")
        assert "sort: msg/s" in ui.lines[2]
        assert names(ui)[:3] == ["payments", "orders", "invoices"]
        swapped = busy(2)
        swapped = replace(swapped, samples={**swapped.samples, "orders": (9_900.0,) * 4})
        await ui.move(swapped)
        assert names(ui)[:2] == ["payments", "orders"]
        assert "9.9k" in ui.line_with("orders")
        await ui.move(swapped, 11)
        assert names(ui)[:2] == ["orders", "payments"]


async def test_what_stopped_and_what_began() -> None:
    view = busy(stopped=(Change("invoices", NOW - 5, 402.0),), began=(Change("orders", NOW - 9, 0.0),))
    async with console(small()) as ui:
        await ui.move(view)
        assert ui.line_with("Just stopped").split()[2:] == ["invoices", "13:59:55", "(402/s", "before)"]
        await ui.press("colon")
        await ui.type("stopped")
        await ui.press("enter")
        assert ui.lines[2].startswith("Topics  1 stopped in the last five minutes, newest first")
        assert "sort:" not in ui.lines[2]
        assert names(ui) == ["invoices"]
        await ui.press("s")
        assert len(names(ui)) == 5
        await ui.press("colon")
        await ui.type("began")
        await ui.press("enter")
        assert names(ui) == ["orders"]
        await ui.press("3")
        assert len(names(ui)) == 5
        await ui.pass_time(600)
        await ui.press("colon")
        await ui.type("began")
        await ui.press("enter")
        assert "No topic began in the last five minutes." in ui.text


async def test_the_overview_names_the_busiest_in_place_of_the_largest() -> None:
    async with console(small()) as ui:
        assert "Largest topics" in ui.text
        await ui.move(busy())
        assert "Largest topics" not in ui.text
        assert ui.line_with("Traffic").split()[1:3] == ["12.0k", "msg/s"]
        assert ui.line_with("payments").split() == ["payments", "8.1k", "▅█·█", "1.2M", "est."]


async def test_one_scale_for_all_rows() -> None:
    async with console(small()) as ui:
        await ui.press("3")
        await ui.move(busy())
        assert ui.line_with("orders").split()[5] == "████"
        await ui.press("=")
        assert ui.line_with("orders").split()[5] == "▅▅▅▅"
        await ui.press("=")
        assert ui.line_with("orders").split()[5] == "████"


async def test_brokers_and_partitions() -> None:
    async with console(small()) as ui:
        await ui.press("2")
        await ui.move(busy())
        assert ui.line_with("10.0.0.11").split()[-2:] == ["6.2k", "████"]
        assert ui.line_with("10.0.0.13").split()[-1] == "?"
        await ui.press("4", "slash")
        await ui.type("orders")
        await ui.press("enter")
        assert ui.line_with("orders               ").split()[-2:] == ["650", "ok"]


async def test_a_paused_screen_keeps_its_rates() -> None:
    async with console(small()) as ui:
        await ui.press("3")
        await ui.move(busy())
        await ui.press("p")
        await ui.move(rates({"payments": (1.0,)}, revision=2))
        assert "8.1k" in ui.line_with("payments")
        await ui.press("p")
        assert "1.0" in ui.line_with("payments").split()


async def test_the_help_tells_what_ktui_itself_asks() -> None:
    from ktui.adapters.rates.meter import OwnTraffic

    async with console(small(), size=WIDE) as ui:
        await ui.move(busy(own=OwnTraffic(3.0, 12_288.0)))
        await ui.press("question_mark", "G")
        assert "3.0 requests/s, 12K bytes/s" in ui.text


@pytest.fixture
def repaints(monkeypatch: pytest.MonkeyPatch) -> list[Widget]:
    made: list[Widget] = []
    original = Widget.refresh

    def counted(self: Widget, *regions: Any, **options: Any) -> Widget:
        made.append(self)
        return original(self, *regions, **options)

    monkeypatch.setattr(Widget, "refresh", counted)
    return made


async def test_looking_for_rates_costs_nothing_while_there_are_no_newer_ones(repaints: list[Widget]) -> None:
    async with console(small()) as ui:
        await ui.press("3")
        await ui.move(busy())
        asked: list[Any] = []
        ui.app.stage.view.tick = lambda: asked.append("tick")  # type: ignore[method-assign]
        repaints.clear()
        ui.app.glance()
        assert (asked, repaints) == ([], [])
        ui.app.desk.toggle_pause()
        ui.feed.rates_view = busy(2)
        ui.app.glance()
        assert (asked, repaints) == ([], [])


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5"])
async def test_zeros_that_go_on_draw_nothing(key: str, repaints: list[Widget]) -> None:
    from ktui.adapters.rates.keys import CLUSTER

    quiet = dict.fromkeys((*(topic.name for topic in small().topics), 1, 2, 3, CLUSTER), (0.0,) * 60)
    async with console(small()) as ui:
        await ui.press(key)
        await ui.move(rates(quiet, revision=1))
        repaints.clear()
        for revision in range(2, 6):
            await ui.move(rates(quiet, revision=revision))
        assert repaints == []


async def test_only_the_rows_that_move_are_drawn(repaints: list[Widget]) -> None:
    async with console(small()) as ui:
        await ui.press("3", "1")
        hidden = ui.app.stage._views["topics"]  # type: ignore[index]
        await ui.move(busy())
        repaints.clear()
        await ui.move(rates({"payments": (1.0, 2.0)}, revision=2))
        assert not any(widget in hidden.walk_children() for widget in repaints)
