from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.topics import TopicMap, TopicSettings
from ktui.tui.present import topics as rows
from ktui.tui.present.ordering import same_names
from ktui.tui.present.slices import at_once
from ktui.widgets.cells import plain
from tests.tui.builders import DAY_MS, large, partition, small, topic, without_broker_2

RATE_UNKNOWN = "?"
LOOK = rows.TopicLook({"orders": 12 * 1024**3, "invoices": 0})


def texts(one: rows.Topic, look: rows.TopicLook = LOOK) -> list[str]:
    return [plain(cell) for cell in rows.topic_row(one, look).cells]


def test_a_row() -> None:
    assert texts(topic("orders", 6)) == [
        "orders",
        "6",
        "3",
        "2",
        "ok",
        RATE_UNKNOWN,
        "?",
        "12G",
        "7d",
        "delete",
    ]


def test_unknown_empty_and_forbidden_sizes_look_different() -> None:
    size = [spec.key for spec in rows.COLUMNS].index("size")
    assert texts(topic("orders"))[size] == "12G"
    assert texts(topic("invoices"))[size] == "0"
    assert texts(topic("payments"))[size] == "?"
    assert texts(topic("payments"), rows.TopicLook({}, "no right"))[size] == "no right"


def test_marks_and_words_of_a_row() -> None:
    marked = topic("a", is_internal=True, is_deleting=True)
    assert texts(marked)[0] == "a internal being deleted"
    queued = "deletion queued: broker 3 is down"
    assert texts(marked, rows.TopicLook(deletions={"a": queued}))[0] == f"a internal {queued}"
    assert texts(topic("a", settings=TopicSettings()))[3:] == ["?", "ok", RATE_UNKNOWN, "?", "?", "?", "?"]
    compacted = TopicSettings(1, DAY_MS, None, "compact")
    assert texts(topic("a", settings=compacted))[8] == "compact"
    assert texts(topic("a\x1b[2J"))[0] == "a\\x1b[2J"
    short = topic("a", [partition(0, [1, 2, 3], [1]), partition(1, [1, 2, 3])])
    assert texts(short)[4] == "under min ISR 1"


@pytest.mark.parametrize("is_reversed", [False, True])
def test_topics_by_name_need_no_list(is_reversed: bool) -> None:
    index = rows.TopicsByName(large(1_000, 3).topics, is_reversed=is_reversed)
    assert index.count == 1_000
    assert index.name_at(0) == ("topic-000999" if is_reversed else "topic-000000")
    for row in (0, 255, 256, 999):
        assert index.row_of(index.name_at(row)) == row
    for absent in ("a", "topic-0000001", "z"):
        assert index.row_of(absent) is None


def test_the_place_of_a_beginning() -> None:
    index = rows.TopicsByName(TopicMap.of([topic("b"), topic("d")]))
    assert [index.place_of(name) for name in ("a", "b", "c", "d", "e")] == [0, 0, 1, 1, 2]
    assert rows.TopicsByName(TopicMap()).place_of("a") == 0


def test_a_model_finds_rows_by_name() -> None:
    model = rows.TopicRows(rows.TopicsByName(small().topics), LOOK)
    assert model.count == 5
    assert model.index_of("orders") == 3
    assert model.row(3).key == "orders"
    assert model.index_of(("orders", 0)) is None


@pytest.mark.parametrize(
    ("column", "is_reversed", "names"),
    [
        ("partitions", False, ["payments", "invoices", "orders", "__consumer_offsets", "audit.log"]),
        ("partitions", True, ["__consumer_offsets", "audit.log", "invoices", "orders", "payments"]),
        ("size", False, ["payments", "orders", "audit.log", "invoices", "__consumer_offsets"]),
        ("health", False, ["orders", "payments", "invoices", "__consumer_offsets", "audit.log"]),
        ("rf", False, ["__consumer_offsets", "audit.log", "invoices", "orders", "payments"]),
    ],
)
def test_orders(column: str, is_reversed: bool, names: list[str]) -> None:
    snapshot = without_broker_2(small())
    key = rows.sort_key(column, snapshot.sizes.by_topic)
    index = at_once(rows.ordered(snapshot.topics, key, is_reversed=is_reversed))
    assert [index.name_at(row) for row in range(index.count)] == names
    assert index.row_of(names[2]) == 2


def test_an_order_stays_while_topics_change_and_shows_what_is_gone() -> None:
    topics = small().topics
    index = at_once(rows.ordered(topics, rows.sort_key("partitions", {}), is_reversed=False))
    moved = index.over(topics.updated([topic("orders", 50)], ["payments"]))
    assert moved.name_at(0) == "payments"
    assert [plain(cell) for cell in rows.TopicRows(moved, LOOK).row(0).cells][4] == "gone"
    assert moved.row_of("orders") == 2


def test_an_order_is_cut_at_ten_thousand() -> None:
    index = at_once(rows.ordered(large(12_000, 1).topics, rows.sort_key("partitions", {}), is_reversed=False))
    assert index.count == 10_000


def test_whether_topics_came_or_went() -> None:
    topics = large(600, 3).topics
    changed = topics.updated([replace(topic("topic-000003"), is_internal=True)])
    assert at_once(same_names(topics, topics))
    assert at_once(same_names(topics, changed))
    assert not at_once(same_names(topics, topics.updated([topic("topic-000003b")])))
    assert not at_once(same_names(topics, TopicMap()))
