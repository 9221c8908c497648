"""The facts of one topic, in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ktui.adapters.health import PartitionClass
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.view import EMPTY_VIEW
from ktui.adapters.topics import Topic
from ktui.tui.present.brokers import LOG_DIRECTORIES
from ktui.tui.present.deletion import deletion_words
from ktui.tui.present.faults import mark_for
from ktui.tui.present.formats import UNKNOWN, counted, duration_ms, number, rate, size_in_words, topic_id
from ktui.tui.present.rates import RateLook, bytes_words, samples
from ktui.tui.present.sanitise import safe
from ktui.tui.present.words import CLASS_TONE, CLASS_WORD, health_run
from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.sparks import spark

NO_RATES: Final = RateLook()


def title(topic: Topic, snapshot: ClusterSnapshot) -> Line:
    """Name and id, and how far it is with its end."""
    runs = [Run(safe(topic.name), Tone.TITLE)]
    if topic.is_internal:
        runs.append(Run("  internal", Tone.MUTED))
    if topic.is_deleting:
        runs.append(Run(f"  {deletion_words(topic, snapshot)}", Tone.WARN))
    if topic.id is not None:
        runs.append(Run(f"  id {topic_id(topic.id)}", Tone.MUTED))
    return tuple(runs)


def facts(snapshot: ClusterSnapshot, topic: Topic, look: RateLook = NO_RATES) -> tuple[Line, ...]:
    """Shape and settings, then health, then what comes in as far as it is known."""
    held = snapshot.sizes.by_topic.get(topic.name)
    size = mark_for(snapshot, LOG_DIRECTORIES) if held is None else size_in_words(held)
    shape = (
        counted(topic.partition_count, "partition"),
        f"RF {number(topic.replication_factor)}",
        f"min ISR {number(topic.settings.min_isr)}",
        f"size {size}",
        f"retention {duration_ms(topic.settings.retention_ms)}",
        f"cleanup {safe(topic.settings.cleanup_policy or UNKNOWN)}",
    )
    traffic = (_traffic(topic, look),) if look.rates is not EMPTY_VIEW else ()
    return line("   ".join(shape)), tuple(_health(topic)), *traffic


def _traffic(topic: Topic, look: RateLook) -> Line:
    """`3.9k msg/s ▅▅▅▆▆   1.2 MiB/s est.   152 bytes a record`."""
    rates, width = look.rates, look.spark_width
    value = rates.per_s(topic.name)
    words = [bytes_words(rates.bytes_per_s(topic.name))]
    held = rates.record_bytes(topic.name)
    if held is not None:
        words.append(f"{size_in_words(round(held))} a record")
    drawn = spark(samples(rates, topic.name, width), width)
    tone = Tone.NORMAL if value else Tone.MUTED
    return line(Run(f"{rate(value)} msg/s {drawn}", tone), Run("   " + "   ".join(filter(None, words))))


def _health(topic: Topic) -> Iterator[Run]:
    health = topic.health
    if health.worst is PartitionClass.OK:
        yield health_run(health)
        yield Run(f"   {_all_in_sync(topic)}", Tone.MUTED)
        return
    gap = ""
    for which in PartitionClass:
        how_many = health.of_class(which)
        if how_many:
            yield Run(f"{gap}{CLASS_WORD[which]} {how_many:,}", CLASS_TONE[which])
            gap = "   "


def _all_in_sync(topic: Topic) -> str:
    health = topic.health
    if health.not_loaded:
        return f"{counted(health.not_loaded, 'partition')} not read yet"
    words = "every partition has a leader and all replicas in sync"
    if health.not_preferred_leader:
        words += f"; {health.not_preferred_leader:,} not led by the preferred replica"
    return words
