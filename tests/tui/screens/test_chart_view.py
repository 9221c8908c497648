from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.builders import small
from tests.tui.harness import console
from tests.tui.made_up_rates import busy, rates


async def test_the_chart_of_the_row_under_the_cursor() -> None:
    async with console(small()) as ui:
        await ui.press("3")
        await ui.move(busy())
        await ui.press("G")
        await ui.press("c")
        assert ui.lines[2].split()[:3] == ["Chart", "[messages]", "bytes"]
        assert "Messages a second: payments" in ui.text
        assert "8.1k" in ui.text
        assert ui.feed.looked_at == {"payments"}
        await ui.press("q")
        assert ui.lines[2].startswith("Topics")


async def test_brokers_the_cluster_and_topics_by_name() -> None:
    async with console(small()) as ui:
        await ui.move(busy())
        await ui.press("c")
        assert "Messages a second: the cluster" in ui.text
        assert "c chart" not in ui.keys
        await ui.press("2", "c")
        assert "Messages a second: broker 1" in ui.text
        await ui.press("colon")
        await ui.type("chart orders payments")
        await ui.press("enter")
        assert "Messages a second: orders payments" in ui.text
        await ui.press("colon")
        await ui.type("chart nope")
        await ui.press("enter")
        assert "There is no topic nope in this cluster." in ui.text


async def test_measures_and_spans() -> None:
    async with console(small()) as ui:
        await ui.move(busy())
        await ui.press("c", "tab")
        assert "Bytes a second: the cluster" in ui.text
        await ui.press("tab", "]", "]", "]")
        assert ui.lines[2].endswith("[1 day]")
        await ui.press("[")
        assert "[1 h]" in ui.lines[2]


async def test_a_chart_follows_the_time_and_rests_while_hidden() -> None:
    async with console(small()) as ui:
        await ui.move(busy())
        await ui.press("c")
        chart = ui.app.stage.view._chart  # type: ignore[attr-defined]
        before = chart.data
        await ui.move(busy(2))
        assert chart.data.end == before.end + 1
        await ui.press("3")
        shown = chart.data
        await ui.move(busy(3))
        assert chart.data is shown


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_export_writes_text_and_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with console(small()) as ui:
        await ui.move(busy(), 0)
        await ui.press("3", "G", "c", "ctrl+e")
        assert written(tmp_path) == [
            "ktui-payments-20261123T140000Z.svg",
            "ktui-payments-20261123T140000Z.txt",
        ]
        assert "payments" in (tmp_path / "ktui-payments-20261123T140000Z.txt").read_text()
        assert (tmp_path / "ktui-payments-20261123T140000Z.svg").read_text().startswith("<svg")
        await ui.until(lambda: "Written to" in ui.text)
        await ui.press("ctrl+e")
        await ui.until(lambda: "Not written" in ui.text)


async def test_no_samples_yet() -> None:
    async with console(small()) as ui:
        await ui.press("c")
        assert "No samples yet." in ui.text
        await ui.move(rates({}))
        await ui.press("y")
        assert "Messages a second" in ui.app.clipboard
