"""The help's words about throughput: what is counted, what is estimated, and what asking costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ktui.adapters.rates.view import RatesView
from ktui.tui.present.formats import rate, size
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.fitting import wrap_line

WORDS: Final = (
    "Messages a second are how fast the end offsets grow: records that all in-sync replicas have. "
    "Markers of transactions and records of aborted ones count too. Compaction, retention and "
    "deleting records take nothing away: a rate is never negative.",
    "The number is the mean of the last five seconds and begins anew on a step of more than half.",
    "Bytes a second marked est. are messages times the mean size of a record on disk, compressed as it is, "
    "found from the growth of the leaders' logs. Without the mark they are the brokers' own counters.",
    "Topics on the screen and topics that move are asked for every second, the others in turn.",
)
_WIDTH: Final = 74


def rates_lines(rates: RatesView) -> Iterator[Line]:
    yield (Run("Throughput", Tone.TITLE),)
    for sentence in (*WORDS, *_now(rates)):
        for piece in wrap_line(line(sentence), _WIDTH):
            yield (Run("  "), *piece)


def _now(rates: RatesView) -> Iterator[str]:
    if rates.active_period_s > 1:
        yield f"So many topics move that each is asked for every {rates.active_period_s:g} s."
    if rates.shortened:
        yield safe(rates.shortened)
    if rates.own is not None:
        asked, moved = rate(rates.own.requests_per_s), size(round(rates.own.bytes_per_s))
        yield f"ktui itself, just before this page: {asked} requests/s, {moved} bytes/s both ways."
