from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from ktui.widgets.form import FormOutcome, FormScreen
from ktui.widgets.form_fields import FieldKind, FieldRow, FieldSpec, own_error
from ktui.widgets.push_button import PushButton
from tests.widgets.doubles import WidgetApp, shown_lines

SIZE = (80, 24)
FIELDS = (
    FieldSpec("name", "Name", required=True, hint="letters and digits"),
    FieldSpec("partitions", "Partitions", value="6", kind=FieldKind.INT),
    FieldSpec("policy", "Cleanup", value="delete", kind=FieldKind.CHOICE, choices=("delete", "compact")),
    FieldSpec("config", "More settings", kind=FieldKind.LINES),
)


class FormApp(WidgetApp):
    def __init__(self, *outcomes: FormOutcome | Exception, fields: tuple[FieldSpec, ...] = FIELDS) -> None:
        super().__init__()
        self.outcomes = list(outcomes)
        self.sent: list[Mapping[str, str]] = []
        self.results: list[dict[str, str] | None] = []
        self.answer = asyncio.Event()
        self.answer.set()
        self.form = FormScreen(
            "New topic",
            fields,
            check=self.check,
            submit=self.submit,
            preview=lambda values: f"create {values['name']}",
        )

    def on_mount(self) -> None:
        self.push_screen(self.form, self.results.append)

    def check(self, values: Mapping[str, str]) -> Mapping[str, str]:
        return {"name": "there is a topic of that name"} if values["name"] == "taken" else {}

    async def submit(self, values: Mapping[str, str]) -> FormOutcome:
        self.sent.append(values)
        await self.answer.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else FormOutcome(ok=True)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def part(pilot: Pilot[None], name: str) -> str:
    return "\n".join(shown_lines(pilot.app.screen.query_one(f"#{name}")))


def remark(app: FormApp, key: str) -> str:
    row = next(row for row in app.form.query(FieldRow) if row.spec.key == key)
    return "\n".join(shown_lines(row.query_one("#remark")))


async def settled(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize(
    ("spec", "value", "error"),
    [
        (FieldSpec("k", "K", required=True), "", "is needed"),
        (FieldSpec("k", "K", required=True), "  ", "is needed"),
        (FieldSpec("k", "K"), "", ""),
        (FieldSpec("k", "K", kind=FieldKind.INT), "12", ""),
        (FieldSpec("k", "K", kind=FieldKind.INT), "-1", ""),
        (FieldSpec("k", "K", kind=FieldKind.INT), "", ""),
        (FieldSpec("k", "K", kind=FieldKind.INT), "1.5", "must be a whole number"),
    ],
)
def test_a_field_checks_its_own_kind(spec: FieldSpec, value: str, error: str) -> None:
    assert own_error(spec, value) == error


async def test_filled_in_by_keyboard_and_sent() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "tab", "backspace", "1", "2", "tab", "right", "tab")
        await pilot.press("a", "=", "1", "enter", "b", "=", "2", "ctrl+s")
        await settled(pilot)
        expected = {"name": "orders", "partitions": "12", "policy": "compact", "config": "a=1\nb=2"}
        assert app.results == [expected]
        assert app.sent == [expected]


async def test_enter_goes_to_the_next_field_and_sends_in_the_last() -> None:
    app = FormApp(fields=FIELDS[:2])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "enter")
        assert app.sent == []
        await pilot.press("enter")
        await settled(pilot)
        assert app.results == [{"name": "orders", "partitions": "6"}]


async def test_errors_appear_while_typing_in_place_of_the_hint() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        assert remark(app, "name") == "letters and digits"
        await pilot.press(*"taken")
        assert remark(app, "name") == "! there is a topic of that name"
        await pilot.press("x")
        assert remark(app, "name") == "letters and digits"
        await pilot.press("tab", "x")
        assert remark(app, "partitions") == "! must be a whole number"


async def test_what_is_wrong_is_not_sent_and_the_first_wrong_field_gets_the_focus() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "x", "ctrl+s")
        await settled(pilot)
        assert app.sent == []
        assert remark(app, "name") == "! is needed"
        assert part(pilot, "sentence") == "2 fields need attention."
        assert next(iter(app.form.query(FieldRow))).field.has_focus


async def test_a_refusal_is_shown_and_nothing_typed_is_lost() -> None:
    refused = FormOutcome(
        ok=False, sentence="Replication factor 5 is larger than 3.", errors={"partitions": "no"}
    )
    app = FormApp(refused)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "ctrl+s")
        await settled(pilot)
        assert app.results == []
        assert part(pilot, "sentence") == "Replication factor 5 is larger than 3."
        assert remark(app, "partitions") == "! no"
        assert app.form.values()["name"] == "orders"
        await pilot.press("1", "ctrl+s")
        await settled(pilot)
        assert app.results == [{**app.sent[0], "partitions": "61"}]


async def test_an_unexpected_error_is_shown_and_the_form_stays() -> None:
    app = FormApp(OSError("connection lost"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "ctrl+s")
        await pilot.pause()
        assert "OSError: connection lost" in part(pilot, "sentence")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert len(app.results) == 1


async def test_while_waiting_it_is_sent_once_and_escape_warns_first() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        app.answer.clear()
        await pilot.press(*"orders", "ctrl+s", "ctrl+s", "enter")
        await pilot.pause()
        assert len(app.sent) == 1
        assert app.results == []
        assert "answer is not there yet" in part(pilot, "sentence")
        assert app.form.query_one("#send", PushButton).is_blocked
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]


async def test_the_preview_follows_the_values() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"ord")
        assert part(pilot, "preview") == "create ord"


async def test_escape_leaves_without_sending() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"ord", "escape")
        await pilot.pause()
        assert app.results == [None]
        assert app.sent == []


async def test_six_fields_fit_into_80_by_24() -> None:
    fields = (*FIELDS[:3], FieldSpec("rf", "RF"), FieldSpec("isr", "Min in-sync"), FIELDS[3])
    app = FormApp(FormOutcome(ok=False, sentence="No."), fields=fields)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "ctrl+s")
        await settled(pilot)
        assert app.form.query_one("#box").region.height <= 24
        assert all(row.region.height >= 2 for row in app.form.query(FieldRow))
        assert app.form.query_one("#fields").max_scroll_y == 0
        assert app.form.query_one("#send").region.bottom < 24


async def test_more_fields_scroll_and_the_focused_one_is_in_view() -> None:
    fields = (FIELDS[0], *(FieldSpec(f"f{number}", f"Field {number}") for number in range(20)))
    app = FormApp(fields=fields)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["tab"] * 20)
        await pilot.pause()
        assert app.form.query_one("#send").region.bottom < 24
        focused = app.screen.focused
        assert focused is not None
        assert app.form.query_one("#fields").region.contains_region(focused.region)


async def test_pasted_control_characters_are_left_out_of_several_lines() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        rows = list(app.form.query(FieldRow))
        rows[3].field.focus()
        await pilot.pause()
        app.post_message(Paste("a=1\x1b[2J\r\nb=2"))
        await pilot.pause()
        assert rows[3].value == "a=1[2J\nb=2"


async def test_enter_goes_from_field_to_field_also_where_one_chooses() -> None:
    app = FormApp()
    async with app.run_test(size=SIZE) as pilot:
        rows = list(app.form.query(FieldRow))
        await pilot.press(*"orders", "enter", "enter")
        assert rows[2].field.has_focus
        await pilot.press("enter")
        assert rows[3].field.has_focus
        assert rows[2].value == "delete"


async def test_a_long_error_is_broken_not_cut() -> None:
    sentence = "this name and orders.eu differ only in . and _, which are the same in the names of metrics"
    app = FormApp(FormOutcome(ok=False, sentence="No.", errors={"name": sentence}))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "ctrl+s")
        await settled(pilot)
        assert " ".join(remark(app, "name").split()) == f"! {sentence}"
        assert app.form.query_one("#remark").size.height == 2
        await pilot.press("x")
        await pilot.pause()
        assert app.form.query_one("#remark").size.height == 1
