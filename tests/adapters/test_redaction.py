from __future__ import annotations

import pytest

from ktui.adapters.events import SENSITIVE
from ktui.adapters.redaction import is_sensitive, shown_value


@pytest.mark.parametrize(
    ("resource_type", "name", "is_secret"),
    [
        ("broker", "log.retention.ms", False),
        ("broker", "listener.name.internal.ssl.keystore.location", True),
        ("broker", "listener.name.x.scram-sha-256.sasl.jaas.config", True),
        ("broker", "my.reporter.key", True),
        ("topic", "retention.ms", False),
        ("topic", "my.plugin", False),
        ("user", "SCRAM-SHA-512", True),
        ("user", "producer_byte_rate", False),
    ],
)
def test_what_may_be_shown(resource_type: str, name: str, is_secret: bool) -> None:
    assert is_sensitive(resource_type, name) is is_secret
    assert shown_value(resource_type, name, "v") == (SENSITIVE if is_secret else "v")
    assert shown_value(resource_type, name, None) is None
