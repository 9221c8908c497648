from __future__ import annotations

import dataclasses

import pytest

from ktui.adapters.reduce import Reducer
from tests.adapters.histories import history, picture

REMEMBERED = {
    "snapshot", "_held", "_settings", "_moving", "_controllers", "_kinds", "_roll", "_sizes", "_problems",
}  # fmt: skip
BEGUN_AGAIN = {"timeline", "_chronicle"}
"""What happened before is not remembered."""


def test_nothing_has_happened_to_a_reducer_that_recalls() -> None:
    reducer = Reducer()
    for batch in history(3):
        reducer.apply(batch)
    assert reducer.timeline.view.kept > 0
    other = Reducer.recalling(reducer.memory())
    assert (other.timeline.view.kept, other.timeline.due) == (0, None)
    assert other.timeline.view.since == reducer.snapshot.taken_at


@pytest.mark.parametrize("seed", range(20))
def test_another_reducer_goes_on_where_one_was(seed: int) -> None:
    batches = list(history(seed))
    reducer = Reducer()
    for batch in batches[: 10 + seed]:
        reducer.apply(batch)
    other = Reducer.recalling(reducer.memory())
    assert picture(other.snapshot) == picture(reducer.snapshot)
    for batch in batches[10 + seed :]:
        assert picture(other.apply(batch)) == picture(reducer.apply(batch))


def test_what_a_reducer_keeps_is_in_its_memory() -> None:
    """A new field belongs into `Reducer.memory` and `Reducer.recalling`, and then in this list."""
    assert {field.name for field in dataclasses.fields(Reducer)} == REMEMBERED | BEGUN_AGAIN


def test_a_reducer_that_knows_nothing() -> None:
    assert picture(Reducer.recalling(Reducer().memory()).snapshot) == picture(Reducer().snapshot)
