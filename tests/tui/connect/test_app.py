"""The first screen: what can be chosen, and a cluster that is tried before it is used."""

from __future__ import annotations

import socket
from pathlib import Path

from textual.pilot import Pilot

from ktui.tui.cli.choosing import entries
from ktui.tui.connect.app import ConnectApp
from ktui.tui.connect.choice import Choice, RunCommand, UseProfile
from ktui.tui.profiles.config import read_config


def made(tmp_path: Path, text: str = "") -> ConnectApp:
    file = tmp_path / "config.toml"
    file.write_text(text)
    config = read_config(file)
    return ConnectApp(list(entries(config, None)), file=file, taken=frozenset(config.profiles))


def lines(app: ConnectApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def wait_for(app: ConnectApp, pilot: Pilot[Choice], part: str) -> None:
    for _ in range(200):
        if part in " ".join(lines(app).replace("│", " ").split()):
            return
        await pilot.pause(0.05)
    raise AssertionError(lines(app))


async def test_profiles_come_first_and_are_chosen_with_enter(tmp_path: Path) -> None:
    app = made(
        tmp_path, "[profiles.prod]\nbootstrap_servers = 'p:1'\nenvironment = 'production'\nread_only = true"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "production  read-only  p:1" in lines(app)
        await pilot.press("enter")
    assert app.return_value == UseProfile("prod")


async def test_the_sandbox_is_a_way_to_begin(tmp_path: Path) -> None:
    app = made(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter")
    assert app.return_value == RunCommand("sandbox")


async def test_leaving_chooses_nothing(tmp_path: Path) -> None:
    app = made(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert app.return_value is None


async def test_a_cluster_that_is_not_there_is_told_with_its_step_and_nothing_typed_is_lost(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    app = made(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await wait_for(app, pilot, "Brokers *")
        await pilot.press(*f"127.0.0.1:{port}", "ctrl+s")
        await wait_for(app, pilot, "connect failed")
        assert f"127.0.0.1:{port}" in lines(app)
        assert "check the port" in " ".join(lines(app).replace("│", " ").split())
    assert (tmp_path / "config.toml").read_text() == ""
