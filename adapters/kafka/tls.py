"""TLS settings to the context that connections use. Everything is PEM by now."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ktui.adapters.errors import BadSettings
from ktui.adapters.secret import Secret
from ktui.adapters.security import TlsSettings

_DESCRIPTORS = Path("/proc/self/fd")


def context_of(settings: TlsSettings) -> ssl.SSLContext:
    """Raises BadSettings when a certificate or a key cannot be used.

    Not `ssl.create_default_context`: from Python 3.13 on it refuses many private authorities that Java takes.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = settings.checks_host_name
    if settings.trusted is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(cadata=settings.trusted)
        except (ssl.SSLError, ValueError) as error:
            raise BadSettings(
                f"{settings.source}: the trusted certificates cannot be read: {error}"
            ) from None
    if settings.identity is not None:
        _load_identity(context, settings, settings.identity)
    return context


def _load_identity(context: ssl.SSLContext, settings: TlsSettings, identity: Secret) -> None:
    password = settings.key_password.reveal() if settings.key_password else ""
    with _as_file(identity.reveal().encode()) as path:
        try:
            # A callable: without any password OpenSSL would ask on the terminal.
            context.load_cert_chain(path, password=lambda: password)
        except ssl.SSLError as error:
            reason = _identity_reason(error, has_password=bool(password))
            raise BadSettings(f"{settings.source}: the client certificate cannot be used: {reason}") from None
        except (OSError, ValueError) as error:
            raise BadSettings(f"{settings.source}: the client certificate cannot be used: {error}") from None


def _identity_reason(error: ssl.SSLError, *, has_password: bool) -> str:
    match error.reason:
        case "KEY_VALUES_MISMATCH":
            return "the private key does not belong to the certificate"
        case None | "BAD_DECRYPT" | "BAD_PASSWORD_READ" | "NO_START_LINE" | "PEM_LIB":
            if has_password:
                return "ssl.key.password does not open the private key, or the file is damaged"
            return "the private key needs ssl.key.password, or the file is damaged"
        case reason:
            return reason.replace("_", " ").lower()


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """The ssl module reads keys from files only: one in memory where the system has that, else one that is private."""
    if hasattr(os, "memfd_create") and _DESCRIPTORS.exists():
        descriptor = os.memfd_create("identity")
        try:
            os.write(descriptor, data)
            yield str(_DESCRIPTORS / str(descriptor))
        finally:
            os.close(descriptor)
        return
    with tempfile.NamedTemporaryFile(prefix="identity-") as file:
        file.write(data)
        file.flush()
        yield file.name
