"""From one controller to the next, and whether there was none in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ktui.adapters.model import Controller
from ktui.adapters.timeline.kinds import Kind

ControllerStep: TypeAlias = tuple[Kind, int | None, int | None, str | None]
"""Kind, the controller's id before and after, and a word more."""


@dataclass(slots=True)
class ControllerTold:
    """The controller as it was told of last."""

    _held: Controller | None = None
    _is_lost: bool = False

    def follow(self, controller: Controller | None, *, is_absent: bool) -> Iterator[ControllerStep]:
        """What is different now.

        In ZooKeeper mode there is no quorum: a moment without a controller is part of a move.
        """
        held = self._held
        if controller is None:
            if is_absent and held is not None and held.source == "quorum" and not self._is_lost:
                self._is_lost = True
                yield (Kind.QUORUM_LOST, held.id, None, None)
            return
        if held is not None and _is_older(controller, held):
            return
        self._held = controller
        if held is not None and _has_moved(held, controller):
            yield (Kind.CONTROLLER_MOVED, held.id, controller.id, _epochs(held, controller))
        if self._is_lost:
            self._is_lost = False
            yield (Kind.QUORUM_REGAINED, None, controller.id, _epoch(controller))


def _is_older(controller: Controller, held: Controller) -> bool:
    if controller.source != held.source or controller.epoch is None or held.epoch is None:
        return False
    return controller.epoch < held.epoch


def _has_moved(held: Controller, controller: Controller) -> bool:
    if held.id != controller.id:
        return True
    both_known = held.epoch is not None and controller.epoch is not None
    return held.source == controller.source and both_known and held.epoch != controller.epoch


def _epoch(controller: Controller) -> str | None:
    return None if controller.epoch is None else f"epoch {controller.epoch}"


def _epochs(held: Controller, controller: Controller) -> str | None:
    if controller.epoch is None:
        return None
    if held.source != controller.source or held.epoch is None:
        return _epoch(controller)
    return f"epoch {held.epoch} → {controller.epoch}"
