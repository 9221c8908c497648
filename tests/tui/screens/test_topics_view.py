from __future__ import annotations

from dataclasses import replace

from ktui.adapters.model import Fault, Sizes
from tests.tui.builders import GIB, NOW, large, small, topic, without_broker_2
from tests.tui.harness import Console, console


def names(ui: Console) -> list[str]:
    """The first column, as far as there are rows."""
    header = next(i for i, line in enumerate(ui.lines) if "NAME" in line)
    below = next(i for i, line in enumerate(ui.lines) if i > header and line.startswith("──"))
    return [row.split()[0] for row in ui.lines[header + 1 : below] if row.strip()]


async def test_rows_of_all_topics() -> None:
    async with console(small()) as ui:
        await ui.press("3")
        assert (
            ui.lines[2] == "Topics  5 of 5                                                      sort: name ↑"
        )
        assert ui.lines[3].split() == ["NAME↑", "PART", "RF", "HEALTH", "MSG/S", "SIZE"]
        assert ui.line_with("payments").split() == ["payments", "12", "3", "ok", "?", "41G"]
        assert names(ui) == ["__consumer_offsets", "audit.log", "invoices", "orders", "payments"]


async def test_a_filter_narrows_while_it_is_typed_and_escape_clears_it() -> None:
    async with console(small()) as ui:
        await ui.press("3", "slash")
        await ui.type("o")
        assert names(ui) == ["__consumer_offsets", "audit.log", "invoices", "orders"]
        await ui.type("r")
        assert names(ui) == ["orders"]
        await ui.press("enter")
        assert "/or" in ui.lines[2]
        await ui.press("escape")
        assert len(names(ui)) == 5
        assert ui.lines[2].startswith("Topics  5 of 5")


async def test_inverse_and_regular_expressions() -> None:
    async with console(small()) as ui:
        await ui.press("3", "slash")
        await ui.type("!o")
        assert names(ui) == ["payments"]
        await ui.press("escape", "slash")
        await ui.type("~^(o|p)")
        assert names(ui) == ["orders", "payments"]
        await ui.press("escape", "slash")
        await ui.type("~(")
        assert "not a regular expression" in ui.lines[2]


async def test_nothing_matches() -> None:
    async with console(small()) as ui:
        await ui.press("3", "slash")
        await ui.type("zzz")
        assert "Nothing matches /zzz" in ui.text


async def test_orders_by_key() -> None:
    async with console(without_broker_2(small())) as ui:
        await ui.press("3", "s")
        assert "sort: health ↑" in ui.lines[2]
        assert names(ui)[0] == "orders"
        await ui.press("s")
        assert "sort: size ↑" in ui.lines[2]
        assert names(ui) == ["payments", "orders", "audit.log", "invoices", "__consumer_offsets"]
        await ui.press("S")
        assert "sort: size ↓" in ui.lines[2]
        assert names(ui)[-1] == "payments"


async def test_an_order_is_kept_for_a_while_but_not_when_topics_come() -> None:
    before = small()
    async with console(before) as ui:
        await ui.press("3", "s", "s")
        grown = replace(before, sizes=Sizes(2, {**before.sizes.by_topic, "audit.log": 900 * GIB}))
        await ui.give(grown)
        assert names(ui)[0] == "payments"
        assert "900G" in ui.line_with("audit.log")
        await ui.pass_time(11)
        assert names(ui)[0] == "audit.log"
        more = replace(before, topics=before.topics.updated([topic("zzz", 1)]))
        await ui.give(more)
        assert "zzz" in names(ui)


async def test_internal_topics_can_be_hidden_and_problems_alone_shown() -> None:
    async with console(small()) as ui:
        await ui.press("3", "i")
        assert "__consumer_offsets" not in ui.text
        assert "internal hidden" in ui.lines[2]
        await ui.press("i", "z")
        assert "No topic is in trouble." in ui.text
        assert "problems only" in ui.lines[2]
        await ui.give(without_broker_2(small()))
        assert len(names(ui)) == 5


async def test_the_cursor_stays_on_its_topic() -> None:
    before = small()
    async with console(before) as ui:
        await ui.press("3", "j", "j", "j")
        await ui.give(replace(before, topics=before.topics.updated([topic("aaa", 1), topic("bbb", 1)])))
        await ui.press("enter")
        assert ui.lines[2].startswith("orders")


async def test_copy_gives_the_row() -> None:
    async with console(small()) as ui:
        await ui.press("3", "G", "y")
        assert ui.app.clipboard.split("\t")[:3] == ["payments", "12", "3"]
        await ui.until(lambda: "Copied: payments" in ui.text)


async def test_sizes_one_may_not_ask_for() -> None:
    faults = (Fault("log dirs", "broker 1", "needs Describe on Cluster", NOW),)
    async with console(replace(small(), sizes=Sizes(), faults=faults)) as ui:
        await ui.press("3")
        assert "no right" in ui.line_with("payments")


async def test_many_topics_are_filtered_and_sorted_by_and_by() -> None:
    async with console(large(66_667, 3)) as ui:
        await ui.press("3")
        assert "66,667 of 66,667" in ui.lines[2]
        await ui.press("slash")
        await ui.type("0409")
        await ui.until(lambda: "Topics  117 of 66,667" in ui.lines[2])
        await ui.press("escape", "s", "s", "s")
        await ui.until(lambda: "the first 10,000 of 66,667 in this order" in ui.lines[2])
