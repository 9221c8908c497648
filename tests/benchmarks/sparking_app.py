"""A program for a real terminal: fifty rates with sparklines that get a new sample every second.

The argument says how many samples a cell stands for. `c` opens a chart instead, which also gets a sample a second.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Final

from textual.app import App, ComposeResult

from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Run
from ktui.widgets.chart import Chart
from ktui.widgets.chart_axes import short_number
from ktui.widgets.chart_data import ChartData, Series
from ktui.widgets.rows import Row, TupleModel
from ktui.widgets.sparks import Shape, rate_cell, rate_column

TOPICS: Final = 25
RATES: Final = 2
KEPT: Final = 300
CHARTED: Final = 3
STEP: Final = 600.0
COLUMNS: Final = (
    ColumnSpec("name", "NAME", 24, grow=True),
    rate_column("messages", "MSG/S", spark_width=18),
    rate_column("bytes", "BYTES/S", spark_width=18),
)


class SparkingApp(App[None]):
    def __init__(self, per_cell: int) -> None:
        super().__init__()
        self._per_cell = per_cell
        self._random = random.Random(4)
        self._newest = KEPT - 1
        self._rates = [self._walk() for _ in range(TOPICS * RATES)]

    def _walk(self) -> list[float]:
        rates = [self._random.uniform(1000, 9000)]
        while len(rates) < KEPT:
            rates.append(self._next(rates[-1]))
        return rates

    def _next(self, rate: float) -> float:
        """Another rate not far from the last one."""
        return min(10_000.0, max(0.0, rate + self._random.uniform(-STEP, STEP)))

    def compose(self) -> ComposeResult:
        yield BigTable(COLUMNS)
        yield Chart()

    def on_mount(self) -> None:
        self.query_one(Chart).display = False
        self._show()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        self._newest += 1
        for rates in self._rates:
            del rates[0]
            rates.append(self._next(rates[-1]))
        self._show()

    def _show(self) -> None:
        if self.query_one(Chart).display:
            self.query_one(Chart).show(self._chart())
        else:
            self.query_one(BigTable).show(TupleModel([self._row(topic) for topic in range(TOPICS)]))

    def _row(self, topic: int) -> Row:
        shape = Shape(per_cell=self._per_cell, newest=self._newest)
        cells = (
            rate_cell(short_number(rates[-1]), tuple(rates), 18, shape=shape)
            for rates in self._rates[topic * RATES : (topic + 1) * RATES]
        )
        return Row(topic, (Run(f"topic-{topic}"), *cells))

    def _chart(self) -> ChartData:
        end = time.time()
        times = tuple(end - KEPT + 1 + number for number in range(KEPT))
        series = [Series(f"topic-{at}", times, tuple(self._rates[at])) for at in range(CHARTED)]
        return ChartData("Messages", tuple(series), unit="msg/s", start=end - KEPT, end=end)

    def key_c(self) -> None:
        self.query_one(BigTable).display = False
        self.query_one(Chart).display = True
        self._show()


if __name__ == "__main__":
    SparkingApp(int(sys.argv[1])).run()
