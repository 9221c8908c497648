from __future__ import annotations

import pytest
from kazoo.exceptions import (
    EXCEPTIONS,
    ConnectionClosedError,
    ConnectionLoss,
    KazooException,
    MarshallingError,
    NoAuthError,
    SessionExpiredError,
    UnimplementedError,
)

from ktui.adapters.errors import AdapterError, BadAnswer, NoAnswer, NotPermitted, NotSupported, Refused
from ktui.adapters.zookeeper.translate import translated


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NoAuthError(), NotPermitted),
        (UnimplementedError(), NotSupported),
        (ConnectionLoss(), NoAnswer),
        (SessionExpiredError(), NoAnswer),
        (ConnectionClosedError(), NoAnswer),
        (KazooException("its own"), NoAnswer),
        (MarshallingError(), Refused),
        (RuntimeError("xids do not match"), BadAnswer),
    ],
)
def test_each_kind_of_error(error: Exception, expected: type[AdapterError]) -> None:
    ours = translated(error, "/brokers/ids", is_zookeepers=isinstance(error, KazooException))
    assert type(ours) is expected
    assert "\n" not in str(ours)


def test_every_code_of_zookeeper_has_a_sentence() -> None:
    for error in EXCEPTIONS.values():
        assert str(translated(error(), "/a", is_zookeepers=True))
