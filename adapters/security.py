"""How to talk to a listener: encryption, login and trust, as a client.properties file says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ktui.adapters.secret import Secret


class SecurityProtocol(StrEnum):
    """`security.protocol` of Kafka's clients."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def has_tls(self) -> bool:
        return self in (SecurityProtocol.SSL, SecurityProtocol.SASL_SSL)

    @property
    def has_sasl(self) -> bool:
        return self in (SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL)


class Mechanism(StrEnum):
    """`sasl.mechanism`, as far as it is supported."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    OAUTHBEARER = "OAUTHBEARER"


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """PLAIN or SCRAM with a name and a password."""

    mechanism: Mechanism
    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class OAuthLogin:
    """OAUTHBEARER: a token from an endpoint by client credentials, or from a file (`file:` URL)."""

    token_url: str
    client_id: str = ""
    client_secret: Secret = field(default=Secret(""))
    scope: str | None = None
    extensions: tuple[tuple[str, str], ...] = ()
    encodes_header: bool = False
    """`sasl.oauthbearer.header.urlencode`: RFC 6749 wants it, Kafka's default is off."""
    mechanism: Mechanism = Mechanism.OAUTHBEARER


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Trust and identity in PEM; without `trusted` the system's authorities are trusted."""

    trusted: str | None = None
    identity: Secret | None = None
    """Certificate chain and private key, one PEM text."""
    key_password: Secret | None = None
    checks_host_name: bool = True
    source: str = "the TLS settings"
    """For messages: the file that these settings came from."""


@dataclass(frozen=True, slots=True)
class Security:
    """Everything that a connection needs besides an address."""

    protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT
    login: PasswordLogin | OAuthLogin | None = None
    tls: TlsSettings = field(default=TlsSettings())

    @property
    def principal(self) -> str | None:
        """As whom brokers see us; None where only they can tell: of a certificate, of a token."""
        if isinstance(self.login, PasswordLogin):
            return f"User:{self.login.username}"
        return None if self.login is not None or self.tls.identity is not None else "User:ANONYMOUS"


PLAINTEXT: Final = Security()
