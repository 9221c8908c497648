"""An operator on a cluster made of values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target
from tests.adapters.operate.fake_ground import FakeGround


@pytest.fixture
def ground() -> FakeGround:
    return FakeGround()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "state" / "audit.jsonl", tmp_path / "state" / "deleted-topics")


@pytest.fixture
def operator_of(ground: FakeGround, paths: Paths) -> Callable[..., Operator]:
    def make(target: Target | None = None) -> Operator:
        return Operator(ground, target or Target(), paths=paths, patience=Patience(0.05, 0.005))

    return make
