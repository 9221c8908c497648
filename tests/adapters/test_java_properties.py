"""The syntax of java.util.Properties, and files that are not properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.java_properties import parse_properties, read_properties


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("\n  \n# comment = 1\n  ! other\n", {}),
        (
            "a=1\nb = 2\nc:3\nd : 4\ne 5\nf\t=\t6",
            {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"},
        ),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("a==b", {"a": "=b"}),
        ("a = : b", {"a": ": b"}),
        ("  a=1  ", {"a": "1  "}),
        ("a=1\r\nb=2\rc=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=one \\\n   two\\\r\n\tthree", {"a": "one twothree"}),
        ("a=one\\\n# no comment", {"a": "one# no comment"}),
        ("a=one\\", {"a": "one"}),
        ("a=one\\\\\nb=2", {"a": "one\\", "b": "2"}),
        (r"a\ b\:c\=d=1", {"a b:c=d": "1"}),
        (r"a=\t\n\r\f\q\"", {"a": '\t\n\r\fq"'}),
        (r"a=\u00fc\u20AC", {"a": "ü€"}),
        ("a=1\na=2", {"a": "2"}),
        ("a=1 # not a comment", {"a": "1 # not a comment"}),
        ("=x", {"": "x"}),
    ],
)
def test_syntax(text: str, expected: dict[str, str]) -> None:
    assert {key: entry.value for key, entry in parse_properties(text, "x").items()} == expected


def test_lines_are_those_that_entries_begin_on() -> None:
    entries = parse_properties("# one\na=1\\\n  2\n\nb=3", "x")
    assert (entries["a"].line, entries["b"].line) == (2, 5)


@pytest.mark.parametrize("escape", [r"\u12", r"\uxyzw", "\\u"])
def test_bad_unicode_escape(escape: str) -> None:
    with pytest.raises(BadSettings, match=r"x: line 2: \\u is not followed by four hexadecimal digits"):
        parse_properties(f"a=1\nb={escape}", "x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "client.properties"
    file.write_bytes("a=grün".encode(encoding))
    assert read_properties(file)["a"].value == "grün"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read: no such file"):
        read_properties(tmp_path / "missing")
    with pytest.raises(BadSettings, match="cannot be read: is a directory"):
        read_properties(tmp_path)
    with pytest.raises(BadSettings, match="not a file name"):
        read_properties("a\0b")
    binary = tmp_path / "store.jks"
    binary.write_bytes(b"\xfe\xed\xfe\xed\0\0\0\2")
    with pytest.raises(BadSettings, match="not a properties file"):
        read_properties(binary)
