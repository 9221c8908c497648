"""Counters of a broker from what exporters make of its MBeans: Prometheus text, or JSON of Jolokia.

The names in Prometheus text depend on rules that everybody writes for himself, so they are recognised by their parts:
`kafka_server_brokertopicmetrics_bytesin_total{topic="t"}` and
`kafka_server_BrokerTopicMetrics_Count{name="BytesInPerSec",topic="t"}` mean the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ktui.adapters.rates.exact import Counters

_LINE: Final = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)")
_LABEL: Final = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
_NOT_ALPHANUMERIC: Final = re.compile(r"[^a-z0-9]")
_OTHERS: Final = ("replicationbytes", "reassignmentbytes", "rejectedbytes")
_COUNTERS: Final = ("total", "count")
_IDLE: Final = "requesthandleravgidle"
_IDLE_ENDS: Final = ("percent", "oneminuterate", "idle")
_MOST_IDLE: Final = 1.2
"""The broker's own meter goes a little above 1."""

BYTES_IN: Final = "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec"
BYTES_OUT: Final = "kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec"
HANDLER_IDLE: Final = "kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent"
_TOPIC: Final = re.compile(r'[:,]topic=("(?:[^"\\]|\\.)*"|[^,]+)')


@dataclass(slots=True)
class _Found:
    bytes_in: float | None = None
    bytes_out: float | None = None
    topic_in: dict[str, float] = field(default_factory=dict)
    topic_out: dict[str, float] = field(default_factory=dict)
    idle: float | None = None

    def put(self, *, is_in: bool, topic: str | None, value: float) -> None:
        if topic is not None:
            (self.topic_in if is_in else self.topic_out)[topic] = value
        elif is_in:
            self.bytes_in = value
        else:
            self.bytes_out = value

    def counters(self) -> Counters:
        return Counters(
            _total(self.bytes_in, self.topic_in),
            _total(self.bytes_out, self.topic_out),
            self.topic_in,
            self.topic_out,
            self.idle,
        )


def _total(told: float | None, topics: Mapping[str, float]) -> float | None:
    """Some exporters leave out the total of all topics."""
    return sum(topics.values()) if told is None and topics else told


def parse_prometheus(lines: Iterable[str]) -> Counters:
    """From the text of an exporter; what it does not tell is None."""
    found = _Found()
    for line in lines:
        if line.startswith("#") or ("ytes" not in line and "dle" not in line):
            continue
        match = _LINE.match(line)
        value = _number(match[3]) if match else None
        if match is None or value is None:
            continue
        _take(match[1], dict(_LABEL.findall(match[2] or "")), value, found)
    return found.counters()


def _take(name: str, labels: Mapping[str, str], value: float, found: _Found) -> None:
    plain = _NOT_ALPHANUMERIC.sub("", name.lower())
    what = plain + _NOT_ALPHANUMERIC.sub("", labels.get("name", "").lower())
    if _IDLE in what:
        if plain.endswith(_IDLE_ENDS) and 0 <= value <= _MOST_IDLE:
            found.idle = min(value, 1.0)
        return
    is_counter = plain.endswith(_COUNTERS) and "brokertopicmetrics" in plain
    if not is_counter or any(other in what for other in _OTHERS):
        return
    for part, is_in in (("bytesin", True), ("bytesout", False)):
        if part in what:
            found.put(is_in=is_in, topic=labels.get("topic") or None, value=value)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value else None


def jolokia_request() -> bytes:
    """What to post to Jolokia: one bulk read."""
    reads = [
        {"type": "read", "mbean": mbean + pattern, "attribute": "Count"}
        for mbean in (BYTES_IN, BYTES_OUT)
        for pattern in ("", ",topic=*")
    ]
    reads.append({"type": "read", "mbean": HANDLER_IDLE, "attribute": "OneMinuteRate"})
    return json.dumps(reads).encode()


def parse_jolokia(text: str) -> Counters:
    """From the answer to that request; ValueError when it is none."""
    answers = json.loads(text)
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        raise ValueError("not an answer of Jolokia")
    found = _Found()
    for answer in answers:
        request = answer.get("request")
        mbean = str(request.get("mbean", "")) if isinstance(request, dict) else ""
        for topic, value in _values(answer.get("value")):
            if "RequestHandlerAvgIdlePercent" in mbean:
                found.idle = min(max(value, 0.0), 1.0)
            elif "BytesInPerSec" in mbean or "BytesOutPerSec" in mbean:
                found.put(is_in="BytesInPerSec" in mbean, topic=topic, value=value)
    return found.counters()


def _values(value: Any) -> Iterator[tuple[str | None, float]]:
    """A number, or by MBean (a pattern was asked for) its attributes."""
    if isinstance(value, int | float):
        yield None, float(value)
    elif isinstance(value, dict):
        for mbean, attributes in value.items():
            topic = _TOPIC.search(str(mbean))
            count = attributes.get("Count") if isinstance(attributes, dict) else None
            if topic is not None and isinstance(count, int | float):
                yield topic[1].strip('"'), float(count)
