from __future__ import annotations

import pytest

from ktui.tui.places import SCREENS, Place, ScreenName, Trail
from ktui.tui.settings import ConsoleSettings

TOPICS, ORDERS, BROKER = (
    Place(ScreenName.TOPICS),
    Place(ScreenName.TOPIC, "orders"),
    Place(ScreenName.BROKER, 2),
)


def test_the_way_back() -> None:
    trail = Trail(TOPICS)
    assert not trail.has_way_back
    assert trail.back() == TOPICS
    trail.go(ORDERS)
    trail.go(ORDERS)
    trail.go(BROKER)
    assert trail.back() == ORDERS
    assert trail.back() == TOPICS
    assert not trail.has_way_back


def test_a_screen_by_its_number_begins_anew() -> None:
    trail = Trail(TOPICS)
    trail.go(ORDERS)
    trail.start(Place(ScreenName.PROBLEMS))
    assert not trail.has_way_back


def test_a_place_that_is_no_more() -> None:
    trail = Trail(TOPICS)
    trail.go(ORDERS)
    trail.go(BROKER)
    trail.go(Place(ScreenName.TOPIC, "orders", "configuration"))
    trail.forget(ORDERS)
    assert trail.here == BROKER
    assert trail.back() == TOPICS


def test_the_first_place() -> None:
    assert ConsoleSettings("x").first_place == Place(ScreenName.OVERVIEW)
    assert ConsoleSettings("x", first_screen="problems").first_place == Place(ScreenName.PROBLEMS)
    assert ConsoleSettings("x", first_topic="orders").first_place == ORDERS
    with pytest.raises(ValueError, match="nonsense"):
        _ = ConsoleSettings("x", first_screen="nonsense").first_place
    assert "problems" in SCREENS
    assert "topic" not in SCREENS
