"""The overview's lines about throughput: the cluster, the busiest topics, and what began or stopped of late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.rates.keys import CLUSTER
from ktui.adapters.rates.motion import Change
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.tui.present.formats import rate, size
from ktui.tui.present.rates import NUMBER_WIDTH, SparkWidths, bytes_cell, bytes_words, common_top, samples
from ktui.tui.present.sanitise import safe
from ktui.tui.present.times import Times
from ktui.widgets.cells import Align, Line, Run, Tone, as_line, line
from ktui.widgets.fitting import fit, fit_line
from ktui.widgets.sparks import rate_cell, spark

BUSIEST: Final = 5
OF_CLUSTER: Final = SparkWidths(24, 40, 60)
OF_BUSIEST: Final = SparkWidths(18, 30, 60)
_NAME: Final = 26
_CHANGES: Final = 3
RECENT_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the overview needs to tell of throughput."""

    rates: RatesView = EMPTY_VIEW
    busiest: tuple[str, ...] = ()
    """The topics to name, in this order."""
    times: Times = field(default_factory=Times)
    width: int = 80
    has_common_scale: bool = False

    @property
    def is_known(self) -> bool:
        return self.rates is not EMPTY_VIEW


def traffic_line(traffic: Traffic, label: Run) -> Line:
    """`Traffic  12.4k msg/s ▂▃▅▆   1.9 MiB/s est.`"""
    rates = traffic.rates
    if not traffic.is_known:
        return line(label, Run("not known yet", Tone.MUTED))
    value = rates.per_s(CLUSTER)
    width = OF_CLUSTER.at(traffic.width)
    drawn = spark(samples(rates, CLUSTER, width), width)
    tone = Tone.NORMAL if value else Tone.MUTED
    words = [bytes_words(rates.bytes_per_s(CLUSTER))]
    out = rates.bytes_out_per_s(CLUSTER)
    if out is not None:
        words.append(f"out {size(round(out))}/s")
    return line(
        label, Run(f"{rate(value)} msg/s ", tone), Run(drawn, tone), Run("   " + "  ".join(words).strip())
    )


def busiest_lines(traffic: Traffic) -> Iterator[Line]:
    """Nothing when no topic moves."""
    rates, width, names = traffic.rates, OF_BUSIEST.at(traffic.width), traffic.busiest
    if not names:
        return
    top = common_top(rates, names, width) if traffic.has_common_scale else None
    yield (
        Run(f"{'Busiest topics':<{_NAME - 1}}", Tone.TITLE),
        Run(fit("msg/s", NUMBER_WIDTH + 1, Align.RIGHT), Tone.MUTED),
        Run(fit("bytes/s", width + 13, Align.RIGHT), Tone.MUTED),
    )
    for name in names:
        cell = rate_cell(
            rate(rates.per_s(name)), samples(rates, name, width), width, top=top, number_width=NUMBER_WIDTH
        )
        held = fit_line(bytes_cell(rates.bytes_per_s(name)), 12, Align.RIGHT)
        yield (Run(fit(safe(name), _NAME)), cell, *as_line(held))


def changes_of_late(rates: RatesView, which: str | None, now: float) -> list[Change]:
    """`stopped` or `began`: what did in the last minutes, the newest first."""
    changes = {"stopped": rates.stopped, "began": rates.began}.get(which or "", ())
    return [change for change in changes if now - change.at < RECENT_S]


def change_lines(traffic: Traffic, now: float) -> Iterator[Line]:
    """What stopped and what began in the last minutes, with the time, so that nothing ticks."""
    for title, which in (("Just stopped", "stopped"), ("Began", "began")):
        recent = changes_of_late(traffic.rates, which, now)
        if recent:
            yield _changes(title, recent, traffic.times)


def _changes(title: str, changes: Sequence[Change], times: Times) -> Line:
    named = [_change(change, times) for change in changes[:_CHANGES]]
    more = len(changes) - len(named)
    words = "   ".join(named) + (f"   and {more} more" if more else "")
    return line(Run(f"{title:<13}", Tone.TITLE), Run(words))


def _change(change: Change, times: Times) -> str:
    before = f" ({rate(change.before)}/s before)" if change.before else ""
    return f"{safe(change.topic)} {times.clock(change.at)}{before}"
