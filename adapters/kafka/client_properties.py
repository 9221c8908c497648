"""A Java `client.properties` file to `Security`. Keys that are not about security are ignored."""

from __future__ import annotations

from pathlib import Path

from ktui.adapters.java_properties import parse_properties, read_properties
from ktui.adapters.kafka.client_login import login_of
from ktui.adapters.kafka.client_stores import tls_of
from ktui.adapters.kafka.property_values import PropertyValues
from ktui.adapters.security import PLAINTEXT, Security, SecurityProtocol, TlsSettings


def read_security(path: str | Path) -> Security:
    """Raises BadSettings that names the file, the line, the key and the reason, and never a secret."""
    return security_from(PropertyValues(read_properties(path), str(path)))


def security_for(given: Security | None, path: str | None) -> Security:
    """Of a file that was named; else what was given; else without encryption and login. BadSettings."""
    return read_security(path) if path else given or PLAINTEXT


def security_of(text: str, what: str) -> Security:
    """The same from text; `what` names it in messages."""
    return security_from(PropertyValues(parse_properties(text, what), what))


def security_from(properties: PropertyValues) -> Security:
    """The same from entries that were read."""
    protocol = properties.one_of("security.protocol", SecurityProtocol, SecurityProtocol.PLAINTEXT)
    return Security(
        protocol=protocol,
        login=login_of(properties) if protocol.has_sasl else None,
        tls=tls_of(properties) if protocol.has_tls else TlsSettings(),
    )


def read_rack(path: str | Path) -> str | None:
    """`client.rack`: where this client stands, so that brokers can offer a near replica to read from. BadSettings."""
    return PropertyValues(read_properties(path), str(path)).text("client.rack")
