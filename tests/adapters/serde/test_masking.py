from __future__ import annotations

import json

import pytest

from ktui.adapters.serde.masking import MaskRule, Masks
from ktui.adapters.serde.shapes import NULL, Form, Part, Reading


def masked(rules: list[MaskRule], text: str, topic: str = "payments", part: Part = Part.VALUE) -> str:
    form = Form.JSON if text[:1] in "{[" else Form.TEXT
    return Masks(rules).applied(Reading(text, form), topic, part).text


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        (".card", '{"card":{"n":1},"id":2}', {"card": "***", "id": 2}),
        (".card.number", '{"card":{"number":1,"x":2}}', {"card": {"number": "***", "x": 2}}),
        (".items[].name", '{"items":[{"name":"a"},{"name":"b","n":1},3]}',
         {"items": [{"name": "***"}, {"name": "***", "n": 1}, 3]}),
        (".tags[]", '{"tags":["a","b"]}', {"tags": ["***", "***"]}),
        (".items.name", '{"items":[{"name":"a"}]}', {"items": [{"name": "***"}]}),
        (".name", '[{"name":"a"},[{"name":"b"}]]', [{"name": "***"}, [{"name": "***"}]]),
        (".gone", '{"id":2}', {"id": 2}),
        ("$.id", '{"id":null}', {"id": "***"}),
        ("id", '{"id":2,"id":3}', {"id": "***"}),
    ],
)  # fmt: skip
def test_fields(field: str, before: str, after: object) -> None:
    assert json.loads(masked([MaskRule("pay*", field)], before)) == after


def test_the_whole_where_it_is_said_or_where_the_field_cannot_be_told() -> None:
    assert masked([MaskRule("payments")], '{"a":1}') == "***"
    for unreadable in ("card 4711", '{"card":', "4711", '"4711"'):
        assert masked([MaskRule("payments", ".card")], unreadable) == "***"


def test_only_what_the_rule_is_about() -> None:
    rule = MaskRule("pay?ents", part=Part.KEY)
    assert masked([rule], "secret", part=Part.KEY) == "***"
    assert masked([rule], "open") == "open"
    assert masked([rule], "open", topic="orders", part=Part.KEY) == "open"
    assert Masks([rule]).applied(NULL, "payments", Part.KEY) is NULL
