"""Trust stores and key stores as Java's clients name them, to PEM text. JKS and PKCS12 need another library."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ktui.adapters.errors import BadSettings

_LARGEST: Final = 16 << 20
_JKS: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_BLOCK: Final = re.compile(r"-{5}BEGIN ([A-Z0-9 ]+)-{5}(.*?)-{5}END \1-{5}", re.DOTALL)
_LINE: Final = 64


def read_pem_store(path: str, what: str, *, given_type: str | None) -> str:
    """The PEM text of a store; what it holds decides, not its type. Raises BadSettings that says how to convert."""
    file = Path(path).expanduser()
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise BadSettings(
            f"{what}: {path} cannot be read: {(error.strerror or str(error)).lower()}"
        ) from None
    except ValueError:
        raise BadSettings(f"{what}: not a file name") from None
    kind = _kind_of(data, given_type)
    if kind != "PEM":
        raise BadSettings(
            f"{what}: {path} is a {kind} store, which is not read here; {_how_to_convert(path, kind, what)}"
        )
    return normal_pem(data.decode("latin-1"), what)


def normal_pem(text: str, what: str) -> str:
    """PEM blocks with lines as OpenSSL wants them: in a properties file they are often written in one line."""
    blocks = [_wrapped(label, body) for label, body in _BLOCK.findall(text)]
    if not blocks:
        raise BadSettings(f"{what}: there is no PEM block (-----BEGIN …-----) in it")
    return "".join(blocks)


def _wrapped(label: str, body: str) -> str:
    if ":" in body:  # headers of an encrypted key in the traditional form; their lines matter
        lines = body.strip().splitlines()
    else:
        packed = "".join(body.split())
        lines = [packed[start : start + _LINE] for start in range(0, len(packed), _LINE)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def _kind_of(data: bytes, given_type: str | None) -> str:
    if b"-----BEGIN " in data:
        return "PEM"
    if data.startswith(_JKS):
        return "JKS"
    if data.startswith(b"\x30"):
        return "PKCS12"
    return (given_type or "JKS").upper()


def _how_to_convert(path: str, kind: str, what: str) -> str:
    pkcs12 = path if kind == "PKCS12" else f"{Path(path).stem}.p12"
    to_pkcs12 = f"keytool -importkeystore -srckeystore {path} -destkeystore {pkcs12} -deststoretype PKCS12"
    option = "-nokeys " if "truststore" in what else ""
    to_pem = f"openssl pkcs12 {option}-in {pkcs12} -out {Path(path).stem}.pem"
    steps = to_pem if kind == "PKCS12" else f"{to_pkcs12}; {to_pem}"
    return f"convert it ({steps}) and name the .pem file with type PEM"
