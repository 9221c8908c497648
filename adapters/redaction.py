"""Which configuration values may be shown, for sources that read them where they are kept, passwords among them."""

from __future__ import annotations

from typing import Final

from ktui.adapters.events import SENSITIVE

_SECRET_WORDS: Final = (
    "password", "secret", "jaas", "keystore", "truststore", "credential", "token", "private", "scram",
)  # fmt: skip
_KNOWN_BROKER_NAMES: Final = (
    "advertised.", "background.", "compression.", "connection", "controller.", "cordoned.", "delete.", "fetch.",
    "follower.", "group.", "leader.", "listener", "log.", "max.", "message.", "metadata.", "metric", "min.",
    "num.", "offset", "principal.", "producer.", "queued.", "quota", "remote.", "replica", "request.", "sasl.",
    "share.", "socket.", "ssl.", "transaction", "unclean.",
)  # fmt: skip
"""Beginnings of the names of settings that Kafka's brokers have; of others nobody knows what they hold."""


def is_sensitive(resource_type: str, name: str) -> bool:
    """Whether a setting holds a secret or, on brokers, is one that Kafka does not know (a plug-in's)."""
    lower = name.lower()
    if any(word in lower for word in _SECRET_WORDS):
        return True
    return resource_type == "broker" and not lower.startswith(_KNOWN_BROKER_NAMES)


def shown_value(resource_type: str, name: str, value: str | None) -> str | None:
    """The value, or SENSITIVE in its place; None (taken off) stays."""
    return SENSITIVE if value is not None and is_sensitive(resource_type, name) else value
