from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from ktui.adapters.sandbox import jars


def test_the_systems_authorities_count_unless_others_were_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "authorities.pem"
    bundle.touch()
    paths = ssl.get_default_verify_paths()._replace(cafile=str(bundle))
    monkeypatch.setattr(jars.ssl, "get_default_verify_paths", lambda: paths)
    plain: dict[str, str] = {}
    jars.trust_what_the_system_trusts(plain)
    assert plain == {"REQUESTS_CA_BUNDLE": str(bundle)}
    told = {"REQUESTS_CA_BUNDLE": "mine.pem"}
    jars.trust_what_the_system_trusts(told)
    assert told == {"REQUESTS_CA_BUNDLE": "mine.pem"}
