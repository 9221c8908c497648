from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.start import Back, Earliest, Offsets, Since
from ktui.adapters.tail.view import Counts, Evidence, Place, Progress, StopReason, TailState
from ktui.tui.screens.tail import FIRST_BACK
from tests.tui.builders import small
from tests.tui.harness import console
from tests.tui.screens.tailing import give, screen_of, tail_of
from tests.tui.scripted_tail import EVIDENCE, Tails, record, take_over


@pytest.fixture
def tails(monkeypatch: pytest.MonkeyPatch) -> Tails:
    return take_over(monkeypatch)


def numbered(first: int, end: int) -> list[Record]:
    return [record(n, value=b'{"id":%d}' % n) for n in range(first, end)]


async def test_a_key_of_a_topic_at_eighty_by_twenty_four(tails: Tails) -> None:
    async with tail_of(tails, "tail orders c42") as ui:
        spec = tails.last.spec
        assert (spec.topic, spec.filter.exact_key, spec.start) == ("orders", b"c42", Back(FIRST_BACK))
        records = [
            record(
                182_711, value=b'{"id": 91422, "amount": 0.31, "customer": "c42", "more": 1}', partition=4
            ),
            record(182_712, value=None, partition=4),
            record(182_713, value=b"", partition=4),
        ]
        counts = Counts(1_204_551, 38, 3, 35, 12, bytes_per_s=2.1e6)
        await give(ui, tails.last, records, counts=counts, evidence=EVIDENCE)
        assert (
            ui.lines[2] == "orders  key = c42   1 of 6 partitions: 4 (murmur2, 600 samples)           FOLLOW"
        )
        assert ui.lines[3:6] == [
            '14:00:00.000 p4 182,711  c42     {"id": 91422, "amount": 0.31, "customer": "c42…',
            "14:00:00.000 p4 182,712  c42     null",
            "14:00:00.000 p4 182,713  c42     empty",
        ]
        assert ui.lines[-3] == (
            "seen 1.2M  matched 38  shown 3  dropped 35  behind 12  2.1 MB/s of 10  from -20"
        )
        assert ui.keys.startswith("enter open  f follow  / filter  b from  ")


async def test_8_asks_for_a_topic_and_comes_back_to_it(tails: Tails) -> None:
    async with console(small(), cluster=object()) as ui:
        await ui.press("8")
        assert "Which topic?" in ui.text
        assert ui.line_with(":tail")
        await ui.type("orders")
        await ui.press("enter")
        await ui.until(lambda: tails.count == 1)
        await give(ui, tails.last, numbered(0, 3))
        await ui.press("1", "8")
        assert '{"id":2}' in ui.text
        assert tails.count == 1


async def test_t_on_a_topic(tails: Tails) -> None:
    async with console(small(), cluster=object()) as ui:
        await ui.press("3")
        await ui.until(lambda: "orders" in ui.text)
        assert "t tail" not in ui.keys or ui.app.stage.view.topic_here()
        await ui.press("t")
        await ui.until(lambda: tails.count == 1)
        assert ui.app.stage.view.topic_here() == tails.last.spec.topic


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("tail orders key^=c4", "key^=c4"),
        ('tail orders .customer == "c42"', '.customer == "c42"'),
        ("tail orders partition=0,1", "partition=0,1"),
        ("tail orders two words", "two words"),
        ("tail orders tombstone", "tombstone"),
        ("tail orders a.b-c", "key=a.b-c"),
    ],
)
async def test_what_stands_behind_the_topic(tails: Tails, command: str, text: str) -> None:
    async with tail_of(tails, command):
        assert tails.last.spec.filter.text == text


async def test_a_reader_stands_still_while_records_come(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        await give(ui, tails.last, numbered(0, 100))
        await ui.press("up", "up")
        before = ui.lines[3:-3]
        await give(ui, tails.last, numbered(40_000, 40_100), first=40_000)
        assert ui.lines[3:-3] == before
        assert ui.lines[2].endswith("STILL  40,000 newer")
        assert ui.lines[-3].startswith("seen 40.1k  matched 40.1k  shown 100  dropped 40.0k  behind 0")
        await ui.press("f")
        assert '{"id":40099}' in ui.text
        assert ui.lines[2].endswith("FOLLOW")


async def test_a_filter_is_tried_while_typed_and_used_when_kept(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        await give(ui, tails.last, numbered(0, 50))
        await ui.press("g", "down", "down")
        await ui.press("slash")
        assert "key=K exact key" in ui.keys
        await ui.type("partition=x")
        assert "no list of partitions" in ui.lines[2]
        assert tails.last.asked == []
        await ui.press("enter")
        assert tails.last.asked == []
        await ui.press("slash", "ctrl+u")
        await ui.type("id")
        assert tails.last.asked == []
        await ui.press("enter")
        assert tails.last.asked == ["id"]
        assert tails.count == 1
        # The cursor stays on its record, which has another number in the new list.
        await give(ui, tails.last, numbered(2, 40))
        here = screen_of(ui)._record_here()
        assert here is not None
        assert here.offset == 2
        await ui.press("escape")
        assert tails.last.asked == ["id", ""]


async def test_keys_and_words_that_steer_the_reading(tails: Tails) -> None:
    async with tail_of(tails, "tail orders c42") as ui:
        await give(ui, tails.last, numbered(0, 3), evidence=EVIDENCE)
        await ui.press("w")
        await give(
            ui, tails.last, numbered(0, 3), evidence=Evidence("murmur2", 600, why_all="all were asked for")
        )
        assert "all 6 partitions: all were asked for" in ui.lines[2]
        await ui.press("w", "less_than_sign")
        await give(ui, tails.last, numbered(0, 3))
        await ui.press("greater_than_sign")
        for command in (
            "budget 20",
            "budget none",
            "from earliest",
            "from -5m",
            "budget 5000",
            "from nowhere",
        ):
            await ui.press("colon")
            await ui.type(command)
            await ui.press("enter")
        *first, start, since = tails.last.asked
        assert first == [True, False, 5_000_000, 10_000_000, 20_000_000, None]
        assert start == Earliest()
        assert isinstance(since, Since)
        assert "no place to start" in ui.text
        assert ui.app.desk.pace == 1.0
        await ui.press("b")
        assert ui.line_with(":from")


async def test_words_of_a_tail_elsewhere_are_explained(tails: Tails) -> None:
    async with console(small(), cluster=object()) as ui:
        await ui.press("colon")
        await ui.type("from earliest")
        await ui.press("enter")
        assert ":from is for a tail." in ui.text


async def test_states(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        tail = tails.last
        await give(ui, tail, state=TailState.SAMPLING)
        assert ui.lines[2].endswith("learning the partitioner")
        await give(
            ui, tail, state=TailState.READING, progress=Progress(430, 1_000, 12.0), counts=Counts(behind=570)
        )
        assert ui.lines[2].endswith("43% 12s left")
        assert "Reading…" in ui.text
        await give(ui, tail, counts=Counts(seen=12, lost=3, held_back=2))
        assert "Nothing since -20; waiting." in ui.text
        assert "lost 3" in ui.text
        place = Place(0, 0, 1, 1, is_read=True, trouble="broker 2 did not answer in 2 s")
        await give(
            ui, tail, places=(place,), notes=("Partitions were added.", "Offsets 3 to 9 were deleted.")
        )
        assert "broker 2 did not answer in 2 s" in ui.text
        assert "Offsets 3 to 9 were deleted." in ui.text
        gone = {"state": TailState.ENDED, "stopped": StopReason.DELETED, "sentence": "The topic was deleted."}
        await give(ui, tail, numbered(0, 2), **gone)
        assert ui.lines[2].endswith("ENDED")
        assert "▲ The topic was deleted." in ui.text


async def test_a_tail_that_cannot_be_started(tails: Tails) -> None:
    tails.error = ConnectFailed("one:9092", Step.CONNECT, "connection refused")
    async with console(small(), cluster=object()) as ui:
        await ui.press("colon")
        await ui.type("tail orders")
        await ui.press("enter")
        await ui.until(lambda: "▲ one:9092: connect: connection refused" in ui.text)


async def test_out_of_sight_for_a_minute_it_stops_and_goes_on_when_asked(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        places = (Place(0, 0, 17, 17, is_read=True), Place(1, 0, None, None, is_read=True))
        await give(ui, tails.last, numbered(0, 3), places=places)
        view = screen_of(ui)
        await ui.press("1")
        assert not tails.last.is_stopped
        view._stop_out_of_sight()
        assert tails.last.is_stopped
        await ui.press("8")
        assert "Stopped after a minute out of sight" in ui.text
        await ui.press("f")
        await ui.until(lambda: tails.count == 2)
        assert tails.last.spec.start == Offsets({0: 17})
        assert "Stopped after" not in ui.text


async def test_another_topic_ends_the_first(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        await ui.press("colon")
        await ui.type("tail payments")
        await ui.press("enter")
        await ui.until(lambda: tails.count == 2)
        assert tails.started[0].is_stopped
        # What the first one still says is not shown.
        tails.started[0].give(numbered(0, 3))
        await ui.settle()
        assert '{"id":2}' not in ui.text


async def test_a_paused_screen_holds_still(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        await give(ui, tails.last, numbered(0, 3))
        await ui.press("p")
        tails.last.give(numbered(0, 9))
        await ui.settle()
        assert '{"id":8}' not in ui.text
        await ui.press("p")
        assert '{"id":8}' in ui.text


async def test_produce_is_hidden_where_nothing_may_be_changed(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        assert "produce" in ui.app.dispatch.offered()
    async with console(small(), cluster=object(), is_read_only=True) as ui:
        await ui.press("3")
        assert "produce" not in ui.app.dispatch.offered()


async def test_views_do_not_pile_up(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        screen = screen_of(ui)
        await give(ui, tails.last, numbered(0, 30))
        draws = screen.lines.draws
        for n in range(1, 500):
            tails.last.give(numbered(n, n + 30), first=n)
        await ui.settle()
        assert screen.lines.draws <= draws + 1
        screen._pacing.draw_now()
        assert screen._tail is not None
        assert screen._tail.counts.seen == 529
        assert replace(screen._tail.counts, bytes_per_s=0.0) == screen._tail.counts
