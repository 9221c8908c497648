from __future__ import annotations

import pytest

from ktui.adapters.errors import BadAnswer
from ktui.adapters.zookeeper.wire import (
    NO_AUTH,
    NO_NODE,
    AddWatch,
    MultiRead,
    Node,
    changed_path,
    children_of,
    joined,
    node_of,
    nodes_of,
)
from tests.adapters.zookeeper.raw import got_data, got_many, got_names

NODES = [Node(b'{"a":1}', 3, 10, 12, 0, 1_700_000_000_001, 13), Node(b"", 0, 11, 11, 0, 7, 11)]


def test_a_multi_read_asks_for_data_without_a_watch() -> None:
    # MultiOperationRecord: two getData (opcode 4) and the end mark, each behind a MultiHeader.
    assert MultiRead(["/a", "/bc"], "/k").serialize() == bytes.fromhex(
        "00000004 00 ffffffff 00000004 2f6b2f61 00"
        "00000004 00 ffffffff 00000005 2f6b2f6263 00"
        "ffffffff 01 ffffffff"
    )


def test_a_tree_watch_is_asked_for() -> None:
    assert AddWatch("/a").serialize() == bytes.fromhex("00000002 2f61 00000001")
    assert AddWatch("/a").deserialize(b"header" + b"\0\0\0\0", 6) == b"\0\0\0\0"


def test_the_path_of_a_watch_event() -> None:
    event = b"header" + bytes.fromhex("00000003 00000003 00000004 2f61c3a9")
    assert changed_path(event, 6) == "/a\u00e9"
    with pytest.raises(BadAnswer, match="protocol"):
        changed_path(event[:12], 6)


def test_the_instant_of_a_write() -> None:
    assert NODES[0].written_at == 1_700_000_000.001
    assert Node(b"").written_at is None


def test_each_answer_of_a_multi_read_is_a_node_or_an_error_of_its_own() -> None:
    answer = got_many([NODES[0], NO_NODE, NODES[1], NO_AUTH])
    assert nodes_of(answer) == [NODES[0], Node(b"", error=NO_NODE), NODES[1], Node(b"", error=NO_AUTH)]


def test_the_header_of_a_reply_is_left_out() -> None:
    assert MultiRead([]).deserialize(b"header" + got_many(NODES), 6) == got_many(NODES)


TOO_LONG = b"\0\0\0\4\0\0\0\0\0\x7f\xff\xff\xff" + b"x" * 99


@pytest.mark.parametrize("broken", [b"\0" * 40, got_many(NODES)[:60], TOO_LONG])
def test_bytes_that_are_no_answer_are_a_bad_answer(broken: bytes) -> None:
    with pytest.raises(BadAnswer, match="protocol"):
        nodes_of(broken)


def test_single_answers_join_to_the_same_form() -> None:
    assert nodes_of(joined([got_data(NODES[0]), NO_NODE])) == [NODES[0], Node(b"", error=NO_NODE)]
    assert nodes_of(joined([])) == []


def test_a_single_answer() -> None:
    assert node_of(got_data(NODES[0])) == NODES[0]


def test_children_come_in_slices() -> None:
    names = [f"topic-{number}" for number in range(25)]
    answer, found, offset = got_names(names), list[str](), 4
    while more := children_of(answer, offset, 10)[0]:
        offset = children_of(answer, offset, 10)[1]
        found += more
    assert found == names
    assert children_of(got_names([]))[0] == []
