from __future__ import annotations

from pathlib import Path
from typing import Any

from ktui.adapters.operate.change import Confirmation, Subject
from ktui.adapters.operate.definition import Definition
from ktui.adapters.operate.guard import GuardName, Refusal
from ktui.adapters.operate.plan import Impact, Outcome, OutcomeState, Plan
from ktui.adapters.operate.spec import DeleteTopic
from ktui.tui.present.change_plan import outcome_lines, plan_lines
from ktui.tui.present.deletion import deletion_lines
from ktui.widgets.cells import plain
from tests.tui.builders import small

NOW = 1_000_000.0


def texts(lines: Any) -> list[str]:
    return [plain(line) for line in lines]


def card(made: Plan, per_s: float | None = None, environment: str | None = None) -> list[str]:
    return texts(deletion_lines(made, "prod-eu", environment, per_s=per_s, now=NOW))


def plan(**fields: Any) -> Plan:
    values: dict[str, Any] = {
        "change": DeleteTopic("invoices", bytes(16)), "cluster_id": "c", "mode": small().mode, "request": "r",
        "receiver": "x", "impact": Impact(6, 3, bytes(16), 4096), "warnings": ("It is\x1b read.",), "undo": "",
        "command": "", "kafka_command": "", "refusals": (), "definitions": (Definition("invoices", None, (), {}),),
        "operation": "delete-topic", "subject": Subject.topics("invoices"), "facts": (),
        "confirmation": Confirmation.name("invoices"),
        **fields,
    }  # fmt: skip
    return Plan(**values)


def test_what_dies_with_a_topic() -> None:
    assert card(plan(), environment="production") == [
        "invoices   in  prod-eu (production)",
        "6 partitions   RF 3   size 4.0 KiB",
        "? msg/s now   last write ?",
        "id AAAAAAAAAAAAAAAAAAAAAA, deleted by this id",
        "▲ It is\\x1b read.",
        "Its definition will be saved, its data will not.",
    ]


def test_a_topic_in_use_is_told_as_such() -> None:
    written = plan(impact=Impact(1, 1, last_write_ms=int((NOW - 3) * 1000)), warnings=())
    assert "0 msg/s now   last write 3s ago" in card(written, 0.0)
    assert "▲ It is being written to right now." in card(written, 0.0)
    long_ago = plan(impact=Impact(1, 1, last_write_ms=int((NOW - 7200) * 1000)), warnings=())
    assert "▲ It is being written to right now." not in card(long_ago, 0.0)
    assert "▲ It is being written to right now." in card(long_ago, 12.0)
    assert "? msg/s now   last write never, it is empty" in card(plan(impact=Impact(1, 1, is_empty=True)))


def test_a_refused_deletion_promises_nothing() -> None:
    refused = plan(
        impact=Impact(None, None, is_internal=True),
        refusals=(Refusal(next(iter(GuardName)), "That is protected."),),
        warnings=(),
    )
    assert card(refused)[1:] == [
        "RF ?   size ?",
        "? msg/s now   last write ?",
        "▲ Kafka itself keeps its state in this topic.",
        "✕ That is protected.",
    ]


def test_any_plan_says_what_will_be_who_takes_it_and_the_way_back() -> None:
    made = plan(facts=("retention.ms   1 (topic) → 2\x1b",), undo="set it again", receiver="broker 1")
    assert texts(plan_lines(made, "prod-eu", None)) == [
        "invoices   in  prod-eu",
        "retention.ms   1 (topic) → 2\\x1b",
        "▲ It is\\x1b read.",
        "Sent to broker 1",
        "Way back: set it again",
    ]


def test_what_became_of_it() -> None:
    queued = Outcome(OutcomeState.QUEUED, "It is queued.", notes=("Broker 2 is down.",))
    assert texts(outcome_lines(queued)) == ["It is queued.", "Broker 2 is down."]
    saved = Outcome(OutcomeState.DONE, "Deleted.", saved_to=(Path("/a"), Path("/b")))
    assert texts(outcome_lines(saved)) == ["Deleted.", "Its definition: /a", "Its definition: /b"]
