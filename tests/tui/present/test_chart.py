from __future__ import annotations

from datetime import UTC

from ktui.tui.present.chart import SPANS, ChartQuestion, Measure, chart_data, file_stem, names_of
from ktui.widgets.chart_picture import chart_picture
from tests.tui.builders import NOW, small
from tests.tui.made_up_rates import busy, rates


def test_a_topic_with_its_partitions() -> None:
    data = chart_data(ChartQuestion("orders", zone=UTC), busy(), small(), NOW)
    assert [series.name for series in data.series] == ["orders", "p0", "p1"]
    assert data.series[0].times == (NOW - 3, NOW - 2, NOW - 1, NOW)
    assert (data.start, data.end) == (NOW - 300, NOW)
    assert data.unit == "msg/s"


def test_the_busiest_parts_only_and_in_their_own_order() -> None:
    samples = {("payments", i): (float(i),) for i in range(12)} | {"payments": (66.0,)}
    data = chart_data(ChartQuestion("payments"), rates(samples), small(), NOW)
    assert [series.name for series in data.series] == ["payments", "p7", "p8", "p9", "p10", "p11"]
    long = chart_data(ChartQuestion("payments", span=SPANS[1]), rates(samples), small(), NOW)
    assert [series.name for series in long.series] == ["payments"]


def test_the_cluster_with_its_brokers_and_several_topics() -> None:
    assert [s.name for s in chart_data(ChartQuestion(None), busy(), small(), NOW).series] == [
        "cluster", "broker 1", "broker 2",
    ]  # fmt: skip
    two = chart_data(ChartQuestion("orders payments"), busy(), small(), NOW)
    assert [series.name for series in two.series] == ["orders", "payments"]
    assert names_of("a  b a") == ("a", "b")
    assert [s.name for s in chart_data(ChartQuestion(2), busy(), small(), NOW).series] == ["broker 2"]


def test_bytes_are_an_estimate_and_say_so() -> None:
    data = chart_data(ChartQuestion("payments", Measure.BYTES), busy(), small(), NOW)
    assert data.series[0].values == (600_000.0, 1_200_000.0, None, 1_215_000.0)
    assert data.unit == "bytes/s est."
    assert "estimate" in data.note
    unknown = chart_data(ChartQuestion("audit.log", Measure.BYTES), busy(), small(), NOW)
    assert "mean size of records is not known" in unknown.empty_text


def test_what_is_not_there_is_said() -> None:
    assert "no topic nope" in chart_data(ChartQuestion("nope"), busy(), small(), NOW).empty_text
    assert "Broker 9 is not known" in chart_data(ChartQuestion(9), busy(), small(), NOW).empty_text
    kept = chart_data(ChartQuestion(None), busy(shortened="Only an hour is kept."), small(), NOW)
    assert kept.note == "Only an hour is kept."


def test_axes_and_times_as_text() -> None:
    steps = (0.0,) * 150 + (1_000.0,) * 150
    data = chart_data(ChartQuestion("a", zone=UTC), rates({"a": steps}), small(), NOW)
    lines = chart_picture(data, 80, 16).text().splitlines()
    assert lines[0].split()[-5:] == ["2026-11-23", "13:55:00", "to", "14:00:00", "UTC"]
    assert any(line.strip().startswith("1.0k┤") for line in lines)
    assert lines[-1].split() == ["13:55", "13:56", "13:57", "13:58", "13:59", "14:00"]


def test_file_names_every_system_takes() -> None:
    assert file_stem("orders", NOW) == "ktui-orders-20261123T140000Z"
    assert file_stem("../a b", NOW) == "ktui-.._a_b-20261123T140000Z"
    assert file_stem(None, NOW) == "ktui-cluster-20261123T140000Z"
    assert file_stem(3, NOW) == "ktui-broker-3-20261123T140000Z"
