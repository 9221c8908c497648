from __future__ import annotations

import json
import random
import struct
from uuid import UUID

import pytest

from ktui.adapters.serde.json_text import LARGEST, is_json, laid_out
from ktui.adapters.serde.plain import hex_lines, possible_forms, read_as, read_plain, start_of
from ktui.adapters.serde.shapes import Form, Reading


@pytest.mark.parametrize(
    ("data", "reading"),
    [
        (None, Reading("", Form.NULL)),
        (b"", Reading("", Form.TEXT)),
        (b"c42", Reading("c42", Form.TEXT)),
        ("größe".encode(), Reading("größe", Form.TEXT)),
        (b'{"a":1}', Reading('{"a":1}', Form.JSON)),
        (b' [1, 2]\n', Reading(" [1, 2]\n", Form.JSON)),
        (b"{broken", Reading("{broken", Form.TEXT)),
        (b"17", Reading("17", Form.TEXT)),
        (struct.pack(">i", 7), Reading("7", Form.INT32)),
        (struct.pack(">q", -91422), Reading("-91422", Form.INT64)),
        (b"\xff\xfe", Reading("\\xff\\xfe", Form.TEXT)),
        (b"caf\xe9 au lait", Reading("caf\\xe9 au lait", Form.TEXT)),
        (b"\x1b]0;x\x07", Reading("\x1b]0;x\x07", Form.TEXT)),
    ],
)  # fmt: skip
def test_the_likeliest_form(data: bytes | None, reading: Reading) -> None:
    assert read_plain(data) == reading


def test_every_form_that_bytes_can_have() -> None:
    assert possible_forms(struct.pack(">d", 1.5))[-2:] == (Form.INT64, Form.FLOAT64)
    assert read_as(struct.pack(">d", 1.5), Form.FLOAT64).text == "1.5"
    assert read_as(struct.pack(">f", 1.5), Form.FLOAT32).text == "1.5"
    identity = UUID(int=7)
    assert (
        read_as(identity.bytes, Form.UUID).text
        == read_as(str(identity).encode(), Form.UUID).text
        == str(identity)
    )
    assert read_as(b"\0\xff", Form.HEX).text == "00 ff"
    assert possible_forms(b"abc") == (Form.TEXT, Form.HEX)
    for form in (Form.INT32, Form.UUID, Form.JSON, Form.AVRO):
        with pytest.raises(ValueError):  # noqa: PT011 - the sentence differs by form
            read_as(b"abc", form)


def test_the_start_is_never_half_a_character() -> None:
    for text in ("aé€😀" * 20, "😀" * 50):
        data = text.encode()
        for most in range(1, 60):
            assert start_of(data, most) == text[:most]
    assert start_of(b"\xff" * 100, 8) == "\\xff\\xff"
    assert start_of(b"ab", 8) == "ab"
    assert start_of(b"ab\xc3", 8) == "ab\\xc3"


def test_hex_lines_are_those_of_hexdump() -> None:
    assert hex_lines(bytes(range(0x41, 0x41 + 18))) == [
        "00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP",
        "00000010  51 52                                             QR",
    ]


def test_laid_out_as_python_does_it_but_without_changing_a_character() -> None:
    chance = random.Random(8)
    for _ in range(2_000):
        content = _content(chance, 0)
        if isinstance(content, dict | list):
            for separators in ((",", ":"), (" , ", " :\n")):
                text = json.dumps(content, separators=separators, ensure_ascii=chance.random() < 0.5)
                expected = json.dumps(json.loads(text), indent=2, ensure_ascii="\\u" in text)
                assert "\n".join(laid_out(text)) == expected
    assert laid_out('{"a":1.00,"a":1e400,"b":10000000000000000000000}') == [
        "{", '  "a": 1.00,', '  "a": 1e400,', '  "b": 10000000000000000000000', "}",
    ]  # fmt: skip


def _content(chance: random.Random, depth: int) -> object:
    kind = chance.randrange(6 if depth < 4 else 3)
    if kind == 0:
        return chance.choice([1, -1.5, True, None, 10**30])
    if kind < 3:
        return "".join(chance.choice('a"\\{}[],: \n\x00') for _ in range(chance.randrange(6)))
    if kind < 5:
        names = ["".join(chance.choice('ab":,{') for _ in range(3)) for _ in range(chance.randrange(4))]
        return {name: _content(chance, depth + 1) for name in names}
    return [_content(chance, depth + 1) for _ in range(chance.randrange(4))]


def test_only_what_is_worth_it_is_json() -> None:
    assert is_json(' {"a": NaN} ')
    for text in ("", "1", '"a"', "{", "[1,]", "x{}", "[" * 100_000):
        assert not is_json(text)
    assert not is_json('["' + "x" * LARGEST + '"]')
    deep = "[" * 900 + "]" * 900
    assert len(laid_out(deep)) == 1799
