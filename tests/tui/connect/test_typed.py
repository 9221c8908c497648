"""What is typed into the form becomes a target and a profile without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadSettings
from ktui.adapters.security import PasswordLogin, SecurityProtocol
from ktui.tui.connect.typed import check, fields, typed
from ktui.tui.profiles.config import read_config
from ktui.tui.profiles.writing import add_profile


def values(**given: str) -> dict[str, str]:
    return {spec.key: spec.value for spec in fields()} | given


def test_brokers_are_enough() -> None:
    told = typed(values(brokers="a:1, b:2", zookeeper="z:3/kafka", name="mine"))
    assert told.target.bootstrap_servers == (Address("a", 1), Address("b", 2))
    assert (told.target.zookeeper, told.target.name) == ("z:3/kafka", "mine")
    assert told.settings == {"bootstrap_servers": ["a:1", "b:2"], "zookeeper": "z:3/kafka"}


def test_a_password_reaches_the_target_and_never_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    told = typed(values(brokers="a:1", protocol="SASL_PLAINTEXT", user="ops", password='hun"ter2', name="p"))
    security = told.target.security
    assert security is not None
    assert security.protocol is SecurityProtocol.SASL_PLAINTEXT
    assert isinstance(security.login, PasswordLogin)
    assert security.login.password.reveal() == 'hun"ter2'
    add_profile(file, "p", told.settings)
    assert "hun" not in file.read_text()
    assert '"sasl.password" = { prompt = true }' in file.read_text()
    assert read_config(file).profile("p").bootstrap_servers == (Address("a", 1),)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"brokers": "a"}, "brokers", "has no port"),
        ({"brokers": "a:1", "protocol": "SASL_SSL"}, "password", "is needed with SASL"),
        ({"brokers": "a:1", "name": "taken"}, "name", "is taken"),
        ({"brokers": "a:1", "name": "a b"}, "name", "letters"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(given: dict[str, str], field: str, sentence: str) -> None:
    assert sentence in check(values(**given), frozenset({"taken"}))[field]


def test_a_certificate_file_that_is_not_there_is_told() -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        typed(values(brokers="a:1", protocol="SSL", ca="/nowhere.pem"))
