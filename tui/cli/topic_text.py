"""`ktui topic list` and `describe` for people: aligned lines, nothing in them that could steer a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ktui.adapters.health import PartitionClass, classify
from ktui.adapters.kafka.measure import MeasuredRate
from ktui.adapters.kafka.topic_details import TopicDetails
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.partitions import Partition, partitions
from ktui.adapters.rates.keys import BytesRate
from ktui.adapters.topics import Topic
from ktui.tui.cli.status_json import Problem
from ktui.tui.cli.text_table import table_lines
from ktui.tui.present.deletion import deletion_words
from ktui.tui.present.formats import UNKNOWN, counted, number, rate, size, size_in_words, topic_id
from ktui.tui.present.rates import bytes_cell
from ktui.tui.present.sanitise import safe
from ktui.tui.present.words import CLASS_TONE, CLASS_WORD, NOT_LOADED_WORD, health_run
from ktui.widgets.cells import Run, Tone, plain

_LIST_TITLES = ("TOPIC", "PARTITIONS", "RF", "MIN ISR", "SIZE", "HEALTH")
_RATE_TITLES = ("MSG/S", "BYTES/S")
_PROBLEM_TITLES = ("TOPIC", "PARTITION", "LEADER", "REPLICAS", "ISR", "MIN ISR", "CLASS")
_PARTITION_TITLES = (
    "PARTITION", "LEADER", "EPOCH", "REPLICAS", "ISR", "OFFLINE", "ELIGIBLE", "EARLIEST", "LATEST", "CLASS",
)  # fmt: skip


def list_lines(
    snapshot: ClusterSnapshot,
    topics: Sequence[Topic],
    rates: Mapping[str, MeasuredRate] | None = None,
    *,
    is_coloured: bool,
) -> Iterator[str]:
    """A line a topic; rates where they were measured."""
    runs = [_health(topic, snapshot) for topic in topics]
    titles = (*_LIST_TITLES[:-1], *(() if rates is None else _RATE_TITLES), _LIST_TITLES[-1])
    rows = [
        (
            safe(topic.name),
            str(topic.partition_count),
            number(topic.replication_factor),
            number(topic.settings.min_isr),
            size(snapshot.sizes.by_topic.get(topic.name)),
            *(() if rates is None else _rate_words(rates.get(topic.name))),
            run.text,
        )
        for topic, run in zip(topics, runs, strict=True)
    ]
    yield from table_lines(
        titles, rows, right=titles[1:-1], tones=[run.tone for run in runs], is_coloured=is_coloured
    )


def _rate_words(measured: MeasuredRate | None) -> tuple[str, str]:
    if measured is None:
        return UNKNOWN, UNKNOWN
    method = measured.bytes_method
    told = None if measured.bytes_per_s is None or method is None else BytesRate(measured.bytes_per_s, method)
    return rate(measured.messages_per_s), plain(bytes_cell(told))


def problem_lines(problems: Sequence[Problem], *, is_coloured: bool) -> Iterator[str]:
    """A line a partition."""
    rows = [
        (
            safe(topic.name),
            str(row.index),
            _leader(row),
            _ids(row.replicas),
            _ids(row.isr),
            number(topic.settings.min_isr),
            CLASS_WORD[which],
        )
        for topic, row, which in problems
    ]
    tones = [CLASS_TONE[which] for _, _, which in problems]
    right = ("PARTITION", "LEADER", "MIN ISR")
    yield from table_lines(_PROBLEM_TITLES, rows, right=right, tones=tones, is_coloured=is_coloured)


def describe_lines(
    snapshot: ClusterSnapshot, topic: Topic, details: TopicDetails, *, is_coloured: bool
) -> Iterator[str]:
    """The topic, its partitions, and what is set on it."""
    held = size_in_words(snapshot.sizes.by_topic.get(topic.name))
    internal = "  internal" if topic.is_internal else ""
    yield (
        f"{safe(topic.name)}  id {topic_id(topic.id)}{internal}  {counted(topic.partition_count, 'partition')}"
        f"  RF {number(topic.replication_factor)}  min ISR {number(topic.settings.min_isr)}"
        f"  size {held}  {_health(topic, snapshot).text}"
    )
    classes = [_class_of(row, topic) for row in partitions(topic.table)]
    rows = [
        _partition_row(row, details, which)
        for row, which in zip(partitions(topic.table), classes, strict=True)
    ]
    tones = [CLASS_TONE[which] if which is not None else Tone.MUTED for which in classes]
    right = ("PARTITION", "LEADER", "EPOCH", "EARLIEST", "LATEST")
    for line in table_lines(_PARTITION_TITLES, rows, right=right, tones=tones, is_coloured=is_coloured):
        yield f"  {line}"
    yield from _configs(details)


def _partition_row(row: Partition, details: TopicDetails, which: PartitionClass | None) -> tuple[str, ...]:
    eligible = None if details.eligible_leaders is None else details.eligible_leaders.get(row.index)
    return (
        str(row.index),
        _leader(row),
        number(row.leader_epoch if row.leader_epoch >= 0 else None),
        _ids(row.replicas),
        _ids(row.isr),
        _ids(row.offline),
        UNKNOWN if eligible is None else _ids(eligible),
        number(details.earliest.get(row.index)),
        number(details.latest.get(row.index)),
        NOT_LOADED_WORD if which is None else CLASS_WORD[which],
    )


def _configs(details: TopicDetails) -> Iterator[str]:
    if details.configs is None:
        return
    for value in details.overrides:
        yield f"  {safe(value.name)}={'(hidden)' if value.is_sensitive else safe(value.value or '')}"
    others = len(details.configs) - len(details.overrides)
    yield f"  {counted(others, 'other value')} from the brokers and defaults (all with --json)"


def _class_of(row: Partition, topic: Topic) -> PartitionClass | None:
    return classify(row, topic.settings.min_isr) if row.is_loaded else None


def _health(topic: Topic, snapshot: ClusterSnapshot) -> Run:
    return Run(deletion_words(topic, snapshot), Tone.WARN) if topic.is_deleting else health_run(topic.health)


def _leader(row: Partition) -> str:
    return str(row.leader) if row.leader >= 0 else "none" if row.is_loaded else UNKNOWN


def _ids(brokers: Iterable[int]) -> str:
    return ",".join(map(str, brokers)) or "-"
