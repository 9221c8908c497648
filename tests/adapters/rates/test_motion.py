from __future__ import annotations

from ktui.adapters.rates.motion import Change, Changes, Motion


class Script:
    """One topic, one number a second."""

    def __init__(self, name: str = "t", changes: Changes | None = None) -> None:
        self.changes = changes or Changes()
        self._name, self._motion, self._second = name, Motion(), 0

    def play(self, *numbers: float) -> Changes:
        for number in numbers:
            self._second += 1
            self.changes.note(self._name, self._motion, number, 1e9 + self._second, self._second)
        return self.changes


def test_a_topic_that_moved_steadily_and_moves_no_more_has_stopped() -> None:
    script = Script()
    assert script.play(*[10] * 5, 3, 0, 0).stopped() == ()
    assert script.play(0).stopped() == (Change("t", 1e9 + 9, 10),)
    assert script.play(*[0] * 5).stopped() == (Change("t", 1e9 + 9, 10),)
    assert script.play(4).stopped() == ()


def test_a_topic_that_moves_now_and_then_has_not_stopped() -> None:
    assert Script().play(*[1, 0, 0, 0, 0] * 9).stopped() == ()


def test_a_topic_has_begun_when_it_was_idle_before() -> None:
    script = Script()
    assert script.play(*[0] * 11, 5, 5).began() == (Change("t", 1e9 + 12, 0.0),)
    assert script.play(*[5] * 9, 0, 0, 0).began() == ()


def test_a_topic_that_moved_when_it_was_seen_first_has_not_begun() -> None:
    assert Script().play(5, 5, 0, 0, 5).began() == ()


def test_the_newest_come_first_and_a_hundred_are_kept() -> None:
    changes = Changes()
    for number in range(130):
        Script(f"t{number}", changes).play(*[0] * 11, 5)
    assert len(changes.began()) == 100
    assert changes.began()[0].topic == "t129"
    changes.forget("t129")
    assert changes.began()[0].topic == "t128"
