from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ktui.adapters.kafka import topic_details
from ktui.adapters.kafka.asks.config_values import ConfigSource
from ktui.adapters.kafka.topic_details import TopicDetails
from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.places import Place, ScreenName
from ktui.tui.screens.topic_tabs import TABS
from tests.tui.builders import NOW, small, without_broker_2
from tests.tui.harness import console
from tests.tui.present.test_topic import value


class Cluster:
    """Answers questions about topics; counts them."""

    pool = None

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: tuple[Fault, ...] = ()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster()

    async def fetch(pool: Any, topic: Topic, *, timeout_s: float) -> TopicDetails:
        made.asked.append(topic.name)
        configs = (
            value("retention.ms", "604800000", ConfigSource.TOPIC),
            value("cleanup.policy", "delete", ConfigSource.DEFAULT),
        )
        return TopicDetails({0: 5}, {0: 1_234}, None, configs, made.faults)

    monkeypatch.setattr(topic_details, "fetch_topic_details", fetch)
    return made


async def test_facts_partitions_and_offsets(cluster: Cluster) -> None:
    async with console(small(), first_topic="orders", cluster=cluster) as ui:
        assert ui.lines[2] == "orders  id AAECAwQFBgcICQoLDA0ODw"
        assert ui.lines[3].startswith("6 partitions   RF 3   min ISR 2   size 12 GiB")
        await ui.until(lambda: "1,234" in ui.text)
        assert "[partitions]" in ui.text
        assert "create" not in ui.keys


async def test_details_are_asked_for_again_and_again_while_they_are_looked_at(cluster: Cluster) -> None:
    async with console(small(), first_topic="orders", cluster=cluster) as ui:
        await ui.until(lambda: cluster.asked == ["orders"])
        await ui.pass_time(1)
        assert cluster.asked == ["orders"]
        await ui.pass_time(5)
        await ui.until(lambda: cluster.asked == ["orders"] * 2)
        await ui.press("1")
        await ui.pass_time(60)
        assert cluster.asked == ["orders"] * 2


async def test_the_configuration_with_a_filter(cluster: Cluster) -> None:
    async with console(small(), first_topic="orders", cluster=cluster) as ui:
        await ui.press("tab")
        await ui.until(lambda: "this topic" in ui.text)
        assert "[configuration]" in ui.text
        assert ui.line_with("retention.ms").split() == ["retention.ms", "604800000", "this", "topic"]
        assert ui.text.index("retention.ms ") < ui.text.index("cleanup.policy ")
        await ui.press("slash")
        await ui.type("clean")
        assert "retention.ms" not in ui.text
        await ui.press("escape", *["tab"] * (len(TABS) - 1))
        assert "[partitions]" in ui.text


async def test_what_could_not_be_asked_is_said(cluster: Cluster) -> None:
    cluster.faults = (Fault("offsets", "orders, broker 2", "did not answer in 4 s", NOW),)
    async with console(small(), first_topic="orders", cluster=cluster) as ui:
        await ui.until(lambda: "▲ offsets, orders, broker 2: did not answer in 4 s" in ui.text)


async def test_a_topic_that_is_not_there_and_one_that_vanishes() -> None:
    async with console(small(), first_topic="nothing") as ui:
        assert "There is no topic nothing in this cluster." in ui.text
        assert "^d" not in ui.keys
    async with console(small(), first_topic="orders") as ui:
        await ui.give(replace(small(), topics=small().topics.updated((), ["orders"])))
        assert "There is no topic orders in this cluster." in ui.text


async def test_a_change_is_marked_and_the_health_follows() -> None:
    async with console(small(), first_topic="orders") as ui:
        await ui.give(without_broker_2(small()))
        assert "under min ISR 6" in ui.text
        assert sum(line.startswith("~") for line in ui.lines) == 6


async def test_another_topic_begins_at_its_partitions() -> None:
    async with console(small(), first_topic="orders") as ui:
        await ui.press("tab", "colon")
        await ui.type("topic payments")
        await ui.press("enter")
        assert ui.lines[2].startswith("payments")
        assert "[partitions]" in ui.text
        await ui.press("escape")
        assert ui.lines[2].startswith("orders")


async def test_tab_goes_round_and_only_the_tab_in_sight_is_drawn(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for tab in TABS:
        monkeypatch.setattr(tab, "draw", lambda self, topic: drawn.append(self.NAME))
    async with console(small(), first_topic="orders", cluster=cluster) as ui:
        for tab in (*TABS, TABS[0]):
            assert f"[{tab.NAME}]" in ui.text
            drawn.clear()
            await ui.pass_time(1)
            assert set(drawn) == {tab.NAME}
            await ui.press("tab")


async def test_a_place_names_its_tab(cluster: Cluster) -> None:
    async with console(small(), first_topic="orders", cluster=cluster) as ui:
        await ui.app.show_place(Place(ScreenName.TOPIC, "payments", "configuration"))
        await ui.settle()
        assert ui.lines[2].startswith("payments")
        assert "[configuration]" in ui.text
