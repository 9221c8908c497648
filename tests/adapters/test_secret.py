"""Secrets do not get out by accident."""

from __future__ import annotations

import pickle
import traceback

import pytest

from ktui.adapters.secret import Secret
from ktui.adapters.security import Mechanism, OAuthLogin, PasswordLogin, Security


def test_prints_as_stars() -> None:
    secret = Secret("hunter2")
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>5}",
        f"{secret:>5}",
        [secret],
    ]
    assert not any("hunter2" in str(text) for text in shown)
    assert str(secret) == "***"
    assert secret.reveal() == "hunter2"


def test_compares_by_what_it_holds() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


def test_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret("hunter2"))


def test_logins_print_without_their_secrets() -> None:
    plain = PasswordLogin(Mechanism.PLAIN, "alice", Secret("hunter2"))
    token = OAuthLogin("https://host/token", "id", Secret("hunter2"))
    assert "hunter2" not in f"{Security(login=plain)} {Security(login=token)!r}"


def test_not_in_a_traceback_with_locals() -> None:
    def fail(secret: Secret) -> None:
        raise ValueError(f"no use: {secret}")

    try:
        fail(Secret("hunter2"))
    except ValueError as error:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        text = "".join(report.format())
        assert "***" in text
        assert text.count("hunter2") == text.count('Secret("hunter2")')
