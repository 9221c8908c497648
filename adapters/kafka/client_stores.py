"""The `ssl.*` keys of a client.properties file."""

from __future__ import annotations

from typing import Final

from ktui.adapters.kafka.property_values import PropertyValues
from ktui.adapters.kafka.stores import normal_pem, read_pem_store
from ktui.adapters.secret import Secret
from ktui.adapters.security import TlsSettings

_HOST_CHECK: Final = "ssl.endpoint.identification.algorithm"
_CHAIN: Final = "ssl.keystore.certificate.chain"
_KEY: Final = "ssl.keystore.key"


def tls_of(properties: PropertyValues) -> TlsSettings:
    """Raises BadSettings, also when a store cannot be read."""
    password = properties.text("ssl.key.password") or properties.text("ssl.keystore.password")
    return TlsSettings(
        trusted=_trusted(properties),
        identity=_identity(properties),
        key_password=Secret(password) if password else None,
        checks_host_name=_checks_host_name(properties),
        source=properties.what,
    )


def _checks_host_name(properties: PropertyValues) -> bool:
    if properties.is_empty(_HOST_CHECK):
        return False
    algorithm = properties.text(_HOST_CHECK) or "https"
    if algorithm.lower() != "https":
        raise properties.bad(_HOST_CHECK, f"{algorithm!r} is neither https nor empty")
    return True


def _trusted(properties: PropertyValues) -> str | None:
    inline = properties.text("ssl.truststore.certificates")
    if inline is not None:
        return normal_pem(inline, properties.where("ssl.truststore.certificates"))
    return _store(properties, "ssl.truststore")


def _identity(properties: PropertyValues) -> Secret | None:
    chain, key = properties.text(_CHAIN), properties.text(_KEY)
    if chain is None and key is None:
        store = _store(properties, "ssl.keystore")
        return Secret(store) if store is not None else None
    if chain is None or key is None:
        missing, given = (_CHAIN, _KEY) if chain is None else (_KEY, _CHAIN)
        raise properties.bad(missing, f"missing; it goes with {given}")
    return Secret(normal_pem(key, properties.where(_KEY)) + normal_pem(chain, properties.where(_CHAIN)))


def _store(properties: PropertyValues, prefix: str) -> str | None:
    location = properties.text(f"{prefix}.location")
    if location is None:
        return None
    where = properties.where(f"{prefix}.location")
    return read_pem_store(location, where, given_type=properties.text(f"{prefix}.type"))
