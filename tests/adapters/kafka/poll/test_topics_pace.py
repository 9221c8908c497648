from __future__ import annotations

import pytest

from ktui.adapters.kafka.poll.topics import TopicsQuestion
from tests.adapters.kafka.poll.desks import desk


@pytest.mark.parametrize(
    ("size", "period_s"),
    [(0, 1.0), (200_000, 1.0), (440_000, 2.2), (1_000_000, 5.0), (5_000_000, 5.0), (8_800_000, 8.8)],
)
def test_the_larger_an_answer_is_the_less_often_it_is_asked_for(size: int, period_s: float) -> None:
    question = TopicsQuestion(desk()[0], lambda new, gone, short: None)
    question.bytes = size
    assert question.period_s() == pytest.approx(period_s)
    assert question.is_paced is (period_s > 1)
