"""`ktui topic list --rates SECONDS`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from ktui.adapters.kafka.measure import Measured, MeasuredRate
from ktui.adapters.model import ClusterSnapshot, Fault
from ktui.adapters.rates.keys import Method
from ktui.tui.cli import topic_reading
from ktui.tui.cli.topic import topic
from ktui.tui.cli.topic_reading import Question, list_topics
from tests.tui.cli.test_topic import Stage, stage

__all__ = ["stage"]

TOLD = Measured(
    {
        "orders": MeasuredRate(402.5, 2_048.0, Method.LOG_GROWTH),
        "short": MeasuredRate(None, None, None),
    },
    (Fault("throughput", "broker 3", "did not answer in 10 s", 2.0), Fault("log dirs", "broker 3", "x", 2.0)),
)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    asked: list[float] = []

    async def measure(pool: Any, snapshot: ClusterSnapshot, seconds: float) -> Measured:
        asked.append(seconds)
        return TOLD

    monkeypatch.setattr(topic_reading, "measure_rates", measure)
    return asked


async def test_as_json(stage: Stage, seconds: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    await list_topics(stage.target, Question(as_json=True, rates_s=2.0, exclude_internal=True))
    document = json.loads(capsys.readouterr().out)
    assert seconds == [2.0]
    assert [one["rates"] for one in document["topics"]] == [
        {"messages_per_s": 402.5, "bytes_per_s": 2_048.0, "method": "log-growth"},
        {"messages_per_s": None, "bytes_per_s": None, "method": "offsets"},
    ]
    assert [fault["what"] for fault in document["faults"]] == ["throughput", "log dirs"]


async def test_for_people(stage: Stage, seconds: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    await list_topics(stage.target, Question(rates_s=1.0, exclude_internal=True))
    told = capsys.readouterr()
    assert [line.split() for line in told.out.splitlines()] == [
        ["TOPIC", "PARTITIONS", "RF", "MIN", "ISR", "SIZE", "MSG/S", "BYTES/S", "HEALTH"],
        ["orders", "2", "3", "2", "4.9K", "402", "2.0K", "est.", "ok"],
        ["short", "4", "3", "2", "?", "?", "?", "offline", "1"],
    ]
    assert "did not answer in 10 s" in told.err


@pytest.mark.parametrize(
    "given", [["--rates", "0"], ["--rates", "x"], ["--rates", "1", "--unavailable-partitions"]]
)
def test_what_cannot_be_measured(given: list[str]) -> None:
    assert CliRunner().invoke(topic, ["list", "-b", "h:1", *given]).exit_code == 2
