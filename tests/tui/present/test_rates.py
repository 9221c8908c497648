from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.rates.exact import BrokerRates
from ktui.adapters.rates.keys import BytesRate, Method
from ktui.adapters.rates.meter import OwnTraffic
from ktui.adapters.rates.motion import Change
from ktui.adapters.rates.view import EMPTY_VIEW
from ktui.tui.present import brokers, partitions, topics
from ktui.tui.present.brokers import LOG_DIRECTORIES
from ktui.tui.present.formats import rate
from ktui.tui.present.header import Surroundings, segments
from ktui.tui.present.partitions import PartitionLook, partition_row
from ktui.tui.present.rates import RateLook, bytes_cell, bytes_words, common_top
from ktui.tui.present.rates_help import rates_lines
from ktui.tui.present.slices import at_once
from ktui.tui.present.times import Times
from ktui.tui.present.topic import facts
from ktui.tui.present.traffic import Traffic, busiest_lines, change_lines, traffic_line
from ktui.widgets.cells import Run, plain
from tests.tui.builders import NOW, partition, small, topic
from tests.tui.made_up_rates import busy

UTC = Times(is_utc=True)
LOOK = RateLook(busy(), 8)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "?"), (0.0, "0"), (0.01, "<0.1"), (0.25, "0.2"), (9.94, "9.9"), (9.96, "10"), (402.4, "402"),
        (999.6, "1.0k"), (8_149.0, "8.1k"), (12_400.0, "12.4k"), (124_000.0, "124k"), (2.5e6, "2.5M"),
    ],
)  # fmt: skip
def test_numbers(value: float | None, text: str) -> None:
    assert rate(value) == text
    assert len(text) <= 5


def test_a_cell_is_a_number_and_a_sparkline_in_which_a_gap_is_no_zero() -> None:
    assert plain(LOOK.cell("payments")) == "  8.1k     ▅█·█"
    assert plain(LOOK.cell("invoices")) == "     0     ▁▁▁▁"
    assert plain(LOOK.cell("audit.log")) == "     ?         "
    assert plain(RateLook(busy()).cell("orders")) == "3.9k"


def test_one_scale_for_all() -> None:
    top = common_top(busy(), ("payments", "orders", "nobody"), 8)
    assert top == 8_100
    assert plain(RateLook(busy(), 8, top).cell("orders")) == "  3.9k     ▅▅▅▅"
    assert plain(LOOK.cell("orders")) == "  3.9k     ████"
    assert common_top(busy(), ("invoices",), 8) is None


def test_estimates_are_marked_and_counters_are_not() -> None:
    estimate = BytesRate(1.2 * 1024**2, Method.LOG_GROWTH)
    assert plain(bytes_cell(estimate)) == "1.2M est."
    assert plain(bytes_cell(estimate._replace(method=Method.METRICS))) == "1.2M"
    assert plain(bytes_cell(None)) == "?"
    assert plain(bytes_cell(estimate._replace(per_s=0.0))) == "0"
    assert bytes_words(estimate) == "1.2 MiB/s est."
    assert bytes_words(BytesRate(12.0, Method.METRICS)) == "12 bytes/s"


def test_rows_carry_rates() -> None:
    row = topics.topic_row(topic("orders"), topics.TopicLook(rates=LOOK))
    assert [plain(cell) for cell in row.cells][5:7] == ["  3.9k     ████", "381K est."]
    gone = topics.gone_row("x")
    assert len(gone.cells) == len(row.cells) == len(topics.COLUMNS)
    one = partition_row(topic("orders"), partition(0, [1]), PartitionLook(rates=RateLook(busy())))
    assert plain(one.cells[[spec.key for spec in partitions.COLUMNS].index("rate")]) == "650"
    line = facts(small(), topic("orders"), LOOK)[-1]
    assert plain(line) == "3.9k msg/s     ████   381 KiB/s est.   100 bytes a record"


def test_topics_by_rate_leave_the_unknown_to_the_end() -> None:
    key = topics.sort_key("rate", {}, busy())
    index = at_once(topics.ordered(small().topics, key, is_reversed=False))
    names = [index.name_at(row) for row in range(index.count)]
    assert names == ["payments", "orders", "invoices", "__consumer_offsets", "audit.log"]


def test_brokers_by_rate_and_with_their_own_counters() -> None:
    counters = {1: BrokerRates(0.0, 2_048.0, 4_096.0, {}, {}, 0.97)}
    look = RateLook(busy(exact=counters), 8)
    rows = brokers.rows(small(), UTC, NOW, ("rate", True), look=look)
    assert [row.key for row in rows] == [1, 2, 3]
    columns = brokers.columns(8, has_counters=True)
    shown = dict(zip([spec.key for spec in columns], map(plain, rows[0].cells), strict=True))
    assert (shown["rate"], shown["bytes-out"], shown["idle"]) == ("  6.2k     ████", "4.0K", "97%")
    assert brokers.sorted_ids(small(), ("rate", False), look) == [3, 2, 1]
    assert LOG_DIRECTORIES == "log dirs"


def test_the_cluster_s_line_and_the_busiest() -> None:
    traffic = Traffic(busy(), ("payments", "orders"), UTC)
    assert plain(traffic_line(traffic, Run("Traffic     "))) == (
        "Traffic     12.0k msg/s                     ██·█   1.6 MiB/s est."
    )
    lines = [plain(line) for line in busiest_lines(traffic)]
    assert lines[0].split() == ["Busiest", "topics", "msg/s", "bytes/s"]
    assert lines[1] == "payments                    8.1k               ▅█·█   1.2M est."
    assert {len(line) for line in lines} == {63}
    assert list(busiest_lines(Traffic(busy()))) == []
    assert plain(traffic_line(Traffic(), Run(""))) == "not known yet"


def test_what_stopped_and_began_of_late() -> None:
    view = busy(
        stopped=(Change("a", NOW - 30, 402.0), Change("old", NOW - 301, 1.0)),
        began=tuple(Change(f"t{i}", NOW - i, 0.0) for i in range(5)),
    )
    assert [plain(line) for line in change_lines(Traffic(view, times=UTC), NOW)] == [
        "Just stopped a 13:59:30Z (402/s before)",
        "Began        t0 14:00:00Z   t1 13:59:59Z   t2 13:59:58Z   and 2 more",
    ]


def test_the_header_s_rate_goes_first() -> None:
    made = segments(small(), Surroundings("local", rates=busy()))
    assert [plain(s.runs) for s in made if s.rank == max(each.rank for each in made)] == ["12.0k/s"]
    assert "/s" not in "".join(plain(s.runs) for s in segments(small(), Surroundings("local")))
    unknown = segments(small(), Surroundings("local", rates=replace(busy(), samples={})))
    assert any(plain(s.runs) == "?/s" for s in unknown)


def test_the_help_says_what_counts_and_what_it_costs() -> None:
    view = busy(own=OwnTraffic(3.2, 12_000.0), shortened="Less than a day is kept.", active_period_s=3.0)
    words = " ".join(plain(line).strip() for line in rates_lines(view))
    for part in (
        "Markers of transactions",
        "never negative",
        "est.",
        "3.2 requests/s, 12K bytes/s",
        "every 3 s",
    ):
        assert part in words
    assert "Less than a day is kept." in words
    assert "ktui itself" not in " ".join(plain(line) for line in rates_lines(EMPTY_VIEW))
