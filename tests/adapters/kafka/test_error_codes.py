from __future__ import annotations

import pytest
from kio.schema.errors import ErrorCode

from ktui.adapters.errors import NotPermitted, Refused
from ktui.adapters.kafka.error_codes import Code, check, is_retriable, name_of, refusal, sentence_of
from ktui.adapters.kafka.operations import NOT_TOLD, Operation, operations_of


def test_the_list_is_that_of_kio() -> None:
    assert {code.name: int(code) for code in Code} == {code.name.upper(): int(code) for code in ErrorCode}
    assert {int(code) for code in Code if is_retriable(code)} == {
        int(code) for code in ErrorCode if code.retriable
    }


def test_codes_of_the_future_have_a_name_too() -> None:
    assert (name_of(999), sentence_of(999), is_retriable(999)) == ("ERROR_999", "error 999", False)


def test_every_code_has_words() -> None:
    assert all(sentence_of(code) and "_" not in sentence_of(code) for code in Code)


def test_refusals_say_why() -> None:
    error = refusal(36, "Topic 'a' already exists.")
    assert (str(error), error.code, error.name) == ("Topic 'a' already exists.", 36, "TOPIC_ALREADY_EXISTS")
    assert not error.is_retriable
    assert refusal(41).is_retriable
    assert not isinstance(error, NotPermitted)


def test_missing_rights_name_the_right() -> None:
    error = refusal(31, "Cluster authorization failed.", needs="Describe on Cluster")
    assert isinstance(error, NotPermitted)
    assert str(error) == "needs Describe on Cluster"
    assert str(refusal(29)) == "no right to do this with the topic"


def test_no_error_raises_nothing() -> None:
    check(0)
    with pytest.raises(Refused, match="not the controller"):
        check(41)


def test_operations() -> None:
    assert operations_of(NOT_TOLD) is None
    assert operations_of(0) == frozenset()
    assert operations_of(1 << 3 | 1 << 15) == {Operation.READ, Operation.TWO_PHASE_COMMIT}
