"""The frame around the views: first paint, age, pause, places, command line, help."""

from __future__ import annotations

from dataclasses import replace

from ktui.adapters.model import Fault
from tests.tui.builders import NOW, kraft, small, topic, without_broker_2, zookeeper
from tests.tui.harness import console


async def test_the_first_paint_needs_no_answer() -> None:
    async with console() as ui:
        assert ui.header == "local  ○ connecting…"
        assert "Health      not known yet" in ui.text
        assert ui.keys == "1 overview  2 brokers  3 topics  4 partitions  5 problems  : go  ? help  q quit"


async def test_why_nothing_is_read_is_said_and_it_goes_on_trying() -> None:
    async with console() as ui:
        ui.feed.error = "127.0.0.1:1: connect: refused"
        await ui.pass_time(1)
        assert "▲ NOT CONNECTED" in ui.header
        assert "▲ 127.0.0.1:1: connect: refused" in ui.text
        assert "It goes on trying." in ui.text
        ui.feed.error = None
        await ui.give(small())
        assert "● OK" in ui.header
        assert "It goes on trying." not in ui.text


async def test_a_long_reason_is_broken_not_cut() -> None:
    async with console() as ui:
        ui.feed.error = "b.example:9092: name: " + "the name cannot be resolved " * 4 + "at all"
        await ui.pass_time(1)
        assert "at all" in ui.text
        assert "It goes on trying." in ui.text


async def test_a_very_long_reason_is_shown_to_its_end_while_nothing_else_is_to_be_seen() -> None:
    async with console() as ui:
        ui.feed.error = "b.example:9092: TLS: " + "the certificate is not trusted here " * 9 + "at all"
        await ui.pass_time(1)
        assert "at all" in ui.text
        assert "It goes on trying." in ui.text
        await ui.press("3")
        assert "at all" in ui.text
        assert "It goes on trying." in ui.text


async def test_ten_times_the_same_sentence_is_one_toast() -> None:
    async with console(small()) as ui:
        for _ in range(10):
            await ui.press("r")
        assert ui.feed.refreshes == 10
        assert ui.text.count("Asking the cluster now.") == 1


async def test_what_a_key_did_takes_the_place_of_what_the_key_before_did() -> None:
    async with console(small()) as ui:
        await ui.press("less_than_sign", "less_than_sign", "U", "r")
        assert "Asking the cluster now." in ui.text
        assert "rarely" not in ui.text
        assert "Times are shown" not in ui.text


async def test_the_age_counts_beyond_two_periods_and_then_the_picture_is_stale() -> None:
    async with console(small()) as ui:
        assert ui.header.endswith("live")
        await ui.pass_time(1.5)
        assert ui.header.endswith("live")
        await ui.pass_time(1.5)
        assert ui.header.endswith("3s old")
        await ui.pass_time(11)
        assert "▲ STALE 14s" in ui.header
        ui.feed.hear()
        await ui.pass_time(0)
        assert ui.header.endswith("live")
        assert "● OK" in ui.header


async def test_pause_holds_the_picture_and_says_its_age() -> None:
    async with console(small()) as ui:
        await ui.press("p")
        await ui.give(without_broker_2(small()))
        assert "● OK" in ui.header
        assert "missing" not in ui.text
        await ui.pass_time(7)
        assert ui.header.endswith("PAUSED 7s")
        ui.feed.hear()
        await ui.press("p")
        assert "UNDER MIN ISR 6" in ui.header
        assert "2 ✕ missing" in ui.text


async def test_the_newest_snapshot_wins() -> None:
    async with console(small()) as ui:
        for _ in range(50):
            ui.feed.give(small())
        ui.feed.give(without_broker_2(small()))
        await ui.settle()
        assert "2/3 brokers" in ui.header


async def test_screens_by_number_and_the_way_back() -> None:
    async with console(small()) as ui:
        for key, title in (
            ("2", "Brokers  3"),
            ("3", "Topics  5"),
            ("4", "Partitions  30"),
            ("5", "Problems  0"),
        ):
            await ui.press(key)
            assert ui.lines[2].startswith(title)
        await ui.press("9")
        assert ui.lines[2].startswith("Controllers  KRaft")
        await ui.press("3", "enter")
        assert ui.lines[2].startswith("__consumer_offsets  internal")
        await ui.press("escape")
        assert ui.lines[2].startswith("Topics")
        await ui.press("enter", "q")
        assert ui.lines[2].startswith("Topics")


async def test_q_quits_where_there_is_no_way_back() -> None:
    async with console(small()) as ui:
        await ui.press("3", "q")
        await ui.until(lambda: not ui.app.is_running)
        assert ui.app.return_code == 0


async def test_an_interrupt_has_its_code() -> None:
    async with console(small()) as ui:
        await ui.press("ctrl+c")
        await ui.until(lambda: not ui.app.is_running)
        assert ui.app.return_code == 130
    assert ui.feed.stopped


async def test_the_command_line() -> None:
    async with console(small()) as ui:
        await ui.press("colon")
        await ui.type("topics pay")
        assert ui.lines[-2].startswith(":topics pay")
        await ui.press("enter")
        assert ui.lines[2].startswith("Topics  1 of 5")
        assert "/pay" in ui.lines[2]
        await ui.press("colon")
        await ui.type("broker 2")
        await ui.press("enter")
        assert ui.lines[2].startswith("Broker 2  10.0.0.12:9092  up  30 partitions")
        await ui.press("colon")
        await ui.type("topic orders")
        await ui.press("enter")
        assert ui.lines[2].startswith("orders  id ")


async def test_what_the_command_line_does_not_understand_is_said() -> None:
    async with console(small()) as ui:
        await ui.press("colon")
        await ui.type("nonsense")
        await ui.press("enter")
        await ui.until(lambda: "There is no command 'nonsense'" in ui.text)


async def test_tab_completes_a_command() -> None:
    async with console(small()) as ui:
        await ui.press("colon")
        await ui.type("topic pa")
        await ui.press("tab", "enter")
        assert ui.lines[2].startswith("payments  id")


async def test_q_on_the_command_line_quits_from_anywhere() -> None:
    async with console(small()) as ui:
        await ui.press("3", "enter", "colon", "q", "enter")
        await ui.until(lambda: not ui.app.is_running)


async def test_letters_typed_into_a_bar_run_no_command() -> None:
    async with console(small()) as ui:
        await ui.press("3", "slash")
        await ui.type("pq3")
        assert "PAUSED" not in ui.header
        assert ui.lines[-2].startswith("/pq3")
        assert ui.keys == "enter keep  esc clear  !part all others  ~expr regular expression"


async def test_help_is_made_from_the_commands() -> None:
    async with console(small(), size=(80, 130)) as ui:
        await ui.press("3", "question_mark")
        assert ui.lines[0].startswith(" Help  keys on the screen: topics")
        assert ":problems [filter]   only what is wrong, worst first" in ui.text
        assert ui.line_with("^d").endswith("opens the dialog; asks for the full name")
        assert "replicas as assigned: 2 is out of sync and not up, 3 lags" in ui.text
        await ui.press("escape")
        assert ui.lines[2].startswith("Topics")


async def test_local_time_and_utc() -> None:
    async with console(zookeeper([]), uses_utc=True) as ui:
        await ui.press("9")
        assert "Since       2026-11-23 13:00:00 UTC" in ui.text
        await ui.press("U")
        await ui.until(lambda: "Times are shown in local time." in ui.text)


async def test_refresh_and_pace() -> None:
    async with console(small()) as ui:
        await ui.press("r", "less_than_sign", "less_than_sign", "greater_than_sign", "greater_than_sign")
        await ui.press("greater_than_sign")
        assert ui.feed.refreshes == 1
        assert ui.feed.paces == [2.0, 4.0, 2.0, 1.0, 0.5]
        await ui.until(lambda: "Asks 2 times as often as usual." in ui.text)


async def test_read_only_offers_no_changes() -> None:
    async with console(small(), is_read_only=True) as ui:
        assert "read-only" in ui.header
        await ui.press("3")
        assert "new" not in ui.keys
        assert "delete" not in ui.keys
        await ui.press("n", "ctrl+d")
        assert len(ui.app.screen_stack) == 1
        await ui.press("colon")
        await ui.type("delete orders")
        await ui.press("enter")
        await ui.until(lambda: "This console is read-only." in ui.text)


async def test_what_could_not_be_read_is_said_where_rows_stay() -> None:
    fault = Fault("log dirs", "broker 3", "did not answer in 2 s", NOW - 5)
    async with console(replace(small(), faults=(fault,))) as ui:
        await ui.press("3")
        assert ui.line_with("log dirs").startswith("▲ log dirs, broker 3: did not answer in 2 s  for 5s")
        assert "payments" in ui.text
        await ui.give(small())
        assert "log dirs" not in ui.text


async def test_keys_of_the_users_own() -> None:
    async with console(small(), keymap={"topics": "f3"}) as ui:
        assert "f3 topics" in ui.keys
        await ui.press("f3")
        assert ui.lines[2].startswith("Topics")


async def test_the_feed_is_told_which_topics_are_in_sight() -> None:
    async with console(small()) as ui:
        assert ui.feed.looked_at == frozenset()
        await ui.press("3")
        await ui.until(lambda: ui.feed.looked_at == {t.name for t in small().topics})
        await ui.press("G", "enter")
        await ui.until(lambda: ui.feed.looked_at == {"payments"})


async def test_nothing_from_the_cluster_steers_the_terminal() -> None:
    evil = "a\x1b]0;owned\x07\x9b2J\u202e"
    faults = (Fault(evil, evil, evil, NOW),)
    snapshot = kraft([topic(evil, 2)], cluster_id=evil, metadata_version=evil, faults=faults)
    async with console(snapshot, name=evil, environment=evil) as ui:
        for keys in (("1",), ("2",), ("3",), ("3", "enter"), ("4",), ("5",), ("9",), ("3", "slash")):
            await ui.press(*keys)
            for line in ui.lines:
                assert line.isprintable(), line


async def test_a_task_that_fails_unexpectedly_is_told_and_the_console_goes_on() -> None:
    async with console(small()) as ui:

        async def broken() -> None:
            raise RuntimeError("boom")

        ui.app.run_worker(broken(), exit_on_error=False)
        await ui.until(lambda: "Something failed unexpectedly (RuntimeError" in ui.text)
        await ui.press("3")
        assert ui.lines[2].startswith("Topics")


async def test_the_console_opens_where_it_was_asked_to() -> None:
    async with console(small(), first_screen="problems") as ui:
        assert "Nothing is wrong: 5 topics, 30 partitions, all in sync." in ui.text
    async with console(small(), first_topic="orders") as ui:
        assert ui.lines[2].startswith("orders  id ")


async def test_a_wide_terminal_shows_more_columns_in_the_same_order() -> None:
    async with console(small(), size=(120, 40)) as ui:
        await ui.press("2")
        wide = ui.line_with("HOST").split()
        await ui.pilot.resize_terminal(80, 24)
        await ui.settle()
        narrow = ui.line_with("HOST").split()
        assert len(wide) > len(narrow)
        assert [title for title in wide if title in narrow] == narrow


async def test_the_palette_offers_what_works_here() -> None:
    async with console(small()) as ui:
        await ui.press("3", "ctrl+p")
        await ui.until(lambda: len(ui.app.screen_stack) == 2)
        await ui.type("partitions")
        await ui.until(lambda: "leaders and in-sync replicas, live" in ui.text)
        await ui.press("enter")
        await ui.until(lambda: ui.lines[2].startswith("Partitions  30"))
