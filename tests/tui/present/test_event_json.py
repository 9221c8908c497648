from __future__ import annotations

import json

from ktui.tui.present.event_json import entry_line
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import LOG, POLL, Scene, topic


def dead_broker(scene: Scene) -> list[dict[str, object]]:
    scene.load(topic("a", partition(0, 2)))
    scene.tell(scene.brokers(1, 3))
    scene.tell(scene.topics(topic("a", partition(0, -1, isr=(1, 3), epoch=1))))
    return [json.loads(entry_line(entry)) for entry in scene.told]


def test_the_shape_with_both_clocks() -> None:
    cause, lost, shrank = dead_broker(Scene(LOG))
    assert cause == {
        "seq": 1,
        "at": "1970-01-01T00:16:39.980Z",
        "seen_at": "1970-01-01T00:16:40.000Z",
        "kind": "broker-left",
        "broker": 2,
    }
    assert lost == {
        "seq": 2,
        "at": "1970-01-01T00:16:39.980Z",
        "seen_at": "1970-01-01T00:16:40.000Z",
        "kind": "leader-lost",
        "topic": "a",
        "partition": 0,
        "from": 2,
        "cause": {"seq": 1, "kind": "broker-left", "broker": 2},
        "detail": "epoch 1",
    }
    assert (shrank["from"], shrank["to"]) == ([1, 2, 3], [1, 3])


def test_what_polling_found_is_called_observed() -> None:
    cause, lost, _ = dead_broker(Scene(POLL))
    assert "at" not in cause
    assert (cause["detail"], lost["detail"]) == ("observed", "epoch 1, observed")
