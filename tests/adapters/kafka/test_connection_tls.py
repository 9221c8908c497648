"""TLS between the connection and a stub: trust, names, client certificates, and ports of the wrong kind."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadSettings, ConnectFailed, ConnectionBroke, Step
from ktui.adapters.kafka.client_properties import security_of
from ktui.adapters.kafka.connection import Connector
from ktui.adapters.kafka.frames import RawRequest
from ktui.adapters.security import PLAINTEXT
from tests.adapters.kafka.stub import METADATA, Stub, running, speaking

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"
TRUST = f"ssl.truststore.type=PEM\nssl.truststore.location={AUTHORITY}\n"
IDENTITY = f"ssl.keystore.type=PEM\nssl.keystore.location={CERTIFICATES / 'client.pem'}\n"


def server(certificate: str = "server.pem", *, wants_client: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / certificate)
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(AUTHORITY)
    return context


def connector(properties: str) -> Connector:
    return Connector(security_of(f"security.protocol=SSL\n{properties}", "client.properties"))


async def failure(address: Address, properties: str, timeout_s: float = 5) -> ConnectFailed:
    with pytest.raises(ConnectFailed) as caught:
        await connector(properties).open(address, timeout_s=timeout_s)
    assert caught.value.step is Step.TLS
    return caught.value


async def test_trusted() -> None:
    stub = Stub(tls=server(), answers={METADATA: b"\0answer"})
    async with running(stub):
        connection = await connector(TRUST).open(stub.address, timeout_s=5)
        assert await connection.exchange(RawRequest(METADATA, 12, b"", is_flexible=True)) == b"answer"
        connection.abort()
        await connection.closed()


async def test_not_trusted() -> None:
    stub = Stub(tls=server())
    async with running(stub):
        error = await failure(stub.address, "")
    assert error.reason.startswith("the server's certificate is refused: ")


async def test_another_name() -> None:
    stub = Stub(tls=server("elsewhere.pem"))
    async with running(stub):
        error = await failure(stub.address, TRUST)
        assert "mismatch" in error.reason
        no_check = f"{TRUST}ssl.endpoint.identification.algorithm=\n"
        connection = await connector(no_check).open(stub.address, timeout_s=5)
        connection.abort()


@pytest.mark.parametrize("file", ["client.pem", "client-encrypted.pem"])
async def test_client_certificate(file: str) -> None:
    stub = Stub(tls=server(wants_client=True))
    identity = f"ssl.keystore.location={CERTIFICATES / file}\nssl.key.password=secret\n"
    async with running(stub):
        connection = await connector(TRUST + identity).open(stub.address, timeout_s=5)
        connection.abort()


async def test_client_certificate_missing() -> None:
    stub = Stub(tls=server(wants_client=True))
    async with running(stub):
        error = await failure(stub.address, TRUST)
    assert "client certificate" in error.reason
    assert "(ssl.keystore.location)" in error.reason


async def test_tls_spoken_to_a_plaintext_port() -> None:
    async with speaking(lambda reader, writer: writer.write(b"\0\0\0\2no")) as address:
        error = await failure(address, TRUST)
    assert error.reason == "the port does not speak TLS, but security.protocol is SSL"


async def test_tls_spoken_to_a_port_that_closes() -> None:
    async with speaking(lambda reader, writer: None) as address:
        error = await failure(address, TRUST)
    assert error.reason == "closed during the handshake; perhaps the port does not speak TLS"


async def test_tls_spoken_to_a_port_that_is_silent() -> None:
    stub = Stub(is_hung=True)
    async with speaking(lambda reader, writer: reader.read()) as address:
        error = await failure(address, TRUST, timeout_s=0.2)
    assert error.reason == "no answer within 0.2 s"
    assert stub.asked == []


async def test_plaintext_spoken_to_a_tls_port() -> None:
    stub = Stub(tls=server())
    async with running(stub):
        with pytest.raises(ConnectFailed) as caught:
            await Connector(PLAINTEXT).open(stub.address, timeout_s=5)
    assert "TLS" in str(caught.value)


async def test_cut_while_waiting() -> None:
    stub = Stub(tls=server(), closes_at=METADATA)
    async with running(stub):
        connection = await connector(TRUST).open(stub.address, timeout_s=5)
        with pytest.raises(ConnectionBroke):
            await connection.exchange(RawRequest(METADATA, 12, b"", is_flexible=True))


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (f"ssl.keystore.location={CERTIFICATES / 'client-encrypted.pem'}", "needs ssl.key.password"),
        (
            f"ssl.keystore.location={CERTIFICATES / 'client-encrypted.pem'}\nssl.key.password=wrong",
            "ssl.key.password does not open the private key",
        ),
        (f"ssl.keystore.location={AUTHORITY}", "needs ssl.key.password, or the file is damaged"),
        (
            "ssl.truststore.certificates=-----BEGIN CERTIFICATE-----abcd-----END CERTIFICATE-----",
            "the trusted certificates cannot be read",
        ),
    ],
)
def test_stores_that_cannot_be_used(properties: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason) as caught:
        connector(properties)
    assert "wrong" not in str(caught.value)
    assert str(caught.value).startswith("client.properties: ")
