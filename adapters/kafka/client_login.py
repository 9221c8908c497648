"""The `sasl.*` keys of a client.properties file."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.kafka.jaas import LoginModule, parse_jaas
from ktui.adapters.kafka.property_values import PropertyValues
from ktui.adapters.secret import Secret
from ktui.adapters.security import Mechanism, OAuthLogin, PasswordLogin

_JAAS: Final = "sasl.jaas.config"
_MECHANISM: Final = "sasl.mechanism"
_TOKEN_URL: Final = "sasl.oauthbearer.token.endpoint.url"
_CLIENT_ID: Final = "sasl.oauthbearer.client.credentials.client.id"
_CLIENT_SECRET: Final = "sasl.oauthbearer.client.credentials.client.secret"
_MODULES: Final = {
    Mechanism.PLAIN: "PlainLoginModule",
    Mechanism.SCRAM_SHA_256: "ScramLoginModule",
    Mechanism.SCRAM_SHA_512: "ScramLoginModule",
    Mechanism.OAUTHBEARER: "OAuthBearerLoginModule",
}
_EXTENSION: Final = "extension_"


def login_of(properties: PropertyValues) -> PasswordLogin | OAuthLogin:
    """Raises BadSettings; values of options are never quoted."""
    mechanism = _mechanism(properties)
    if properties.text(_JAAS) is None and (
        mechanism is not Mechanism.OAUTHBEARER or properties.text(_CLIENT_ID) is None
    ):
        raise properties.bad(_JAAS, f"missing; {mechanism} needs it")
    options = _options(properties, mechanism)
    if mechanism is Mechanism.OAUTHBEARER:
        return _oauth(properties, options)
    if options.get("tokenauth", "").lower() == "true":
        raise properties.bad(_JAAS, "delegation tokens (tokenauth) are not supported")
    return PasswordLogin(
        mechanism,
        username=_needed(properties, options, "username"),
        password=Secret(_needed(properties, options, "password")),
    )


def _mechanism(properties: PropertyValues) -> Mechanism:
    named = properties.text(_MECHANISM)
    if named is None:
        raise properties.bad(
            _MECHANISM,
            f"missing (Java then takes GSSAPI, which is not supported); one of {', '.join(Mechanism)}",
        )
    if named.upper() == "GSSAPI":
        raise properties.bad(
            _MECHANISM,
            "GSSAPI (Kerberos) needs the Python package gssapi and a Kerberos library, which are not part of ktui;"
            f" use one of {', '.join(Mechanism)}",
        )
    return properties.one_of(_MECHANISM, Mechanism, Mechanism.PLAIN)


def _options(properties: PropertyValues, mechanism: Mechanism) -> Mapping[str, str]:
    text = properties.text(_JAAS)
    if text is None:
        return {}
    try:
        module: LoginModule = parse_jaas(text)
    except BadSettings as error:
        raise properties.bad(_JAAS, str(error)) from None
    if module.short_name != _MODULES[mechanism]:
        reason = (
            f"{module.short_name} does not go with sasl.mechanism {mechanism}; it takes {_MODULES[mechanism]}"
        )
        raise properties.bad(_JAAS, reason)
    return module.options


def _needed(properties: PropertyValues, options: Mapping[str, str], option: str) -> str:
    value = options.get(option)
    if not value:
        raise properties.bad(_JAAS, f"the option {option} is missing")
    return value


def _oauth(properties: PropertyValues, options: Mapping[str, str]) -> OAuthLogin:
    url = properties.text(_TOKEN_URL)
    if url is None:
        raise properties.bad(_TOKEN_URL, "missing; OAUTHBEARER gets its tokens there")
    scheme = urllib.parse.urlsplit(url).scheme
    if scheme not in ("https", "http", "file"):
        raise properties.bad(_TOKEN_URL, "not an https, http or file URL")
    client_id = properties.text(_CLIENT_ID) or options.get("clientId", "")
    secret = properties.text(_CLIENT_SECRET) or options.get("clientSecret", "")
    if scheme != "file" and not (client_id and secret):
        raise properties.bad(_JAAS, "the options clientId and clientSecret are missing")
    extensions = [
        (name.removeprefix(_EXTENSION), value)
        for name, value in options.items()
        if name.startswith(_EXTENSION)
    ]
    return OAuthLogin(
        token_url=url,
        client_id=client_id,
        client_secret=Secret(secret),
        scope=properties.text("sasl.oauthbearer.scope") or options.get("scope"),
        extensions=tuple(extensions),
        encodes_header=properties.flag("sasl.oauthbearer.header.urlencode"),
    )
