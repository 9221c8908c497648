from __future__ import annotations

from dataclasses import replace

from ktui.adapters.topics import TopicMap
from ktui.tui.present import partitions as rows
from tests.tui.builders import large, partition, small, topic, without_broker_2
from tests.tui.harness import Console, console


def row(ui: Console, name: str, index: int) -> str:
    return next(line for line in ui.lines if line.split()[:2] == [name, str(index)])


async def test_rows_of_all_partitions() -> None:
    async with console(small()) as ui:
        await ui.press("4")
        assert ui.lines[2].startswith("Partitions  30 of 30")
        assert ui.lines[3].split() == [
            "TOPIC↑",
            "PART",
            "LEADER",
            "REPLICAS",
            "ISR",
            "MIN",
            "MSG/S",
            "HEALTH",
        ]
        assert row(ui, "audit.log", 1).split() == [
            "audit.log",
            "1",
            "2",
            "2",
            "3",
            "1",
            "3/3",
            "2",
            "?",
            "ok",
        ]


async def test_a_row_that_changed_is_marked_for_a_moment() -> None:
    before = small()
    async with console(before) as ui:
        await ui.press("4")
        moved = [partition(0, [1, 2, 3], leader=3, epoch=6), partition(1, [2, 3, 1]), partition(2, [3, 1, 2])]
        await ui.give(replace(before, topics=before.topics.updated([topic("audit.log", moved)])))
        assert [line for line in ui.lines if line.startswith("~")] == [ui.line_with("~ audit.log")]
        await ui.pass_time(1)
        assert "~ audit.log" in ui.text
        await ui.pass_time(1.1)
        assert "~ audit.log" not in ui.text


async def test_problems_only_and_back() -> None:
    async with console(small()) as ui:
        await ui.press("4", "z")
        assert "No partition is in trouble." in ui.text
        await ui.give(without_broker_2(small()))
        assert ui.lines[2].startswith("Partitions  30 of 30  problems only")
        await ui.press("z")
        assert "problems only" not in ui.lines[2]


async def test_a_filter_on_names_and_an_order() -> None:
    async with console(without_broker_2(small())) as ui:
        await ui.press("4", "slash")
        await ui.type("!payments")
        await ui.press("enter", "s")
        assert "Partitions  18 of 30" in ui.lines[2]
        assert "sort: health" in ui.lines[2]
        assert ui.lines[4].split()[0] == "orders"
        await ui.press("S")
        assert ui.lines[4].split()[0] != "orders"


async def test_enter_opens_the_topic() -> None:
    async with console(small()) as ui:
        await ui.press("4", "G", "enter")
        assert ui.lines[2].startswith("payments")
        await ui.press("q", "d")
        assert "[configuration]" in ui.text


async def test_two_hundred_thousand_partitions() -> None:
    snapshot = large(66_667, 3)
    async with console(snapshot) as ui:
        await ui.press("4")
        assert "Partitions  200,001 of 200,001" in ui.lines[2]
        await ui.press("G")
        assert ui.line_with("topic-066666").split()[:2] == ["topic-066666", "0"]
        made: list[int] = []
        original = rows.PartitionRows.row

        def counted(model: rows.PartitionRows, index: int) -> rows.Row:
            made.append(index)
            return original(model, index)

        rows.PartitionRows.row = counted  # type: ignore[method-assign]
        try:
            changed = replace(snapshot.topics.topic_at(66_666), is_internal=True)
            await ui.give(replace(snapshot, topics=snapshot.topics.updated([changed])))
        finally:
            rows.PartitionRows.row = original  # type: ignore[method-assign]
        assert 0 < len(made) < 100
        await ui.press("s")
        await ui.until(lambda: "the first 10,000 of 200,001 in this order" in ui.lines[2])


async def test_everything_on_one_broker() -> None:
    async with console(without_broker_2(small())) as ui:
        await ui.press("2", "j", "enter")
        assert ui.lines[2].startswith("Broker 2  10.0.0.12:9092  missing 41s  30 partitions")
        await ui.press("l")
        assert "This broker leads no partition." in ui.text
        await ui.press("o")
        assert "30 partitions, out of sync" in ui.lines[2]
        await ui.press("o")
        assert "out of sync" not in ui.lines[2]
        await ui.press("q", "k", "enter")
        assert ui.lines[2].startswith("Broker 1  10.0.0.11:9092  up  30 partitions")


async def test_a_broker_that_is_not_known() -> None:
    async with console(small()) as ui:
        await ui.press("colon")
        await ui.type("broker 77")
        await ui.press("enter")
        assert "Broker 77  not known in this cluster" in ui.lines[2]


async def test_one_broker_of_many_partitions_is_found_by_and_by() -> None:
    async with console(large(66_667, 3, brokers=20)) as ui:
        await ui.press("colon")
        await ui.type("broker 4")
        await ui.press("enter")
        await ui.until(lambda: "133,334 partitions" in ui.lines[2])


async def test_nothing_loaded_is_not_nothing_there() -> None:
    async with console(replace(small(), is_loaded=False, topics=TopicMap())) as ui:
        await ui.press("4")
        assert "Partitions  not read yet" in ui.lines[2]
        assert "Nothing has been read yet." in ui.text
