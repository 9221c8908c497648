from __future__ import annotations

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.operate.spec import (
    CreateTopic,
    check_create,
    format_assignment,
    parse_assignment,
    parse_configs,
)


def test_a_spec_may_leave_everything_to_the_cluster() -> None:
    check_create(CreateTopic("orders"))


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        (CreateTopic("a b"), "has space"),
        (CreateTopic("a", 0), "not 0"),
        (CreateTopic("a", -3), "not -3"),
        (CreateTopic("a", 2**31), "2,147,483,648"),
        (CreateTopic("a", 1, 0), "replication factor must be"),
        (CreateTopic("a", 1, 32768), "32,768"),
        (CreateTopic("a", 1, assignment=((1,),)), "no numbers besides it"),
        (CreateTopic("a", assignment=()), "at least one"),
        (CreateTopic("a", assignment=((1,), ())), "at least one broker"),
        (CreateTopic("a", assignment=((1, 1),)), "twice for partition 0"),
        (CreateTopic("a", assignment=((1, 2), (3,))), "partition 1 1 replicas"),
        (CreateTopic("a", assignment=((2**31,),)), "no broker id"),
        (CreateTopic("a", configs={"": "1"}), "needs a name"),
        (CreateTopic("a", configs={"k": "\udc80"}), "no text"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(spec: CreateTopic, part: str) -> None:
    with pytest.raises(BadSettings) as caught:
        check_create(spec)
    assert part in str(caught.value)


def test_assignment_as_kafka_topics_takes_it() -> None:
    assert parse_assignment("1:2, 2:3") == ((1, 2), (2, 3))
    assert format_assignment(((1, 2), (2, 3))) == "1:2,2:3"


@pytest.mark.parametrize("text", ["", "1:", "1;2", "1:2,,3", "a", "-1", "²"])
def test_bad_assignment_is_one_sentence(text: str) -> None:
    with pytest.raises(BadSettings, match="write brokers by colon"):
        parse_assignment(text)


def test_configs() -> None:
    assert parse_configs(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(BadSettings, match="NAME=VALUE"):
        parse_configs(["a"])
    with pytest.raises(BadSettings, match="twice"):
        parse_configs(["a=1", "a=2"])
