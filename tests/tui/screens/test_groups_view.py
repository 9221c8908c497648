from __future__ import annotations

from dataclasses import replace

from ktui.adapters.groups.view import EMPTY_GROUPS, NOTHING, GroupsView, Wanted
from ktui.adapters.model import Fault
from tests.tui.builders import NOW, small
from tests.tui.harness import Console, console
from tests.tui.made_up_groups import BILLING, READER, detail, listed, part, readers, view


async def give(ui: Console, groups: GroupsView) -> None:
    ui.feed.groups_view = groups
    ui.app.glance()
    await ui.settle()


async def test_a_line_a_group_with_its_lag_and_status() -> None:
    async with console(small()) as ui:
        await ui.press("6")
        assert "Asking the coordinators" in ui.text
        await give(ui, view())
        assert ui.lines[2].startswith("Groups  3 of 3")
        assert ui.line_with("billing").split() == ["billing", "Stable", "2", "100", "-2.0/s", "50s", "OK"]
        assert ui.line_with("archiver").split() == [
            "archiver", "Empty", "0", "5,000", "+12/s", "never", "STOPPED",
        ]  # fmt: skip
        assert ui.line_with("connect-x").split() == ["connect-x", "Stable", "…", "…"]


async def test_only_rows_in_sight_are_wanted_and_none_elsewhere() -> None:
    many = tuple(listed(f"g{number:05d}") for number in range(10_000))
    async with console(small()) as ui:
        assert ui.feed.wanted_groups is NOTHING
        await ui.press("6")
        assert ui.feed.wanted_groups == Wanted(has_list=True)
        await give(ui, view(*many))
        await ui.until(lambda: "Groups  10,000 of 10,000" in ui.text)
        ui.app.glance()
        seen = ui.feed.wanted_groups.groups
        assert "g00000" in seen
        assert len(seen) <= 24
        await ui.press("G")
        ui.app.glance()
        assert "g09999" in ui.feed.wanted_groups.groups
        assert not ui.feed.wanted_groups.groups & seen
        await ui.press("3")
        assert ui.feed.wanted_groups is NOTHING


async def test_a_filter_and_an_order() -> None:
    async with console(small()) as ui:
        await ui.press("6")
        await give(ui, view())
        await ui.press("slash")
        await ui.type("bill")
        assert "archiver" not in ui.text
        assert "Groups  1 of 3" in ui.text
        await ui.press("escape", "s")
        assert "sort: state" in ui.lines[2]
        assert ui.text.index("archiver") < ui.text.index("billing")
        await ui.press("S")
        assert ui.text.index("billing") < ui.text.index("archiver")


async def test_what_a_silent_coordinator_kept_is_marked() -> None:
    fault = Fault("list of groups", "broker 2", "did not answer in 5 s", NOW)
    groups = view(listed("a"), listed("b", coordinator=2), stale_coordinators=frozenset({2}), faults=(fault,))
    async with console(small()) as ui:
        await ui.press("6")
        await give(ui, groups)
        assert ui.line_with(" b ").startswith("▲ b")
        assert not ui.line_with(" a ").startswith("▲")
        assert "▲ list of groups, broker 2: did not answer in 5 s" in ui.text


async def test_no_groups_is_a_sentence() -> None:
    async with console(small()) as ui:
        await ui.press("6")
        await give(ui, replace(EMPTY_GROUPS, is_listed=True))
        assert "There are no groups, or none that this principal may Describe." in ui.text


async def test_one_group_by_partition_and_by_member() -> None:
    async with console(small()) as ui:
        await ui.press("6")
        await give(ui, view())
        await ui.press("j", "enter")
        assert ui.lines[2].startswith("billing  classic")
        assert ui.lines[3] == "Stable   2 members   assignor range   coordinator: broker 1"
        assert ui.lines[4] == "lag 100   trend -2.0/s   left 50s   status OK"
        assert ui.line_with("900").split()[:7] == ["orders", "0", "900", "1,000", "100", "-2.0/s", "OK"]
        assert ui.feed.wanted_groups == Wanted(True, frozenset({"billing"}))
        await ui.press("tab")
        assert ui.line_with("billing-1").split()[:6] == [
            "billing-1", "10.0.0.7", "4", "orders", "0-2", "pay…",
        ]  # fmt: skip
        await ui.press("tab", "enter")
        assert ui.lines[2].startswith("orders  id")
        await ui.press("escape", "escape")
        assert ui.lines[2].startswith("Groups")


async def test_a_group_by_its_word_that_is_not_there() -> None:
    async with console(small()) as ui:
        await ui.press("colon")
        await ui.type("group nope")
        await ui.press("enter")
        await give(ui, view())
        assert "There is no group nope, or this principal may not see it." in ui.text


async def test_the_groups_of_a_topic() -> None:
    async with console(small(), first_topic="orders") as ui:
        await ui.press("tab", "tab")
        assert "[groups]" in ui.text
        assert ui.feed.wanted_groups.topic == "orders"
        assert "Looking through the groups" in ui.text
        await give(ui, view(readers=readers("billing", is_complete=False, asked=1)))
        assert "1 of 3 groups looked at" in ui.text
        assert ui.line_with("billing").split() == ["billing", "Stable", "2", "100", "-2.0/s", "50s", "OK"]
        ui.app.glance()
        assert ui.feed.wanted_groups.groups == {"billing"}
        await give(ui, view(readers=readers()))
        assert "No group reads this topic" in ui.text
        await give(ui, view(readers=readers("billing")))
        await ui.press("enter")
        assert ui.lines[2].startswith("billing")


async def test_lag_on_the_topic_alone() -> None:
    both = detail("billing", part(0, 0, 7), part(5, 0, 90, topic="payments"))
    async with console(small(), first_topic="orders") as ui:
        await ui.press("tab", "tab")
        await give(ui, view(readers=readers("billing"), details={"billing": both}))
        assert ui.line_with("billing").split()[:4] == ["billing", "Stable", "1", "7"]


async def test_the_paused_screen_asks_for_nothing_and_stays() -> None:
    async with console(small()) as ui:
        await ui.press("6")
        await give(ui, view())
        await ui.press("p")
        assert ui.feed.wanted_groups is NOTHING
        await give(ui, view(listed("other")))
        assert "billing" in ui.text
        await ui.press("p")
        assert "other" in ui.text


async def test_text_of_the_cluster_cannot_steer_the_terminal() -> None:
    bad = "\x1b[2Jgroup"
    member = replace(READER, client_id="\x1b]0;x\x07", host="\x9b1m")
    made = replace(BILLING, name=bad, seen=replace(detail(bad, members=(member,)).seen, state="\x1bSt"))  # type: ignore[type-var]
    async with console(small()) as ui:
        await ui.press("6")
        await give(ui, view(listed(bad, "\x1bSt"), details={bad: made}))
        await ui.press("enter", "tab")
        for line in ui.lines:
            assert line.isprintable()
