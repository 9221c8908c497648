"""`sasl.jaas.config` as Java reads it."""

from __future__ import annotations

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.kafka.jaas import parse_jaas


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("a.b.Mod required;", "Mod", {}),
        ('a.Mod required user="x" password="y";', "Mod", {"user": "x", "password": "y"}),
        ("Mod REQUIRED\n  user='x'\n  password = y ;\n", "Mod", {"user": "x", "password": "y"}),
        (r'Mod required p="a\"b\\c\n\101";', "Mod", {"p": 'a"b\\c\nA'}),
        ('Mod required p="a;b=c\'d" q="";', "Mod", {"p": "a;b=c'd", "q": ""}),
        ('Mod required /* why */ p="x" // not\n q="y";', "Mod", {"p": "x", "q": "y"}),
        (r'Mod required p="\8\9";', "Mod", {"p": "89"}),
    ],
)
def test_read(text: str, name: str, options: dict[str, str]) -> None:
    module = parse_jaas(text)
    assert (module.short_name, module.options) == (name, options)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a login module"),
        ("Mod", "a login module"),
        ('Mod user="hunter2";', "a login module"),
        ('Mod required user="hunter2"', '";" is missing'),
        ('Mod required user="hunter2;', "a quote is not closed"),
        ('Mod required user="hunter2" password;', "option 2"),
        ('Mod required user "hunter2";', "option 1"),
        ('Mod required ="hunter2";', "option 1"),
        ('A required a="hunter2"; B required;', "only one login module"),
    ],
)
def test_refused_without_quoting_values(text: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason) as caught:
        parse_jaas(text)
    assert "hunter2" not in str(caught.value)


def test_prints_without_its_options() -> None:
    assert "hunter2" not in repr(parse_jaas('Mod required p="hunter2";'))
