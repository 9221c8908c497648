"""A profile is added without touching what is there."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ktui.adapters.errors import BadSettings
from ktui.tui.profiles.config import read_config
from ktui.tui.profiles.writing import add_profile

BEFORE = "# mine\ntheme = 'nord' # and this\n[profiles.a]\nzookeeper = 'z:1'"


def test_what_is_there_stays_to_the_letter(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(BEFORE)
    file.chmod(0o600)
    add_profile(file, "b-1", {"bootstrap_servers": ["h:1"]})
    assert file.read_text().startswith(BEFORE)
    assert set(read_config(file).profiles) == {"a", "b-1"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_file_and_its_folder_are_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    add_profile(file, "b", {"bootstrap_servers": ["h:1"], "client": {"ssl.ca.location": 'a"b'}})
    assert read_config(file).profile("b").client is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text(BEFORE)
    link.symlink_to(real)
    add_profile(link, "b", {"bootstrap_servers": ["h:1"]})
    assert link.is_symlink()
    assert "b" in read_config(real).profiles


def test_a_name_that_would_break_the_file_leaves_it_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(BEFORE)
    with pytest.raises(BadSettings, match="could not be saved"):
        add_profile(file, "a", {"bootstrap_servers": ["h:1"]})
    assert file.read_text() == BEFORE
