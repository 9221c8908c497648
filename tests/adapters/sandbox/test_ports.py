"""Ports of sandboxes: below those of outgoing connections, and nobody else's."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ktui.adapters.sandbox import ports
from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.state import STATE_FILE


def sandbox_folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    (folder / STATE_FILE).touch()
    return folder


def test_ports_lie_below_those_of_outgoing_connections(tmp_path: Path) -> None:
    chosen = ports.claim_ports(sandbox_folder(tmp_path, "a"), 6)
    assert len(set(chosen)) == 6
    assert all(ports.FIRST <= port <= ports.LAST for port in chosen)


def test_two_sandboxes_share_no_port_also_while_neither_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "LAST", ports.FIRST + ports._FEWEST)
    a, b = sandbox_folder(tmp_path, "a"), sandbox_folder(tmp_path, "b")
    of_a, of_b = ports.claim_ports(a, 80), ports.claim_ports(b, 80)
    assert not set(of_a) & set(of_b)
    (a / STATE_FILE).unlink()
    assert len(ports.claim_ports(sandbox_folder(tmp_path, "c"), 80)) == 80


def test_more_ports_for_a_sandbox_that_keeps_the_ones_it_has(tmp_path: Path) -> None:
    folder = sandbox_folder(tmp_path, "a")
    first = ports.claim_ports(folder, 2)
    more = ports.claim_ports(folder, 1, keeps=True)
    others = ports.claim_ports(sandbox_folder(tmp_path, "b"), 50)
    assert len({*first, *more, *others}) == 53


def test_a_port_that_somebody_listens_on_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "FIRST", taken)
        monkeypatch.setattr(ports, "LAST", taken)
        monkeypatch.setattr(ports, "_OUTGOING_RANGE", tmp_path / "nothing")
        with pytest.raises(SandboxError, match="no 1 free ports"):
            ports.claim_ports(tmp_path, 1)


@pytest.mark.parametrize(
    ("text", "last"),
    [("32768\t60999\n", 29_999), ("25000 60999", 24_999), ("1024 65535", 29_999), ("", 29_999)],
)
def test_the_range_ends_where_outgoing_connections_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, last: int
) -> None:
    (tmp_path / "range").write_text(text)
    monkeypatch.setattr(ports, "_OUTGOING_RANGE", tmp_path / "range")
    assert ports._last_port() == last
