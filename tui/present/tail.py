"""The lines of a tail: one a record, the line above them and the counts below."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.serde.plain import start_of
from ktui.adapters.serde.shapes import Form, Part, Reading
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.view import Counts, TailState, TailView, Window
from ktui.tui.present.formats import UNKNOWN, age, counted, number, rate
from ktui.tui.present.sanitise import safe
from ktui.tui.present.times import Times
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.fitting import fit, text_width
from ktui.widgets.status_line import StatusSegment

_TIME_WIDTH: Final = 12
_LEAST_KEY: Final = 6
_BREAKS: Final = re.compile(r"\s*[\r\n]\s*")
_MARK: Final = Run("▲ ", Tone.WARN)
"""Before a value that is not read as well as it could be: the record says why."""
_SHORT_FROM: Final = 10_000
_KEPT_LINES: Final = 400
_NUMBER_BYTES: Final = 8
"""A value as short as this may be a number."""
_SHOWN_FOLLOWING: Final = "FOLLOW"


@dataclass
class TailLook:
    """How records are written; `key_width` and the others grow with what was seen, and never shrink."""

    decoder: Decoder
    times: Times
    width: int
    now: float
    key_width: int = _LEAST_KEY
    offset_width: int = 1
    partition_width: int = 2

    @property
    def most_key(self) -> int:
        return max(_LEAST_KEY, min(36, self.width // 5))

    def widen(self, records: Sequence[Record]) -> None:
        """Make room for these."""
        for record in records:
            self.offset_width = max(self.offset_width, len(f"{record.offset:,}"))
            self.partition_width = max(self.partition_width, len(str(record.partition)) + 1)
            if record.key is not None and self.key_width < self.most_key:
                key = safe(self.key_of(record).text)
                self.key_width = min(self.most_key, max(self.key_width, text_width(key)))

    def key_of(self, record: Record) -> Reading:
        return self.decoder.read(record.key, record.topic, Part.KEY)

    def line(self, record: Record) -> Line:
        """`14:02:11.481 p4 182,711  c42  {"id": 91422, …`."""
        return (
            Run(
                f"{self.time_of(record):<{_TIME_WIDTH}} p{record.partition:<{self.partition_width - 1}}"
                f" {record.offset:>{self.offset_width},}  ",
                Tone.MUTED,
            ),
            self._key_cell(record),
            Run("  "),
            *self._value_cell(record),
        )

    def time_of(self, record: Record) -> str:
        """Of today to the millisecond, else the day: always as wide."""
        if record.timestamp < 0:
            return UNKNOWN
        at = record.timestamp / 1000
        try:
            moment, today = self.times.moment(at), self.times.moment(self.now)
        except (ValueError, OverflowError, OSError):
            return UNKNOWN
        if moment.date() == today.date():
            return f"{moment:%H:%M:%S}.{record.timestamp % 1000:03d}"
        return f"{moment:%b %d %H:%M}" if moment.year == today.year else f"{moment:%Y-%m-%d}"

    def _key_cell(self, record: Record) -> Run:
        reading = self.key_of(record)
        if reading.form is Form.NULL:
            return Run(fit("null", self.key_width), Tone.MUTED)
        return Run(fit(one_line(reading.text, self.most_key), self.key_width), Tone.ACCENT)

    def _value_cell(self, record: Record) -> Line:
        if record.value is None:
            return (Run("null", Tone.MUTED),)
        if not record.value and not record.cut:
            return (Run("empty", Tone.MUTED),)
        if self.decoder.is_plain(record.topic) and len(record.value) > _NUMBER_BYTES:
            return (Run(one_line(start_of(record.value, self.width), self.width)),)
        reading = self.decoder.read(record.value, record.topic, Part.VALUE)
        mark = (_MARK,) if reading.note and not reading.is_json else ()
        return (*mark, Run(one_line(reading.text, self.width)))


def one_line(text: str, most: int) -> str:
    """So many characters at most, line breaks as blanks, free of what steers a terminal."""
    return safe(_BREAKS.sub(" ", text[: 2 * most]).strip())[: 2 * most]


@dataclass
class RecordLines:
    """The source of the lines on the screen; lines are made once while they stay in sight."""

    window: Window
    look: TailLook
    _made: dict[int, Line] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return self.window.first

    @property
    def end(self) -> int:
        return self.window.end

    def line(self, number: int) -> Line:
        made = self._made.get(number)
        if made is None:
            record = self.window.get(number)
            if record is None:
                return ()
            if len(self._made) >= _KEPT_LINES:
                self._made.clear()
            made = self._made[number] = self.look.line(record)
        return made

    def then(self, window: Window) -> RecordLines:
        """With the next window of the same list: lines that were made are kept."""
        return RecordLines(window, self.look, self._made)


def title(topic: str, view: TailView | None, filter_text: str, *, is_masked: bool) -> Line:
    """`orders  key = c42   1 of 6 partitions: 4 (murmur2, 600 samples)`."""
    runs = [Run(safe(topic), Tone.TITLE)]
    if filter_text:
        runs += [Run("  "), Run(safe(_filter_words(view, filter_text)), Tone.ACCENT)]
    if view is not None:
        runs += [Run("   "), *_partition_words(view)]
    if is_masked:
        runs += [Run("  masked", Tone.MUTED)]
    return tuple(runs)


def _filter_words(view: TailView | None, text: str) -> str:
    """An exact key alone is written as people say it."""
    word = text.removeprefix("key=")
    alone = (
        view is not None and view.spec.filter.exact_key is not None and len(view.spec.filter.conditions) == 1
    )
    return f"key = {word}" if alone and word != text else text


def _partition_words(view: TailView) -> Sequence[Run]:
    total, read = len(view.places), view.partitions_read
    evidence = view.evidence
    if not total:
        return ()
    if evidence.partition is not None:
        known = f"({evidence.partitioner}, {counted(evidence.samples, 'sample')})"
        return (Run(f"1 of {total} partitions: {evidence.partition} {known}", Tone.NORMAL),)
    if len(read) < total:
        listed = ",".join(map(str, read[:6])) + ("…" if len(read) > 6 else "")
        return (Run(f"{len(read)} of {total} partitions: {listed}"),)
    words = counted(total, "partition")
    if evidence.why_all:
        return (Run(f"all {words}: ", Tone.NORMAL), Run(safe(evidence.why_all), Tone.MUTED))
    return (Run(words, Tone.MUTED),)


def state_remark(view: TailView | None, *, is_following: bool, newer: int) -> Line:
    """What it does now, at the right of the title."""
    if view is None:
        return (Run("starting", Tone.MUTED),)
    if view.state is TailState.ENDED:
        return (Run("ENDED", Tone.WARN),)
    if not is_following:
        return (Run(f"STILL  {newer:,} newer" if newer else "STILL", Tone.ACCENT),)
    if view.state is TailState.SAMPLING:
        return (Run("learning the partitioner", Tone.MUTED),)
    if view.state is TailState.STARTING:
        return (Run("starting", Tone.MUTED),)
    part = view.progress.part
    if view.state is TailState.READING and part is not None and part < 0.995:
        left = view.progress.seconds_left
        ago = "" if left is None else f" {age(left)} left"
        return (Run(f"{part:.0%}{ago}", Tone.ACCENT),)
    return (Run(_SHOWN_FOLLOWING, Tone.GOOD),)


def counts_line(view: TailView, *, width: int) -> tuple[StatusSegment, ...]:
    """Exact numbers where they fit, else in thousands; the last ones go first when it is narrow."""
    exact = _count_segments(view, number)
    needed = sum(sum(text_width(run.text) for run in part.runs) + 2 for part in exact)
    return exact if needed <= width else _count_segments(view, _shortly)


def _shortly(value: int) -> str:
    return number(value) if value < _SHORT_FROM else rate(float(value))


def _count_segments(view: TailView, written: Callable[[int], str]) -> tuple[StatusSegment, ...]:
    counts = view.counts
    parts = [
        StatusSegment(_count("seen", written(counts.seen))),
        StatusSegment(_count("matched", written(counts.matched))),
        StatusSegment(_count("shown", written(counts.shown))),
        StatusSegment(
            _count("dropped", written(counts.dropped), Tone.WARN if counts.dropped else Tone.NORMAL)
        ),
        StatusSegment(_count("behind", written(counts.behind))),
    ]
    if counts.lost:
        parts.append(StatusSegment(_count("lost", written(counts.lost), Tone.BAD)))
    if counts.held_back:
        parts.append(StatusSegment(_count("held back", written(counts.held_back), Tone.WARN), rank=2))
    parts.append(StatusSegment((Run(pace(counts, view.spec.bytes_per_s)),), rank=1))
    parts.append(StatusSegment((Run(f"from {safe(str(view.spec.start))}", Tone.MUTED),), rank=3))
    return tuple(parts)


def _count(word: str, text: str, tone: Tone = Tone.NORMAL) -> Line:
    return Run(f"{word} ", Tone.MUTED), Run(text, tone)


def pace(counts: Counts, budget: int | None) -> str:
    """`2.1 MB/s of 10`."""
    now = f"{counts.bytes_per_s / 1e6:.1f} MB/s"
    return f"{now}, no limit" if budget is None else f"{now} of {megabytes(budget)}"


def megabytes(value: int) -> str:
    return f"{value / 1e6:.3g}"


def end_lines(view: TailView | None, failure: str | None) -> tuple[Line, ...]:
    """Why it ended, and what happened to the reading, newest first: at most two lines."""
    lines: list[Line] = []
    if failure is not None:
        lines.append((Run(f"▲ {safe(failure)}", Tone.WARN),))
    if view is None:
        return tuple(lines)
    if view.state is TailState.ENDED and view.sentence:
        lines.append((Run(f"▲ {safe(view.sentence)}", Tone.WARN),))
    lines += [
        (Run(safe(place.trouble), Tone.WARN),) for place in view.places if place.is_read and place.trouble
    ][:1]
    lines += [(Run(safe(note), Tone.MUTED),) for note in reversed(view.notes)]
    return tuple(lines[:2])


def nothing_yet(view: TailView) -> str:
    """What stands where no line does."""
    if view.state is TailState.ENDED:
        return ""
    if view.state in (TailState.STARTING, TailState.SAMPLING) or view.counts.behind:
        return "Reading…"
    if view.spec.filter.takes_all:
        return f"Nothing since {safe(str(view.spec.start))}; waiting."
    return f"No match among {counted(view.counts.seen, 'record')}; waiting."
