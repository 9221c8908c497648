"""The table `client` of a profile: names of Java's clients or of librdkafka, secrets from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ktui.adapters.java_properties import Entry
from ktui.adapters.kafka.client_properties import security_from
from ktui.adapters.kafka.property_values import PropertyValues
from ktui.adapters.security import Security
from ktui.tui.profiles.places import line_of
from ktui.tui.profiles.secret_values import secret_of
from ktui.tui.profiles.values import Table

SECRETS: Final = frozenset({
    "sasl.password", "sasl.jaas.config", "ssl.key.password", "ssl.keystore.password", "ssl.keystore.key",
    "ssl.key.pem", "ssl.truststore.password", "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.client.credentials.client.secret",
})  # fmt: skip
_RENAMED: Final = {
    "sasl.mechanisms": "sasl.mechanism",
    "ssl.ca.location": "ssl.truststore.location",
    "ssl.ca.pem": "ssl.truststore.certificates",
    "ssl.certificate.pem": "ssl.keystore.certificate.chain",
    "ssl.key.pem": "ssl.keystore.key",
    "sasl.oauthbearer.client.id": "sasl.oauthbearer.client.credentials.client.id",
    "sasl.oauthbearer.client.secret": "sasl.oauthbearer.client.credentials.client.secret",
}
"""librdkafka's names whose values mean the same as Java's under another name."""
_FILES: Final = {
    "ssl.certificate.location": "ssl.keystore.certificate.chain",
    "ssl.key.location": "ssl.keystore.key",
}
"""librdkafka's names of files; Java takes what is in them."""
_HOST_CHECK: Final = "ssl.endpoint.identification.algorithm"
_MODULES: Final = {"PLAIN": "plain.PlainLoginModule"}


def client_security(table: Table, *, takes_inline_secrets: bool) -> Security:
    """What the table says of encryption and login. BadSettings names file, line and setting, never a secret."""
    entries: dict[str, Entry] = {}
    for name in table.values:
        _refuse_inline(table, name, takes_inline_secrets)
        value = _value_of(table, name)
        java = _RENAMED.get(name) or _FILES.get(name) or name
        entries[java] = Entry(value, line_of(table.text, (*table.path, name)) or 0)
        if name == "ssl.ca.location":
            entries["ssl.truststore.type"] = Entry("PEM", entries[java].line)
    _join_login(entries)
    return security_from(PropertyValues(entries, table.file))


def _refuse_inline(table: Table, name: str, takes_inline_secrets: bool) -> None:
    if name in SECRETS and isinstance(table.values[name], str) and not takes_inline_secrets:
        raise table.bad(
            name,
            'a secret does not belong in this file: write { env = "NAME" }, { file = "PATH" }, '
            "{ command = [...] } or { prompt = true } (or set inline_secrets = true at the top of the file)",
        )


def _value_of(table: Table, name: str) -> str:
    value = table.values[name]
    if isinstance(value, dict):
        return secret_of(table, name).reveal()
    if not isinstance(value, str | bool | int):
        raise table.bad(name, "must be a text, a number, true or false")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if name in _FILES:
        return _content(table, name, text)
    change = _CHANGED.get(name)
    if change is not None:
        return change(text)
    if name.endswith(".location"):
        return str(Path(table.file).parent / Path(text).expanduser())
    return text


def _content(table: Table, name: str, text: str) -> str:
    path = Path(table.file).parent / Path(text).expanduser()
    try:
        return path.read_text(encoding="latin-1")
    except OSError as error:
        raise table.bad(name, f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None


def _join_login(entries: dict[str, Entry]) -> None:
    """A name and a password of their own, as librdkafka has them, as the login module that Java has."""
    user, password = entries.pop("sasl.username", None), entries.pop("sasl.password", None)
    if user is None or password is None or "sasl.jaas.config" in entries:
        return
    mechanism = entries.get("sasl.mechanism", Entry("PLAIN", user.line))
    entries.setdefault("sasl.mechanism", mechanism)
    module = _MODULES.get(mechanism.value.upper(), "scram.ScramLoginModule")
    options = f'username="{_quoted(user.value)}" password="{_quoted(password.value)}"'
    text = f"org.apache.kafka.common.security.{module} required {options};"
    entries["sasl.jaas.config"] = Entry(text, password.line)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


_CHANGED: Final[Mapping[str, Callable[[str], str]]] = {
    "security.protocol": str.upper,
    _HOST_CHECK: lambda text: "" if text.lower() == "none" else text,
}
