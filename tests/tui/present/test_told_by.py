from __future__ import annotations

from dataclasses import replace

from ktui.adapters.model import ClusterSnapshot, Fault
from ktui.tui.cli.status_text import status_lines
from ktui.tui.present.largest import NameAndBytes
from ktui.tui.present.overview import overview
from ktui.tui.present.problems import ProblemSearch
from ktui.tui.present.slices import at_once
from ktui.widgets.cells import plain
from tests.tui.builders import NOW, small

FOLLOWED = "Told by     the metadata log (needs ClusterAction: its holder can act as anyone)"
ASKED = "Told by     brokers, asked again and again: the metadata log cannot be read"


def lines_of(snapshot: ClusterSnapshot) -> set[str]:
    nothing: list[NameAndBytes] = []
    worst = at_once(ProblemSearch().find(snapshot.topics, 1))
    shown = {plain(line).rstrip() for line in overview(snapshot, worst, nothing, NOW)}
    printed = set(status_lines(snapshot, limit=1))
    assert {line for line in shown if "Told" in line} == {line for line in printed if "Told" in line}
    return shown


def test_nothing_is_said_where_brokers_alone_tell() -> None:
    assert not any("Told by" in line for line in lines_of(small()))


def test_the_log_is_named_with_what_the_right_for_it_means_in_80_columns() -> None:
    followed = replace(small(), sources=("metadata-log", "poll"))
    assert FOLLOWED in lines_of(followed)
    assert len(FOLLOWED) <= 80


def test_a_log_that_cannot_be_read_is_said_whether_it_was_read_before_or_not() -> None:
    fault = Fault("metadata log", "controllers", "needs ClusterAction", NOW, blocks=True)
    for sources in (("poll",), ("metadata-log", "poll")):
        assert ASKED in lines_of(replace(small(), sources=sources, faults=(fault,)))
