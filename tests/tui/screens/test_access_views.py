from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ktui.adapters.access.model import AclEntry, Quota, ScramUser
from ktui.adapters.errors import NotPermitted, Refused
from ktui.tui.screens import access
from ktui.tui.screens.topic_tabs import access as tab
from tests.tui.builders import small
from tests.tui.harness import Console, console

RULES = (
    AclEntry("User:*", "Topic", "orders", "literal", "Describe", "Allow"),
    AclEntry("User:alice", "Topic", "ord", "prefixed", "Read", "Allow"),
    AclEntry("User:alice", "Topic", "orders", "literal", "Delete", "Deny"),
    AclEntry("User:bob", "Cluster", "kafka-cluster", "literal", "All", "Allow", "10.0.0.1"),
)


class Cluster:
    pool = None


Answering = Callable[[Any], None]


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Answering:
    def answer(told: Any) -> None:
        async def fetch(pool: Any) -> Any:
            if isinstance(told, Exception):
                raise told
            return told

        for module, name in ((access, "fetch_acls"), (tab, "fetch_acls")):
            monkeypatch.setattr(module, name, fetch)
        monkeypatch.setattr(access, "fetch_users", fetch)
        monkeypatch.setattr(access, "fetch_quotas", fetch)

    return answer


async def go(ui: Console, words: str) -> None:
    await ui.press("colon")
    await ui.type(words)
    await ui.press("enter")


async def test_rules_by_principal_and_by_resource(rules: Answering) -> None:
    rules(RULES)
    async with console(small(), cluster=Cluster()) as ui:
        await go(ui, "acls")
        await ui.until(lambda: "Access rules  4 of 4" in ui.text)
        assert ui.line_with("ord…").split() == ["User:alice", "Allow", "Read", "Topic", "ord…", "anywhere"]
        assert ui.line_with("User:bob").split() == ["User:bob", "Allow", "All", "Cluster", "10.0.0.1"]
        await go(ui, "acls bob")
        assert "User:alice" not in ui.text


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (Refused(54, "SECURITY_DISABLED"), "No authorizer is configured: everybody may do everything."),
        (NotPermitted(31, "X", "needs Describe on Cluster"), "could not be read: needs Describe on Cluster."),
        ((), "There is no rule; allow.everyone.if.no.acl.found decides"),
    ],
)
async def test_why_there_are_none(rules: Answering, told: Any, sentence: str) -> None:
    rules(told)
    async with console(small(), cluster=Cluster()) as ui:
        await go(ui, "acls")
        await ui.until(lambda: sentence in ui.text)


async def test_what_may_be_done_with_a_topic_and_why(rules: Answering) -> None:
    rules(RULES)
    async with console(small(), cluster=Cluster(), size=(120, 30)) as ui:
        await go(ui, "topic orders")
        await ui.press("tab", "tab", "tab")
        await ui.until(lambda: "[access]" in ui.text and "User:alice" in ui.text)
        assert ui.line_with("User:alice").split() == ["User:alice", "✓", "✓", "-", "-", "✕", "-", "-", "-"]
        assert ui.line_with("everybody else").split()[2:] == ["✓", "-", "-", "-", "-", "-", "-", "-"]
        await ui.press("enter")
        assert "What User:alice may do with orders" in ui.text
        assert "✕ Delete           Denied by: Deny User:alice Delete on Topic orders." in ui.text
        assert "✓ Read             Allowed by: Allow User:alice Read on Topic ord*." in ui.text
        assert "super.users may do everything" in ui.text


async def test_users_and_quotas(rules: Answering) -> None:
    rules((ScramUser("ann", {"SCRAM-SHA-512": 8192}),))
    async with console(small(), cluster=Cluster()) as ui:
        await go(ui, "users")
        await ui.until(lambda: "SCRAM-SHA-512 (8,192)" in ui.text)
        rules((Quota({"user": "ann", "client-id": None}, {"producer_byte_rate": 1048576.0}),))
        await go(ui, "quotas")
        await ui.until(lambda: "user ann, client-id (default)" in ui.text)
        assert "producer_byte_rate 1.0M/s" in ui.text


async def test_nothing_is_asked_when_it_is_not_shown(
    rules: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def fetch(pool: Any) -> tuple[AclEntry, ...]:
        asked.append(1)
        return RULES

    monkeypatch.setattr(access, "fetch_acls", fetch)
    async with console(small(), cluster=Cluster()) as ui:
        await go(ui, "acls")
        await ui.until(lambda: asked == [1])
        await ui.pass_time(20)
        await ui.until(lambda: asked == [1, 1])
        await ui.press("1")
        await ui.pass_time(60)
        assert asked == [1, 1]
