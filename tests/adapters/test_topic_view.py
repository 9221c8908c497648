from __future__ import annotations

from dataclasses import replace

from ktui.adapters.events import TopicsReplaced
from ktui.adapters.partitions import partitions, table_of
from ktui.adapters.topic_view import TopicView
from ktui.adapters.topics import Topic
from tests.adapters.clusters import partition, stamp, state


def test_offline_replicas_alone_make_another_topic_with_the_same_health() -> None:
    rows = [partition(0), partition(1, isr=(1, 2))]
    view = TopicView()
    view.take(TopicsReplaced(stamp(), [state("a", table_of(rows))]), {}, {})
    before = view.topics.get("a")
    offline = table_of(replace(row, offline=(3,)) for row in rows)
    ((held, fresh),) = view.take(TopicsReplaced(stamp(), [state("a", offline)]), {}, {})
    assert held is before
    assert isinstance(fresh, Topic)
    assert fresh.health is held.health
    assert [row.offline for row in partitions(fresh.table)] == [(3,), (3,)]
    assert (fresh.name, fresh.id, fresh.settings) == (held.name, held.id, held.settings)
    shrunk = table_of([partition(0, isr=(1,)), partition(1, isr=(1, 2))])
    ((_, fresh),) = view.take(TopicsReplaced(stamp(), [state("a", shrunk)]), {}, {})
    assert fresh is not None
    assert fresh.health.under_replicated == 2
