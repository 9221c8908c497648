"""What views tell the application."""

from __future__ import annotations

from textual.message import Message

from ktui.tui.places import Place


class Go(Message):
    """Show another place; the way back leads here."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class OffersChanged(Message):
    """Other commands than before work in this view."""


class Say(Message):
    """A sentence for a moment."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class SnapshotArrived(Message):
    """Posted on the feed's thread: there is a snapshot to take."""


class TaskFailed(Message):
    """A background task ended with an error that nobody expected."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class TopicGone(Message):
    """A topic was deleted: there is nothing to go back to."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
