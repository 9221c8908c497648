from __future__ import annotations

import pytest

from ktui.adapters.addresses import Address, parse_addresses
from ktui.adapters.errors import BadSettings


def test_a_list_of_addresses() -> None:
    text = "a:9092, b.example:9093,[::1]:9094,PLAINTEXT://c:9095"
    assert parse_addresses(text, "-b") == (
        Address("a", 9092), Address("b.example", 9093), Address("::1", 9094), Address("c", 9095),
    )  # fmt: skip
    assert str(Address("::1", 9094)) == "[::1]:9094"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no address given"),
        ("host", "has no port"),
        (":9092", "has no port"),
        ("host:", "the port must be a number"),
        ("host:kafka", "the port must be a number"),
        ("host:0", "the port must be a number"),
        ("host:70000", "the port must be a number"),
        ("fe80::1:9092", "write an IPv6 address as"),
    ],
)
def test_a_wrong_address_is_named_with_the_option(text: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason) as error:
        parse_addresses(text, "--bootstrap-server")
    assert str(error.value).startswith("--bootstrap-server: ")
