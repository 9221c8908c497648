from __future__ import annotations

from dataclasses import replace

from ktui.adapters.topics import TopicMap
from tests.tui.builders import kraft, large, partition, small, topic, without_broker_2
from tests.tui.harness import console


async def test_nothing_is_wrong() -> None:
    async with console(small()) as ui:
        await ui.press("5")
        assert "Nothing is wrong: 5 topics, 30 partitions, all in sync." in ui.text
        assert "open" not in ui.keys


async def test_a_dead_broker_and_what_it_did_and_how_it_heals() -> None:
    async with console(small()) as ui:
        await ui.press("5")
        await ui.give(without_broker_2(small()))
        assert ui.lines[2].startswith("Problems  30, worst first")
        assert ui.lines[3] == "✕ broker 2 missing for 41s  30 replicas, 30 out of sync, 0 leaders"
        assert ui.lines[5].split() == ["PROBLEM", "TOPIC", "PART", "REPLICAS", "ISR", "MIN", "FOR", "WHY"]
        worst = "under min ISR orders 0 1 2✕ 3! 1/3 2 41s 2 not up, 3 lags"
        assert " ".join(ui.lines[6].split()) == worst
        ui.feed.hear()
        await ui.pass_time(1)
        assert " 42s " in ui.lines[6]
        assert "missing for 42s" in ui.lines[3]
        await ui.give(small())
        assert "Nothing is wrong" in ui.text
        assert "missing" not in ui.text


async def test_no_controller_stands_above() -> None:
    async with console(
        kraft([], quorum=None, controller=None, controller_reason="no quorum leader", has_no_controller=True)
    ) as ui:
        await ui.press("5")
        assert "▲ NO CONTROLLER" in ui.header
        assert "▲ no controller  no quorum leader" in ui.text
        assert "No partition is in trouble." in ui.text


async def test_a_filter_and_the_topic_behind_a_row() -> None:
    async with console(without_broker_2(small())) as ui:
        await ui.press("5", "slash")
        await ui.type("pay")
        await ui.press("enter")
        assert ui.lines[2].startswith("Problems  12, worst first")
        await ui.press("enter")
        assert ui.lines[2].startswith("payments")


async def test_more_than_ten_thousand_are_said_to_be_more() -> None:
    short = topic("m", [partition(i, [1, 2, 3], [1]) for i in range(3)])
    topics = TopicMap.of(replace(short, name=one.name) for one in large(6_000, 3).topics)
    async with console(kraft(topics)) as ui:
        await ui.press("5")
        await ui.until(lambda: "the worst 10,000 of more" in ui.lines[2])
