from __future__ import annotations

import sys

import pytest

from ktui.widgets.cells import Tone
from ktui.widgets.chart_axes import Tick
from ktui.widgets.plotting import DOCUMENTATION, Curve, Frame, plot
from tests.test_import_hygiene import REPORT, loaded_by

FRAME = Frame(
    (0.0, 10.0), (0.0, 4.0), [Tick(0.0, "zero"), Tick(10.0, "ten")], [Tick(0.0, "0"), Tick(4.0, "4")]
)
DIAGONAL = Curve([[(0.0, 0.0), (10.0, 4.0)]])
DRAW = """
from ktui.widgets.chart import Chart
from ktui.widgets.chart_data import ChartData, Series
import sys
assert "plotext" not in sys.modules
print(Chart(ChartData("x", (Series("a", (1.0, 2.0), (1.0, 2.0)),))).export_text())
"""


def test_the_library_is_loaded_by_the_first_drawing_and_without_its_documentation() -> None:
    printed, loaded = loaded_by(DRAW + REPORT)
    assert "┤" in printed
    assert "plotext" in loaded
    assert not [name for name in loaded if name.startswith("plotext._doc")]


def test_curves_and_axes_have_their_inks() -> None:
    drawn = plot([DIAGONAL, Curve([[(0.0, 4.0), (10.0, 4.0)]])], FRAME, 40, 8)
    assert len(drawn) == 8
    assert {sum(len(text) for text, _ in line) for line in drawn} == {40}
    assert {ink for line in drawn for _, ink in line} == {Tone.MUTED, 0, 1}
    assert {ink for _, ink in drawn[0]} == {Tone.MUTED, 1}
    assert {ink for _, ink in drawn[-3]} == {Tone.MUTED, 0}
    assert {ink for line in drawn[-2:] for _, ink in line} == {Tone.MUTED}
    assert DOCUMENTATION not in sys.modules


def test_one_drawing_leaves_nothing_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    alone = plot([DIAGONAL], FRAME, 300, 90)
    plot([Curve([[(3.0, 1.0)]], "x", (3.0, 1.0))] * 300, FRAME, 40, 8)
    assert plot([DIAGONAL], FRAME, 300, 90) == alone
    assert len(alone) == 90
    assert capsys.readouterr() == ("", "")


def test_a_letter_stands_on_its_curve() -> None:
    drawn = plot([Curve(DIAGONAL.stretches, "q", (0.0, 0.0)), Curve([])], FRAME, 40, 8)
    label, curve, *_ = drawn[-3]
    assert label == ("0┤", Tone.MUTED)
    assert (curve[0][0], curve[1]) == ("q", 0)
