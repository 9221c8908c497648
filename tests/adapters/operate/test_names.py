from __future__ import annotations

import pytest

from ktui.adapters.operate.names import collision_fault, is_internal_name, name_fault


@pytest.mark.parametrize("name", ["a", "orders", "a.b_c-D9", "...", "._.", "x" * 249, "__mine"])
def test_legal_names(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("", "needs a name"),
        (".", "'.'"),
        ("..", "'..'"),
        ("x" * 250, "250 characters"),
        ("a b", "has space"),
        ("a/b", "'/'"),
        ("größe", r"'\xf6' '\xdf'"),
        ("a\x1b[31m", r"'\x1b' '['"),
    ],
)
def test_illegal_names_say_why_in_printable_ascii(name: str, part: str) -> None:
    fault = name_fault(name)
    assert fault is not None
    assert part in fault
    assert fault.isascii()
    assert fault.isprintable()


def test_collision_is_found_in_both_directions() -> None:
    assert collision_fault("a.b", ["x", "a_b"]) == (
        "a.b collides with the topic a_b: in Kafka's metrics '.' and '_' are the same."
    )
    assert collision_fault("a_b", ["a.b"]) is not None


@pytest.mark.parametrize(
    ("name", "others"), [("a.b", ["a.b"]), ("a-b", ["a_b"]), ("ab", ["a_b"]), ("a.b", [])]
)
def test_no_collision(name: str, others: list[str]) -> None:
    assert collision_fault(name, others) is None


def test_only_the_known_set_is_internal_by_name() -> None:
    assert is_internal_name("__consumer_offsets")
    assert not is_internal_name("__mine")
