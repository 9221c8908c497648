"""Credentials for ZooKeeper from a file with the names of Kafka's `zookeeper-client.properties`.

Names: Kafka's `--zk-tls-config-file` (`zookeeper.ssl.keystore.location`, …) and ZooKeeper's own spelling
(`zookeeper.ssl.keyStore.location`) are the same here. Digest: `zookeeper.auth=digest:USER:PASSWORD`.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.java_properties import Entry, parse_properties, read_properties
from ktui.adapters.secret import Secret

_TRUE: Final = frozenset({"true"})
_PEM_ENDINGS: Final = (".pem", ".crt", ".cer", ".key")
_NOT_CHECKED: Final = ("zookeeper.ssl.crl.enable", "zookeeper.ssl.ocsp.enable")


@dataclass(frozen=True, slots=True)
class ZkTls:
    """Trust and identity; without `trusted` the system's authorities are trusted."""

    trusted: str | None = None
    """Path of a PEM file."""
    identity: str | None = None
    """Path of a PEM file with the certificate chain and the private key."""
    key_password: Secret | None = None
    checks_host_name: bool = True

    def context(self) -> ssl.SSLContext:
        """A client's context; BadSettings when a file cannot be used."""
        try:
            context = ssl.create_default_context(cafile=self.trusted)
        except (OSError, ssl.SSLError) as error:
            raise BadSettings(
                f"{self.trusted}: no trusted certificates in PEM form could be read: {error}"
            ) from error
        context.check_hostname = self.checks_host_name
        if self.identity is not None:
            password = self.key_password.reveal() if self.key_password else ""
            try:
                context.load_cert_chain(self.identity, password=password)
            except (OSError, ssl.SSLError) as error:
                raise BadSettings(
                    f"{self.identity}: no certificate with its key in PEM form could be read: {error}"
                ) from error
        return context


@dataclass(frozen=True, slots=True)
class ZkConfig:
    """How to talk to an ensemble."""

    digest: Secret | None = None
    """USER:PASSWORD of the digest scheme."""
    tls: ZkTls | None = None
    session_timeout_s: float = 10.0


NO_ZK_CONFIG: Final = ZkConfig()


def read_zk_config(path: str | Path) -> ZkConfig:
    """Read a file; BadSettings names the file, the key and the reason."""
    return _config(read_properties(path), str(path))


def zk_config_of(text: str, what: str) -> ZkConfig:
    """The same from text; `what` names it in messages."""
    return _config(parse_properties(text, what), what)


def _config(entries: Mapping[str, Entry], what: str) -> ZkConfig:
    given = {_plain(key): entry.value.strip() for key, entry in entries.items()}
    _refuse_sasl(given, what)
    for key in _NOT_CHECKED:
        if given.get(key, "").lower() in _TRUE:
            raise BadSettings(f"{what}: {key}: revocation is not checked by this program; leave the line out")
    return ZkConfig(_digest(given, what), _tls(given, what), _session_timeout_s(given, what))


def _plain(key: str) -> str:
    """In small letters, with the prefix `zookeeper.`, which ZooKeeper's own files may leave out."""
    small = key.lower()
    return small if small.startswith("zookeeper.") else f"zookeeper.{small}"


def _refuse_sasl(given: Mapping[str, str], what: str) -> None:
    asked = [
        key
        for key, value in given.items()
        if (key.startswith("zookeeper.sasl.") or key.endswith((".auth.login.config", "sasl.jaas.config")))
        and value.lower() not in ("", "false")
    ]
    if asked:
        raise BadSettings(
            f"{what}: {asked[0]}: SASL with ZooKeeper is not supported;"
            " what Kafka keeps there is readable without a login unless its operator closed it"
        )


def _digest(given: Mapping[str, str], what: str) -> Secret | None:
    text = given.get("zookeeper.auth", "")
    if not text:
        return None
    scheme, _, credentials = text.partition(":")
    if scheme != "digest" or not all(credentials.partition(":")):
        raise BadSettings(
            f"{what}: zookeeper.auth: write digest:USER:PASSWORD; other schemes are not supported"
        )
    return Secret(credentials)


def _tls(given: Mapping[str, str], what: str) -> ZkTls | None:
    switch = given.get("zookeeper.ssl.client.enable", given.get("zookeeper.client.secure"))
    stores = [
        key for key in given if key.startswith(("zookeeper.ssl.keystore.", "zookeeper.ssl.truststore."))
    ]
    if switch is None and not stores:
        return None
    if switch is not None and switch.lower() not in _TRUE:
        return None
    tls = ZkTls(
        trusted=_pem(given, "truststore", what),
        identity=_pem(given, "keystore", what),
        key_password=_password(given, "keystore", what),
        checks_host_name=_checks_host_name(given),
    )
    tls.context()
    return tls


def _checks_host_name(given: Mapping[str, str]) -> bool:
    algorithm = given.get("zookeeper.ssl.endpoint.identification.algorithm", "https")
    return (
        bool(algorithm.strip()) and given.get("zookeeper.ssl.hostnameverification", "true").lower() in _TRUE
    )


def _pem(given: Mapping[str, str], store: str, what: str) -> str | None:
    key = f"zookeeper.ssl.{store}.location"
    path = given.get(key)
    if not path:
        return None
    kind = given.get(f"zookeeper.ssl.{store}.type", "").upper()
    if kind != "PEM" and not (kind == "" and path.lower().endswith(_PEM_ENDINGS)):
        raise BadSettings(
            f"{what}: {key}: {path} is not a PEM file; convert the store"
            f" (keytool -importkeystore -deststoretype PKCS12, then openssl pkcs12 -nodes)"
            f" and set zookeeper.ssl.{store}.type=PEM"
        )
    return path


def _password(given: Mapping[str, str], store: str, what: str) -> Secret | None:
    text = given.get(f"zookeeper.ssl.{store}.password")
    path = given.get(f"zookeeper.ssl.{store}.passwordpath")
    if text is None and path:
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(f"{what}: zookeeper.ssl.{store}.passwordPath: {path} cannot be read") from error
    return Secret(text) if text else None


def _session_timeout_s(given: Mapping[str, str], what: str) -> float:
    text = given.get("zookeeper.session.timeout.ms")
    if text is None:
        return NO_ZK_CONFIG.session_timeout_s
    if not text.isascii() or not text.isdigit() or not 1_000 <= int(text) <= 300_000:
        raise BadSettings(
            f"{what}: zookeeper.session.timeout.ms: {text!r} is not a number from 1000 to 300000"
        )
    return int(text) / 1000
