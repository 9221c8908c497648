"""What was typed into the form of a cluster, as settings of a profile and as a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters.addresses import parse_addresses
from ktui.adapters.errors import BadSettings
from ktui.adapters.security import Mechanism, SecurityProtocol
from ktui.adapters.target import Target
from ktui.tui.profiles.client_settings import client_security
from ktui.tui.profiles.values import Table
from ktui.widgets.form_fields import FieldKind, FieldSpec

_MECHANISMS: Final = tuple(one.value for one in Mechanism if one is not Mechanism.OAUTHBEARER)
_OWN: Final = "the settings that were typed"
_PROMPT: Final = {"prompt": True}


def fields() -> tuple[FieldSpec, ...]:
    """In the order in which one knows them."""
    return (
        FieldSpec("brokers", "Brokers", required=True, hint="HOST:PORT, several with a comma between"),
        FieldSpec("zookeeper", "ZooKeeper", hint="HOST:PORT[/chroot]; empty for KRaft"),
        FieldSpec(
            "protocol", "Security", value=SecurityProtocol.PLAINTEXT.value, kind=FieldKind.CHOICE,
            choices=tuple(one.value for one in SecurityProtocol), hint="space changes it",
        ),
        FieldSpec("ca", "Trusted by", hint="a PEM file, with SSL; empty: this machine's own"),
        FieldSpec(
            "mechanism", "Mechanism", value=_MECHANISMS[0], kind=FieldKind.CHOICE, choices=_MECHANISMS,
            hint="with SASL",
        ),
        FieldSpec("user", "User", hint="with SASL"),
        FieldSpec("password", "Password", kind=FieldKind.SECRET, hint="with SASL; it is never saved"),
        FieldSpec("name", "Save as", hint="a name for `ktui -p NAME`; empty: not saved"),
    )  # fmt: skip


def check(values: Mapping[str, str], taken: frozenset[str]) -> dict[str, str]:
    """One sentence for each field that cannot be used; `taken` are the names of profiles."""
    errors: dict[str, str] = {}
    if values["brokers"].strip():
        try:
            parse_addresses(values["brokers"], "brokers")
        except BadSettings as error:
            errors["brokers"] = str(error).removeprefix("brokers: ")
    protocol = SecurityProtocol(values["protocol"])
    for key in ("user", "password") if protocol.has_sasl else ():
        if not values[key]:
            errors[key] = "is needed with SASL"
    name = values["name"].strip()
    if name in taken:
        errors["name"] = "is taken"
    elif name and not all(letter.isalnum() or letter in "-_" for letter in name):
        errors["name"] = "letters, digits, - and _ only"
    return errors


@dataclass(frozen=True, slots=True)
class Typed:
    """A cluster, with the settings that a profile of it would have: no secret is among them."""

    target: Target
    settings: Mapping[str, Any]


def typed(values: Mapping[str, str]) -> Typed:
    """BadSettings for what cannot be used, such as a file that cannot be read."""
    client = _client(values)
    security = client_security(Table({**client, **_secrets(values)}, (), _OWN, ""), takes_inline_secrets=True)
    brokers, zookeeper = values["brokers"].strip(), values["zookeeper"].strip()
    settings: dict[str, Any] = {"bootstrap_servers": [part.strip() for part in brokers.split(",")]}
    if zookeeper:
        settings["zookeeper"] = zookeeper
    if client:
        asked = dict.fromkeys(_secrets(values), _PROMPT)
        settings["client"] = {**client, **asked}
    target = Target(
        bootstrap_servers=parse_addresses(brokers, "brokers"),
        zookeeper=zookeeper or None,
        security=security,
        name=values["name"].strip() or None,
    )
    return Typed(target, settings)


def _client(values: Mapping[str, str]) -> dict[str, str]:
    protocol = SecurityProtocol(values["protocol"])
    if protocol is SecurityProtocol.PLAINTEXT:
        return {}
    client = {"security.protocol": protocol.value}
    if protocol.has_tls and values["ca"].strip():
        client["ssl.ca.location"] = values["ca"].strip()
    if protocol.has_sasl:
        client |= {"sasl.mechanism": values["mechanism"], "sasl.username": values["user"]}
    return client


def _secrets(values: Mapping[str, str]) -> dict[str, str]:
    return {"sasl.password": values["password"]} if SecurityProtocol(values["protocol"]).has_sasl else {}
