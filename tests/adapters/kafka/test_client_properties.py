"""client.properties files to `Security`, and what is wrong with those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.kafka.client_properties import read_security, security_of
from ktui.adapters.secret import Secret
from ktui.adapters.security import (
    PLAINTEXT,
    Mechanism,
    OAuthLogin,
    PasswordLogin,
    Security,
    SecurityProtocol,
)

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"
PREFIX = "org.apache.kafka.common.security"
PLAIN = f'{PREFIX}.plain.PlainLoginModule required username="alice" password="hunter2";'
SCRAM = f'{PREFIX}.scram.ScramLoginModule required username="alice" password="hunter2";'
OAUTH = f'{PREFIX}.oauthbearer.OAuthBearerLoginModule required clientId="me" clientSecret="hunter2";'
SASL_SSL = "security.protocol=SASL_SSL"
EMPTY_OAUTH = f"sasl.jaas.config={OAUTH.split()[0]}"
PKCS12 = CERTIFICATES / "client.p12"
TOKENS = "sasl.oauthbearer.token.endpoint.url=https://login/token"


def read(*lines: str) -> Security:
    return security_of("\n".join(lines), "client.properties")


def complaint(*lines: str) -> str:
    with pytest.raises(BadSettings) as caught:
        read(*lines)
    message = str(caught.value)
    assert message.startswith("client.properties: ")
    assert "hunter2" not in message
    assert "\n" not in message
    return message.removeprefix("client.properties: ")


def test_nothing_about_security() -> None:
    assert read() == PLAINTEXT
    assert (
        read("bootstrap.servers=a:1", "some.key=x", "sasl.mechanism=GSSAPI", "ssl.truststore.location=/no")
        == PLAINTEXT
    )


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("security.protocol=SSL\n", encoding="utf-8")
    assert read_security(file).protocol is SecurityProtocol.SSL
    with pytest.raises(BadSettings, match=r"missing\.properties: cannot be read"):
        read_security(str(tmp_path / "missing.properties"))


@pytest.mark.parametrize("mechanism", [Mechanism.PLAIN, Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_512])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL", "sasl_ssl"])
def test_passwords(mechanism: Mechanism, protocol: str) -> None:
    jaas = PLAIN if mechanism is Mechanism.PLAIN else SCRAM
    security = read(
        f"security.protocol={protocol}", f"sasl.mechanism={mechanism}", f"sasl.jaas.config={jaas}"
    )
    assert security.protocol == protocol.upper()
    assert security.login == PasswordLogin(mechanism, "alice", Secret("hunter2"))


def test_oauth() -> None:
    start = [SASL_SSL, "sasl.mechanism=OAUTHBEARER", TOKENS]
    login = OAuthLogin("https://login/token", "me", Secret("hunter2"))
    assert read(*start, f"sasl.jaas.config={OAUTH}").login == login
    named = [
        "sasl.oauthbearer.client.credentials.client.id=me",
        "sasl.oauthbearer.client.credentials.client.secret=hunter2",
    ]
    assert read(*start, *named).login == login
    more = read(*start, *named, "sasl.oauthbearer.scope=s", "sasl.oauthbearer.header.urlencode=true").login
    assert isinstance(more, OAuthLogin)
    assert (more.scope, more.encodes_header) == ("s", True)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["", "security.protocol=TLS"], "line 2: security.protocol: 'TLS' is none of PLAINTEXT, SSL, SASL_"),
        ([SASL_SSL], "sasl.mechanism: missing (Java then takes GSSAPI"),
        ([SASL_SSL, "sasl.mechanism=GSSAPI"], "line 2: sasl.mechanism: GSSAPI (Kerberos) needs"),
        ([SASL_SSL, "sasl.mechanism=MAGIC"], "line 2: sasl.mechanism: 'MAGIC' is none of PLAIN, "),
        ([SASL_SSL, "sasl.mechanism=PLAIN"], "sasl.jaas.config: missing; PLAIN needs it"),
        (
            [SASL_SSL, "sasl.mechanism=PLAIN", f"sasl.jaas.config={SCRAM}"],
            "line 3: sasl.jaas.config: ScramLoginModule does not go with sasl.mechanism PLAIN",
        ),
        (
            [SASL_SSL, "sasl.mechanism=PLAIN", f"sasl.jaas.config={PLAIN[:-1]}"],
            'line 3: sasl.jaas.config: ";" is missing at the end',
        ),
        (
            [SASL_SSL, "sasl.mechanism=PLAIN", "sasl.jaas.config=PlainLoginModule required;"],
            "line 3: sasl.jaas.config: the option username is missing",
        ),
        (
            [
                SASL_SSL,
                "sasl.mechanism=SCRAM-SHA-512",
                f'sasl.jaas.config={SCRAM[:-1]} tokenauth="true";',
            ],
            "line 3: sasl.jaas.config: delegation tokens",
        ),
        (
            [SASL_SSL, "sasl.mechanism=OAUTHBEARER", f"sasl.jaas.config={OAUTH}"],
            "sasl.oauthbearer.token.endpoint.url: missing",
        ),
        (
            [
                SASL_SSL,
                "sasl.mechanism=OAUTHBEARER",
                f"sasl.jaas.config={OAUTH}",
                "sasl.oauthbearer.token.endpoint.url=ftp://x",
            ],
            "line 4: sasl.oauthbearer.token.endpoint.url: not an https, http or file URL",
        ),
        (
            [SASL_SSL, "sasl.mechanism=OAUTHBEARER", TOKENS, f"{EMPTY_OAUTH} required;"],
            "line 4: sasl.jaas.config: the options clientId and clientSecret are missing",
        ),
        (
            ["config.providers=file", SASL_SSL, "sasl.mechanism=PLAIN", "sasl.jaas.config=${file:/x:y}"],
            "line 4: sasl.jaas.config: config providers",
        ),
        (
            ["security.protocol=SSL", "ssl.endpoint.identification.algorithm=ldaps"],
            "line 2: ssl.endpoint.identification.algorithm: 'ldaps' is neither https nor empty",
        ),
        (
            ["security.protocol=SSL", "ssl.truststore.location=/no/such.pem"],
            "line 2: ssl.truststore.location: /no/such.pem cannot be read: no such file",
        ),
        (
            ["security.protocol=SSL", "ssl.truststore.certificates=hello"],
            "line 2: ssl.truststore.certificates: there is no PEM block",
        ),
        (
            ["security.protocol=SSL", "ssl.keystore.key=-----BEGIN X-----"],
            "ssl.keystore.certificate.chain: missing; it goes with ssl.keystore.key",
        ),
        (
            ["security.protocol=SSL", f"ssl.keystore.location={PKCS12}", "ssl.keystore.password=hunter2"],
            f"line 2: ssl.keystore.location: {PKCS12} is a PKCS12 store, which is not read here;"
            f" convert it (openssl pkcs12 -in {PKCS12} -out client.pem)",
        ),
    ],
)
def test_complaints(lines: list[str], expected: str) -> None:
    assert complaint(*lines).startswith(expected)


def test_a_jks_store_says_how_to_convert_it(tmp_path: Path) -> None:
    store = tmp_path / "trust.jks"
    store.write_bytes(b"\xfe\xed\xfe\xed\0\0\0\2")
    message = complaint(
        "security.protocol=SSL", f"ssl.truststore.location={store}", "ssl.truststore.password=hunter2"
    )
    assert f"keytool -importkeystore -srckeystore {store} -destkeystore trust.p12" in message
    assert "openssl pkcs12 -nokeys -in trust.p12 -out trust.pem" in message


def test_stores_by_content_whatever_the_type_says(tmp_path: Path) -> None:
    security = read(
        "security.protocol=SSL", f"ssl.truststore.location={AUTHORITY}", "ssl.truststore.type=JKS"
    )
    assert security.tls.trusted == AUTHORITY.read_text(encoding="ascii")
    other = tmp_path / "x.bcfks"
    other.write_bytes(b"something else")
    assert "is a BCFKS store" in complaint(
        "security.protocol=SSL", f"ssl.truststore.location={other}", "ssl.truststore.type=bcfks"
    )


def test_inline_pem_in_one_line() -> None:
    trusted = AUTHORITY.read_text(encoding="ascii")
    client = (CERTIFICATES / "client.pem").read_text(encoding="ascii")
    chain, key = client.split("-----BEGIN PRIVATE KEY-----")
    security = read(
        "security.protocol=SSL",
        "ssl.truststore.certificates=" + trusted.replace("\n", " "),
        "ssl.keystore.certificate.chain=" + chain.replace("\n", "\\\n  "),
        "ssl.keystore.key=-----BEGIN PRIVATE KEY-----" + key.replace("\n", " "),
    )
    assert security.tls.trusted == trusted
    assert security.tls.identity is not None
    assert security.tls.identity.reveal() == "-----BEGIN PRIVATE KEY-----" + key + chain
    assert "PRIVATE" not in repr(security)


def test_host_name_check() -> None:
    key = "ssl.endpoint.identification.algorithm"
    assert read("security.protocol=SSL").tls.checks_host_name
    assert read("security.protocol=SSL", f"{key}=HTTPS").tls.checks_host_name
    assert not read("security.protocol=SSL", f"{key}=").tls.checks_host_name
