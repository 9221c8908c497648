from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.topic_details import TopicDetails
from ktui.adapters.topics import TopicSettings
from ktui.tui.present import configuration
from ktui.tui.present.partitions import PartitionLook
from ktui.tui.present.topic import facts, title
from ktui.tui.present.topic_partitions import COLUMNS, TopicPartitionRows
from ktui.widgets.cells import plain
from tests.tui.builders import kraft, partition, small, topic

SHORT = topic("orders", [partition(0, [1, 2, 3], [1, 2]), partition(1, [1, 2, 3], [], leader=-1)])


def texts(lines: Any) -> list[str]:
    return [plain(line) for line in lines]


def test_title_and_facts_of_a_topic_that_is_well() -> None:
    snapshot = small()
    orders = snapshot.topics.get("orders")
    assert orders is not None
    assert plain(title(orders, snapshot)) == "orders  id AAECAwQFBgcICQoLDA0ODw"
    assert texts(facts(snapshot, orders)) == [
        "6 partitions   RF 3   min ISR 2   size 12 GiB   retention 7d   cleanup delete",
        "ok   every partition has a leader and all replicas in sync",
    ]


def test_facts_of_a_topic_in_trouble() -> None:
    assert plain(facts(kraft([SHORT]), SHORT)[1]) == "offline 1   at min ISR 1   under-replicated 2"


def test_what_is_not_known_of_a_topic() -> None:
    bare = topic("a\x07", 1, settings=TopicSettings(), id=None, is_deleting=True)
    assert plain(title(bare, kraft([bare]))) == "a\\x07  being deleted"
    assert plain(facts(kraft([bare]), bare)[0]) == (
        "1 partition   RF 3   min ISR ?   size ?   retention ?   cleanup ?"
    )


def test_partitions_with_offsets_once_they_are_known() -> None:
    look = PartitionLook(with_topic=False)
    keys = [spec.key for spec in COLUMNS]
    before = TopicPartitionRows(SHORT, look, None)
    assert before.count == 2
    assert before.index_of(1) == 1
    assert before.index_of(2) is None
    assert [plain(cell) for cell in before.row(0).cells][-3:] == ["?", "?", "?"]
    details = TopicDetails({0: 10}, {0: 1_234_567}, {1: (3,)})
    rows = TopicPartitionRows(SHORT, look, details)
    shown = dict(zip(keys, map(plain, rows.row(0).cells), strict=True))
    assert (shown["partition"], shown["end"], shown["start"], shown["eligible"]) == (
        "0",
        "1,234,567",
        "10",
        "-",
    )
    assert [plain(cell) for cell in rows.row(1).cells][-3:] == ["?", "?", "3"]


def value(name: str, text: str | None, source: ConfigSource, *, secret: bool = False) -> ConfigValue:
    made: Any = SimpleNamespace(name=name, value=text, source=source, is_sensitive=secret)
    return made


def test_configuration_overrides_first_and_secrets_hidden() -> None:
    values = [
        value("a.default", "1", ConfigSource.DEFAULT),
        value("z.own", "x\x1b", ConfigSource.TOPIC),
        value("b.file", "", ConfigSource.STATIC),
        value("c.secret", None, ConfigSource.BROKER, secret=True),
        value("d.unknown", None, ConfigSource.UNKNOWN),
    ]
    rows = configuration.rows(values, lambda name: True)
    assert [[plain(cell) for cell in row.cells] for row in rows] == [
        ["z.own", "x\\x1b", "this topic"],
        ["a.default", "1", "Kafka itself"],
        ["b.file", "(empty)", "broker's file"],
        ["c.secret", "***", "broker, live"],
        ["d.unknown", "?", "?"],
    ]
    assert [row.key for row in configuration.rows(values, lambda name: "secret" in name)] == ["c.secret"]
