from __future__ import annotations

from dataclasses import replace

from ktui.adapters.model import BrokerState, ClusterSnapshot, Migration, Mode
from ktui.tui.cli.status_json import status_document
from ktui.tui.cli.status_text import status_lines
from ktui.tui.present.migration import copied_words, migration_lines, sides_words
from ktui.widgets.cells import Tone, plain
from tests.tui.builders import NOW, broker, small

MIGRATION = Migration(101, 7, 4_981, NOW - 2, (1, 2))


def migrating(migration: Migration | None = MIGRATION) -> ClusterSnapshot:
    return replace(small(), mode=Mode.MIGRATING, migration=migration)


def test_which_side_is_the_truth_and_how_far_the_copy_is() -> None:
    assert [plain(each) for each in migration_lines(migrating(), NOW)] == [
        "Migrating from ZooKeeper to KRaft: the quorum decides, and writes to both.",
        "Truth       KRaft; topics, configuration and access rules are copied to ZooKeeper",
        "Dual write  ZooKeeper has offset 4,981 of 4,999, keeps up, written 2s ago",
        "Brokers     1, 2 in ZooKeeper mode; 3 in KRaft mode",
    ]


def test_without_zookeeper_the_copy_is_not_seen() -> None:
    assert [plain(each) for each in migration_lines(migrating(None), NOW)] == [
        "Migrating from ZooKeeper: the KRaft quorum holds the truth."
    ]


def test_a_copy_that_falls_behind_and_one_that_has_not_begun() -> None:
    undated = migrating(replace(MIGRATION, copied_at=None))
    assert copied_words(undated, NOW) == ("ZooKeeper has offset 4,981 of 4,999", Tone.NORMAL)
    behind = "ZooKeeper has offset 4,981 of 4,999, 18 records behind, written 1m ago"
    assert copied_words(migrating(), NOW + 60) == (behind, Tone.WARN)
    unseen = replace(migrating(), quorum=None)
    assert copied_words(unseen, NOW)[0] == "ZooKeeper has offset 4,981, written 2s ago"
    nothing = migrating(replace(MIGRATION, copied_offset=None))
    assert copied_words(nothing, NOW) == ("nothing has been copied to ZooKeeper yet", Tone.WARN)


def test_brokers_of_both_sides() -> None:
    gone = replace(migrating(), brokers=(broker(3, BrokerState.MISSING),))
    assert sides_words(gone, replace(MIGRATION, zookeeper_brokers=())) == "none is up"
    assert sides_words(migrating(), replace(MIGRATION, zookeeper_brokers=())) == "1, 2, 3 in KRaft mode"


def test_the_shell_says_the_same() -> None:
    text = "\n".join(status_lines(migrating(), limit=10))
    assert "migrating from ZooKeeper to KRaft" in text
    assert "Migration   KRaft decides and writes to both; ZooKeeper has offset 4,981 of 4,999" in text
    document = status_document(migrating(), limit=10)
    assert document["mode"] == "migrating"
    assert document["migration"] == {
        "controller_id": 101, "controller_epoch": 7, "copied_offset": 4_981,
        "copied_at": "2026-11-23T13:59:58.000Z", "zookeeper_brokers": [1, 2],
    }  # fmt: skip
    assert "migration" not in status_document(small(), limit=10)
