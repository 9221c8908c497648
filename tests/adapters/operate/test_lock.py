from __future__ import annotations

from ktui.adapters.operate.lock import Lock
from ktui.adapters.target import Target


def test_production_starts_locked_unless_writes_are_allowed() -> None:
    assert Lock.of(Target(environment="production")).is_locked
    assert not Lock.of(Target(environment="production", allows_writes=True)).is_locked
    assert not Lock.of(Target(environment="staging")).is_locked
    assert not Lock.of(Target()).is_locked


def test_unlocked_for_a_while() -> None:
    now = [100.0]
    lock = Lock(is_locked=True, monotonic=lambda: now[0])
    assert (lock.is_locked, lock.left_s) == (True, None)
    lock.unlock(60)
    assert (lock.is_locked, lock.left_s) == (False, 60.0)
    now[0] += 59.9
    assert not lock.is_locked
    now[0] += 0.1
    assert (lock.is_locked, lock.left_s) == (True, None)


def test_locked_at_once() -> None:
    lock = Lock(is_locked=False)
    assert lock.left_s is None
    lock.lock()
    assert lock.is_locked
