from __future__ import annotations

from dataclasses import replace

from ktui.adapters.model import Migration, Mode, QuorumReplica
from ktui.tui.present import brokers, quorum
from ktui.tui.present.times import Times
from ktui.widgets.cells import Tone, plain
from tests.tui.builders import NOW, kraft, small, zookeeper
from tests.tui.builders import quorum as made

UTC = Times(is_utc=True)
BEHIND = kraft([], quorum=made(lag=400, behind_s=90))


def texts(lines: tuple[quorum.Line, ...]) -> list[str]:
    return [plain(line) for line in lines]


def test_caught_up_by_age_or_by_records() -> None:
    assert quorum.is_caught_up(QuorumReplica(1, 10, 5_000, 0.4)) is True
    assert quorum.is_caught_up(QuorumReplica(1, 10, 0, 60.0)) is False
    assert quorum.is_caught_up(QuorumReplica(1, 10, 3, None)) is True
    assert quorum.is_caught_up(QuorumReplica(1, 10, 300, None)) is False
    assert quorum.is_caught_up(QuorumReplica(1, None, None, None)) is None


def test_the_majority() -> None:
    assert quorum.majority_sentence(made()).text == "majority caught up: 3 of 3"
    lost = made(behind_s=90)
    assert quorum.majority_sentence(lost).text == "NO MAJORITY caught up: 0 of 3"
    assert quorum.majority_sentence(lost).tone is Tone.BAD
    one_left = replace(lost, voters=(replace(lost.voters[0], caught_up_age_s=0.0), *lost.voters[1:]))
    assert quorum.majority_sentence(one_left).tone is Tone.BAD


def test_voters_then_observers_with_their_lag() -> None:
    rows = quorum.rows(BEHIND)
    assert [row.key for row in rows] == [101, 102, 103, 1, 2, 3]
    assert [row.sign for row in rows[:2]] == ["◆", ""]
    assert [plain(cell) for cell in rows[1].cells] == [
        "102", "voter", "behind", "4,600", "400", "1m ago", "10.0.1.102:9093",
    ]  # fmt: skip


def test_facts_in_kraft() -> None:
    assert texts(quorum.facts(small(), UTC, NOW)) == [
        "Leader      ◆ 101   epoch 7",
        "Quorum      majority caught up: 3 of 3",
        "High water  5,000 records of the metadata log are committed",
        "Metadata    version 4.4-IV2",
    ]
    assert texts(quorum.facts(replace(small(), mode=Mode.MIGRATING), UTC, NOW))[0].startswith(
        "Migrating from ZooKeeper"
    )


def test_facts_in_zookeeper_mode() -> None:
    assert texts(quorum.facts(zookeeper([]), UTC, NOW)) == [
        "Controller  ◆ 2   epoch 12",
        "Address     10.0.0.12:9092",
        "Since       2026-11-23 13:00:00 UTC",
        "Said by     the znode /controller",
    ]
    assert "there is no quorum" in quorum.no_rows_sentence(zookeeper([]))
    migrating = zookeeper([], mode=Mode.MIGRATING, migration=Migration(101, 1, None, None, (1, 2)))
    assert "--bootstrap-controller" in quorum.no_rows_sentence(migrating)


def test_no_controller_and_why() -> None:
    lost = kraft(
        [],
        quorum=None,
        controller=None,
        controller_reason="no quorum leader",
        has_no_controller=True,
        metadata_version=None,
    )
    assert texts(quorum.facts(lost, UTC, NOW)) == ["Controller  no quorum leader"]
    assert quorum.no_rows_sentence(lost) == "The quorum is not known: no quorum leader."
    assert quorum.no_rows_sentence(kraft([], quorum=None, brokers_loaded=False)).startswith(
        "Nothing is known"
    )


def test_laggards_in_words() -> None:
    assert quorum.laggards(made().voters) == ()
    behind = quorum.laggards(BEHIND.quorum.voters if BEHIND.quorum else ())
    assert quorum.laggard_words(behind[1]) == "102 behind 1m, 400 records"
    assert "102 BEHIND" in plain(brokers.controllers_line(BEHIND))
