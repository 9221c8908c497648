from __future__ import annotations

import json
from pathlib import Path

import pytest

from ktui.adapters.errors import NoAnswer
from ktui.adapters.serde.masking import MaskRule
from ktui.adapters.serde.shapes import Part
from tests.tui.screens.tailing import give, open_record, tail_of
from tests.tui.scripted_tail import AT_MS, EVIDENCE, Tails, record, take_over


@pytest.fixture
def tails(monkeypatch: pytest.MonkeyPatch) -> Tails:
    return take_over(monkeypatch)


def written_in(folder: Path) -> str:
    return next(folder.iterdir()).read_text()


async def test_a_record_in_three_ways(tails: Tails) -> None:
    headers = (("trace", b"abc"), ("trace", None), ("bytes", b"\xff"))
    async with tail_of(tails, "tail orders c42") as ui:
        one = record(17, value=b'{"id":1,"list":[1.50]}', partition=4, headers=headers)
        await open_record(ui, tails.last, one, evidence=EVIDENCE)
        assert ui.lines[0] == "orders  partition 4  offset 17"
        text = ui.text
        assert f"2026-11-23 14:00:00.000 UTC, CreateTime ({AT_MS})" in text
        assert "4: by murmur2 of the key, as in 600 samples: evidence, not proof" in text
        assert [line.strip() for line in ui.lines if "trace" in line or "bytes " in line][1:] == [
            "trace  abc", "trace  null", "bytes  \\xff",
        ]  # fmt: skip
        assert '   "list": [' in text
        assert "     1.50" in text
        await ui.press("tab")
        assert ' {"id":1,"list":[1.50]}' in ui.lines
        await ui.press("tab")
        assert "00000000  7b 22 69 64 22 3a 31 2c" in ui.text
        await ui.press("escape")
        assert ui.lines[2].startswith("orders  key = c42")


async def test_neighbours_whatever_the_filter_says(tails: Tails) -> None:
    async with tail_of(tails, "tail orders c42") as ui:
        await open_record(ui, tails.last, record(17))
        tails.last.neighbours = (record(16, b"other"), record(17))
        await ui.press("left")
        await ui.until(lambda: ui.lines[0].endswith("offset 16"))
        assert "other" in ui.text
        tails.last.neighbours = (record(16, b"other"),)
        await ui.press("left")
        await ui.until(lambda: "There is none before it." in ui.lines[0])
        tails.last.neighbours = NoAnswer("broker 2: no answer")
        await ui.press("right")
        await ui.until(lambda: "broker 2: no answer" in ui.lines[0])
        assert tails.last.asked == [(0, 17, 1, 0), (0, 16, 1, 0), (0, 16, 0, 1)]


async def test_long_values_are_cut_until_asked_for(tails: Tails) -> None:
    whole = b"x" * 40_000 + b"END"
    async with tail_of(tails) as ui:
        tails.last.neighbours = (record(17, value=whole),)
        await open_record(ui, tails.last, record(17, value=whole[:20_000], cut=len(whole) - 20_000))
        await ui.until(lambda: tails.last.asked == [(0, 17, 0, 0)])
        await ui.press("G")
        await ui.until(lambda: "… 23,619 more; a shows them" in ui.text)
        await ui.press("a")
        await ui.until(lambda: "a shows them" not in ui.text)
        await ui.press("G")
        await ui.until(lambda: "END" in ui.text)


async def test_numbers_in_keys_are_read_and_their_other_forms_named(tails: Tails) -> None:
    async with tail_of(tails) as ui:
        await open_record(ui, tails.last, record(17, (7).to_bytes(8, "big"), b"plain"))
        assert ui.line_with(" key  ").split() == ["key", "int64"]
        assert "or float64 3.5e-323  hex 00 00 00 00 00 00 00 07" in ui.text


async def test_copy_and_export(tails: Tails, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with tail_of(tails) as ui:
        one = record(17, value=b'{"id":1}', headers=(("a", None), ("b", b"\xff")))
        await give(ui, tails.last, [record(16, None, None), one])
        await ui.press("y")
        assert ui.app.clipboard == '{\n  "id": 1\n}'
        await ui.press("ctrl+e")
        await ui.until(lambda: "Written to" in ui.text)
        lines = [json.loads(line) for line in written_in(tmp_path).splitlines()]
        assert lines[0]["key"] is lines[0]["value"] is None
        assert lines[1] == {
            "topic": "orders", "partition": 0, "offset": 17, "timestamp": AT_MS, "timestamp_type": "CreateTime",
            "key": "c42", "value": '{"id":1}', "headers": [["a", None], ["b", {"base64": "/w=="}]], "size": 14,
        }  # fmt: skip
        await ui.press("enter", "tab", "y")
        assert ui.app.clipboard == '{"id":1}'


async def test_what_is_masked_is_seen_nowhere(
    tails: Tails, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rules = (MaskRule("ord*", ".card.number"), MaskRule("orders", part=Part.KEY))
    async with tail_of(tails, mask_rules=rules) as ui:
        secret = record(17, b"alice", b'{"card":{"number":"4711-0815","kind":"x"}}')
        await give(ui, tails.last, [secret, record(18, b"alice", b"card 4711-0815")])
        assert "masked" in ui.lines[2]
        seen = [ui.text]
        await ui.press("up", "up", "y", "ctrl+e")
        seen.append(ui.app.clipboard)
        await ui.until(lambda: any(tmp_path.iterdir()))
        await ui.until(lambda: "Written to" in ui.text)
        await ui.press("enter")
        for _ in range(3):
            seen.append(ui.text)
            await ui.press("y")
            seen.append(ui.app.clipboard)
            await ui.press("tab")
        seen.append(written_in(tmp_path))
        assert ["kind" in text for text in (seen[0], seen[1], seen[-1])] == [True, True, True], seen
        for text in seen:
            assert "4711" not in text
            assert "alice" not in text


async def test_nothing_of_a_record_steers_the_terminal(tails: Tails) -> None:
    evil = "\x1b]0;owned\x07\x9b2J\u202egnp.exe\u2066\r\n\x00".encode()
    async with tail_of(tails) as ui:
        one = record(17, evil, evil + b"\xff\xfe", headers=((evil.decode(), evil),))
        await give(ui, tails.last, [one], notes=(evil.decode(),))
        for _ in range(4):
            assert all(line.isprintable() for line in ui.lines)
            assert "\\x1b]0;owned" in ui.text
            await ui.press("enter" if ui.lines[0].startswith("local") else "tab")
