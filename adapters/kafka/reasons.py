"""Why a connection did not come about, in words: exceptions and stray bytes to one short reason and its step."""

from __future__ import annotations

import socket
import ssl
import string
from collections.abc import Sequence

from ktui.adapters.errors import AdapterError, Step
from ktui.adapters.kafka.oauth import NoToken
from ktui.adapters.security import Security

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "HTTP_REQUEST"})
_ABOUT_US = (
    "_CERTIFICATE",
    "_CERTIFICATE_REQUIRED",
    "_CERTIFICATE_UNKNOWN",
    "_UNKNOWN_CA",
    "_HANDSHAKE_FAILURE",
)
"""Ends of alerts by which servers say that a client's certificate is missing or not good enough."""
_EXCERPT = 24
_PRINTABLE = frozenset(string.ascii_letters + string.digits + string.punctuation + " ")


class StrayBytes(Exception):
    """Bytes where a Kafka frame should begin."""

    def __init__(self, head: bytes) -> None:
        super().__init__(describe(head))
        self.head = head


def describe(head: bytes) -> str:
    """What seems to speak, from its first bytes."""
    if head.startswith((b"\x15\x03", b"\x16\x03")):
        return "the port speaks TLS"
    if head.startswith(b"HTTP/"):
        return "an HTTP server answers there, not Kafka"
    if head.startswith(b"SSH-"):
        return "an SSH server answers there, not Kafka"
    text = head[:_EXCERPT].decode("latin-1").split("\n")[0].strip()
    if len(text) > 3 and _PRINTABLE.issuperset(text):
        return f"what answers there is not Kafka; it says {text!r}"
    return "what answers there is not Kafka"


def reason_of(error: BaseException, step: Step, security: Security) -> tuple[Step, str]:
    """The step that failed (TLS problems may come out later than the handshake) and why."""
    if isinstance(error, ssl.SSLError):
        return Step.TLS, _tls_reason(error, security)
    if step is Step.NAME:
        return step, _name_reason(error)
    if isinstance(error, StrayBytes):
        if error.head.startswith((b"\x15\x03", b"\x16\x03")):
            return Step.TLS, f"the port speaks TLS, but security.protocol is {security.protocol}"
        return Step.PROTOCOL, str(error)
    if step is Step.TLS and isinstance(error, OSError | EOFError):
        return step, "closed during the handshake; perhaps the port does not speak TLS"
    if isinstance(error, AdapterError):
        return step, str(error)
    if isinstance(error, ConnectionRefusedError):
        return step, "connection refused"
    if isinstance(error, EOFError | ConnectionResetError | BrokenPipeError):
        if step is Step.PROTOCOL and security.protocol.has_tls:
            return Step.TLS, _closed_after_handshake(security)
        return step, _closed_reason(step, security)
    if isinstance(error, OSError) and error.strerror:
        return step, _lower(error.strerror)
    return step, _lower(str(error)) or type(error).__name__


def login_reason(error: BaseException, security: Security, offered: Sequence[str]) -> str | None:
    """Why a login failed, from the code that the node gave or from what it offers; None: ask `reason_of`."""
    if isinstance(error, OSError | EOFError):
        return None
    login = security.login
    mechanism = login.mechanism if login is not None else ""
    match getattr(error, "errno", None):
        case 33:
            listed = ", ".join(printable(name) for name in offered) or "none"
            return f"{mechanism} is not offered there; offered: {listed}"
        case 34:
            return f"this listener takes no login, but security.protocol is {security.protocol}"
        case 58:
            message = error.args[0] if error.args else None
            return printable(message) if isinstance(message, str) and message else "the login was refused"
    if isinstance(error, NoToken):
        return str(error)
    if type(error).__name__ == "IncompatibleBrokerVersion":
        return f"this node takes no login, but security.protocol is {security.protocol}"
    return "the answer to the login is not what the protocol says"


def printable(text: str) -> str:
    """Text from a server without what could steer a terminal, at most 200 characters."""
    return "".join(character if character.isprintable() else "?" for character in text[:200])


def _name_reason(error: BaseException) -> str:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return "does not resolve (the name server does not answer)"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "does not resolve"
    return f"does not resolve ({_lower(str(error))})"


def _tls_reason(error: ssl.SSLError, security: Security) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the server's certificate is refused: {_lower(error.verify_message or str(error)).rstrip('.')}"
        )
    reason = error.reason or ""
    if reason in _NOT_TLS:
        return f"the port does not speak TLS, but security.protocol is {security.protocol}"
    if "_ALERT_" in reason and reason.endswith(_ABOUT_US):
        if security.tls.identity is None:
            return "the server seems to want a client certificate (ssl.keystore.location)"
        return f"the server seems to refuse the client certificate: {reason.replace('_', ' ').lower()}"
    if isinstance(error, ssl.SSLEOFError) or not reason:
        return "closed during the handshake; perhaps the port does not speak TLS"
    return f"the handshake failed: {reason.replace('_', ' ').lower()}"


def _closed_after_handshake(security: Security) -> str:
    """With TLS 1.3 a server judges the client's certificate only after the client took the handshake for done."""
    if security.tls.identity is None:
        return "closed after the handshake; perhaps a client certificate is wanted (ssl.keystore.location)"
    return "closed after the handshake; perhaps the client certificate is refused"


def _closed_reason(step: Step, security: Security) -> str:
    if step is Step.SASL:
        return "the connection was closed during the login"
    return (
        "the connection was closed without an answer; not Kafka,"
        f" or a port that wants TLS (security.protocol is {security.protocol})"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if not text[:2].isupper() else text
