from __future__ import annotations

import pytest

from ktui.adapters.errors import BadSettings
from ktui.tui.present.new_topic import BROKERS_DEFAULT, check, parse_duration, spec_of
from tests.tui.builders import kraft, small, topic, without_broker_2

GOOD = {
    "name": "fresh", "partitions": "6", "replicas": "3", "min_isr": "2", "retention": "",
    "cleanup": BROKERS_DEFAULT, "configs": "", "assignment": "",
}  # fmt: skip


def errors(**values: str) -> dict[str, str]:
    return check({**GOOD, **values}, small())


def test_good_values() -> None:
    assert errors() == {}
    spec = spec_of(GOOD, default_min_isr=2)
    assert (spec.name, spec.partitions, spec.replication_factor, dict(spec.configs)) == ("fresh", 6, 3, {})


def test_what_differs_from_the_defaults_is_sent() -> None:
    values = {
        **GOOD, "min_isr": "3", "retention": "36h", "cleanup": "compact,delete", "partitions": "",
        "configs": "max.message.bytes=9\n\n a = b ",
    }  # fmt: skip
    spec = spec_of(values, default_min_isr=2)
    assert spec.partitions is None
    assert dict(spec.configs) == {
        "min.insync.replicas": "3", "retention.ms": "129600000", "cleanup.policy": "compact,delete",
        "max.message.bytes": "9", "a": "b",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "part"),
    [
        ({"name": "no space"}, "name", "only ASCII letters"),
        ({"name": "orders"}, "name", "already"),
        ({"name": "audit_log"}, "name", "collides with the topic audit.log"),
        ({"partitions": "0"}, "partitions", "at least 1"),
        ({"replicas": "-1"}, "replicas", "at least 1"),
        ({"replicas": "4", "min_isr": "1"}, "replicas", "only 3 brokers are up"),
        ({"replicas": "1"}, "min_isr", "above the replication factor 1"),
        ({"retention": "soon"}, "retention", "write 7d"),
        ({"configs": "nonsense"}, "configs", "NAME=VALUE"),
        ({"configs": "a=1\na=2"}, "configs", "given twice"),
        ({"configs": "min.insync.replicas=1"}, "configs", "a field of its own"),
        ({"configs": "cleanup.policy=compact", "cleanup": "delete"}, "configs", "a field of its own"),
    ],
)
def test_each_mistake_is_told_at_its_field(values: dict[str, str], field: str, part: str) -> None:
    found = errors(**values)
    assert set(found) == {field}
    assert part in found[field]


def test_only_brokers_that_are_up_count() -> None:
    assert "only 2 brokers are up" in check({**GOOD, "min_isr": ""}, without_broker_2(small()))["replicas"]
    assert check({**GOOD, "replicas": "9"}, kraft([], brokers_loaded=False)) == {}


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("7d", "604800000"),
        ("36H", "129600000"),
        ("90m", "5400000"),
        ("10s", "10000"),
        ("5ms", "5"),
        ("forever", "-1"),
    ],
)
def test_durations(text: str, milliseconds: str) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "7", "d", "7w", "-7d", "7.5d", "\u0667d"])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="write 7d"):
        parse_duration(text)


def test_bad_lines_are_refused_when_sent_all_the_same() -> None:
    with pytest.raises(BadSettings):
        spec_of({**GOOD, "configs": "nonsense"})


def test_a_name_beside_many_others_is_checked_quickly() -> None:
    snapshot = kraft([topic(f"some.{i:05d}", 1) for i in range(1_000)])
    assert "collides" in check({**GOOD, "name": "some_00007"}, snapshot)["name"]


def test_replicas_by_hand_take_the_place_of_both_numbers() -> None:
    spec = spec_of({**GOOD, "assignment": "1:2, 2:3"})
    assert (spec.assignment, spec.partitions, spec.replication_factor) == (((1, 2), (2, 3)), None, None)
    assert errors(assignment="1:2") == {}
    assert "is no broker id" in errors(assignment="1:x")["assignment"]
    assert "twice" in errors(assignment="1:1")["assignment"]
    assert errors(assignment="1:77") == {"assignment": "there is no broker 77"}
