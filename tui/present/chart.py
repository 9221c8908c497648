"""What a chart of throughput shows: one thing, or several, over a span of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from math import inf
from typing import Final

from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.keys import CLUSTER, Key
from ktui.adapters.rates.view import RatesView
from ktui.tui.present.formats import rate
from ktui.tui.present.sanitise import safe
from ktui.widgets.chart_axes import short_number
from ktui.widgets.chart_data import ChartData, Series

Subject = str | int | None
"""Topics by blank, a broker, or the cluster."""


class Measure(StrEnum):
    MESSAGES = "messages"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Span:
    """So much time on the axis; a line is broken where samples are further apart than `joined_s`."""

    seconds: int
    words: str
    joined_s: float


SPANS: Final = (Span(300, "5 min", 5.0), Span(3_600, "1 h", 30.0), Span(86_400, "1 day", 900.0))
PARTS: Final = 5
"""At most so many partitions or brokers beside the sum of them."""
UNIT: Final = {Measure.MESSAGES: "msg/s", Measure.BYTES: "bytes/s est."}
ESTIMATE: Final = "estimate: messages times their mean size now"


@dataclass(frozen=True, slots=True)
class ChartQuestion:
    subject: Subject
    measure: Measure = Measure.MESSAGES
    span: Span = SPANS[0]
    zone: tzinfo | None = None


def names_of(subject: Subject) -> tuple[str, ...]:
    """The topics that are named."""
    return tuple(dict.fromkeys(subject.split())) if isinstance(subject, str) else ()


def title_of(subject: Subject) -> str:
    if subject is None:
        return "the cluster"
    return f"broker {subject}" if isinstance(subject, int) else safe(" ".join(names_of(subject)))


def chart_data(question: ChartQuestion, rates: RatesView, snapshot: ClusterSnapshot, now: float) -> ChartData:
    """From `span` ago until now. Topics together with their partitions, the cluster with its brokers."""
    keys = [*_wholes(question.subject), *_parts(question, rates, snapshot)]
    is_bytes = question.measure is Measure.BYTES
    series = tuple(
        _series(_name(key), key, question.span, rates, factor=_record_bytes(rates, key) if is_bytes else 1.0)
        for key in keys
    )
    end = float(int(now))
    notes = [ESTIMATE] if is_bytes else []
    notes += [rates.shortened] if rates.shortened else []
    return ChartData(
        f"{'Bytes' if is_bytes else 'Messages'} a second: {title_of(question.subject)}",
        series,
        unit=UNIT[question.measure],
        start=end - question.span.seconds,
        end=end,
        zone=question.zone,
        number=short_number if is_bytes else rate,
        note="; ".join(notes),
        empty_text=_empty_text(question, rates, snapshot),
    )


def _wholes(subject: Subject) -> tuple[Key, ...]:
    if subject is None:
        return (CLUSTER,)
    return (subject,) if isinstance(subject, int) else names_of(subject)


def _parts(question: ChartQuestion, rates: RatesView, snapshot: ClusterSnapshot) -> Sequence[Key]:
    """The busiest parts; partitions have no history beyond five minutes."""
    subject, span = question.subject, question.span
    if subject is None:
        return _busiest((broker.id for broker in snapshot.brokers), rates, span)
    names = names_of(subject)
    topic = snapshot.topics.get(names[0]) if len(names) == 1 else None
    if topic is None or topic.partition_count < 2 or span is not SPANS[0]:
        return ()
    return _busiest(((topic.name, index) for index in range(topic.partition_count)), rates, span)


def _busiest(keys: Iterable[Key], rates: RatesView, span: Span) -> list[Key]:
    """By what they did in the whole span, so that lines do not come and go; in their own order."""
    known: list[tuple[float, int, Key]] = []
    for place, key in enumerate(keys):
        values = [point.value for point in rates.history(key, span.seconds) if point.value is not None]
        if values:
            known.append((-sum(values) / len(values), place, key))
    chosen = sorted(sorted(known, key=lambda each: each[:2])[:PARTS], key=lambda each: each[1])
    return [key for _, _, key in chosen]


def _name(key: Key) -> str:
    if isinstance(key, tuple):
        return f"p{key[1]}"
    if isinstance(key, int):
        return f"broker {key}"
    return safe(key) if isinstance(key, str) else "cluster"


def _record_bytes(rates: RatesView, key: Key) -> float | None:
    """Mean bytes of a record, as far as they are known; a partition's are its topic's."""
    if isinstance(key, tuple):
        return rates.record_bytes(key[0])
    return rates.record_bytes(key) if isinstance(key, str) else rates.total_record_sizes.get(key)


def _series(name: str, key: Key, span: Span, rates: RatesView, *, factor: float | None) -> Series:
    points = rates.history(key, span.seconds)
    values = tuple(None if p.value is None or factor is None else p.value * factor for p in points)
    joined_s = max(span.joined_s, 3 * rates.active_period_s) if span.seconds else inf
    return Series(name, tuple(point.at for point in points), values, joined_s=joined_s)


def _empty_text(question: ChartQuestion, rates: RatesView, snapshot: ClusterSnapshot) -> str:
    for name in names_of(question.subject):
        if snapshot.is_loaded and snapshot.topics.get(name) is None:
            return f"There is no topic {safe(name)} in this cluster."
    if isinstance(question.subject, int) and snapshot.broker(question.subject) is None:
        return f"Broker {question.subject} is not known in this cluster."
    if question.measure is Measure.BYTES and rates.at:
        return "The mean size of records is not known yet: it shows when the logs have grown for a while."
    return "No samples yet."


def file_stem(subject: Subject, now: float) -> str:
    """A file name without its ending: only letters that every file system takes."""
    what = "cluster" if subject is None else f"broker-{subject}" if isinstance(subject, int) else subject
    plain = "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in "._-" else "_" for letter in what
    )
    return f"ktui-{plain[:80]}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}"
