from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ktui.adapters.errors import GuardRefused
from ktui.adapters.operate.audit import Audit, Intent
from ktui.adapters.operate.change import Subject
from ktui.adapters.operate.guard import GuardName

INTENT = Intent("create-topic", Subject.topics("orders"), {"partitions": 3}, "cluster-a", "prod", "User:ops")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_intent_and_result_with_who_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "ada")
    monkeypatch.setenv("SSH_CLIENT", "10.0.0.9 5555 22")
    audit = Audit(tmp_path / "a" / "audit.jsonl", now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    audit.intent(INTENT)
    assert audit.result(INTENT, "done", "Created orders.") is None
    first, second = lines(audit.path)
    assert first["at"] == "2026-01-02T03:04:05.000Z"
    assert (first["phase"], second["phase"]) == ("intent", "result")
    assert first["change"] == second["change"]
    assert first["operation"] == "create-topic"
    assert first["subject"] == {"kind": "topic", "names": ["orders"]}
    assert (first["cluster"], first["principal"]) == ("prod", "User:ops")
    assert first["parameters"] == {"partitions": 3}
    assert (first["sudo_user"], first["ssh_client"]) == ("ada", "10.0.0.9 5555 22")
    assert first["os_user"]
    assert first["host"]
    assert (second["outcome"], second["detail"]) == ("done", "Created orders.")


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "audit.jsonl"
    Audit(path).intent(INTENT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"kept":1}\n')
    Audit(path).intent(INTENT)
    assert [line.get("kept") for line in lines(path)] == [1, None]


def test_a_line_cut_off_by_a_killed_writer_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"phase":"int')
    Audit(path).intent(INTENT)
    assert json.loads(path.read_text().splitlines()[1])["subject"]["names"] == ["orders"]


def test_text_that_is_not_unicode_and_line_breaks_stay_inside_one_line(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    Audit(path).intent(Intent("create-topic", Subject.topics("x"), {"configs": {"a": "1\n2\udc80"}}, None))
    assert lines(path)[0]["parameters"] == {"configs": {"a": "1\n2\udc80"}}


def test_unwritable_means_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    audit = Audit(tmp_path / "file" / "audit.jsonl")
    with pytest.raises(GuardRefused, match="nothing was changed") as caught:
        audit.intent(INTENT)
    assert caught.value.guard is GuardName.AUDIT
    assert "could not be written" in (audit.result(INTENT, "done", "") or "")


def test_a_full_disk_means_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda handle, data: len(data) - 1)
    with pytest.raises(GuardRefused, match="disk full"):
        Audit(tmp_path / "audit.jsonl").intent(INTENT)
