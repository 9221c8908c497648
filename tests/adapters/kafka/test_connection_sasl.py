"""Logins against a stub: what is sent, and what each refusal says."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.kafka.client_properties import security_of
from ktui.adapters.kafka.connection import Connection, Connector
from tests.adapters.kafka.stub import Answer, Asked, Stub, running

HANDSHAKE, AUTHENTICATE = 17, 36
PLAIN = """
security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="s3cret";
"""


def text(value: str | None) -> bytes:
    return struct.pack(">h", -1) if value is None else struct.pack(">h", len(value)) + value.encode()


def offers(*mechanisms: str, error: int = 0) -> bytes:
    return struct.pack(">hi", error, len(mechanisms)) + b"".join(map(text, mechanisms))


def verdict(error: int = 0, message: str | None = None, data: bytes = b"", lifetime_ms: int = 0) -> bytes:
    return (
        struct.pack(">h", error)
        + text(message)
        + struct.pack(">i", len(data))
        + data
        + struct.pack(">q", lifetime_ms)
    )


def stub(authenticate: Answer | bytes, handshake: bytes | None = None) -> Stub:
    return Stub(answers={HANDSHAKE: handshake or offers("PLAIN", "OAUTHBEARER"), AUTHENTICATE: authenticate})


async def login(node: Stub, properties: str = PLAIN) -> Connection:
    return await Connector(security_of(properties, "client.properties")).open(node.address, timeout_s=5)


async def refusal(node: Stub, properties: str = PLAIN) -> str:
    async with running(node):
        with pytest.raises(ConnectFailed) as caught:
            await login(node, properties)
    assert caught.value.step is Step.SASL
    assert "s3cret" not in str(caught.value)
    return caught.value.reason


async def test_plain() -> None:
    node = stub(verdict())
    async with running(node):
        connection = await login(node)
        connection.abort()
    assert node.keys() == [HANDSHAKE, AUTHENTICATE]
    assert node.asked[-1].tail.endswith(b"alice\0alice\0s3cret")
    assert connection.renew_at is None


async def test_a_login_that_ends_is_to_be_renewed_before() -> None:
    node = stub(verdict(lifetime_ms=60_000))
    async with running(node):
        connection = await login(node)
        connection.abort()
    assert connection.renew_at is not None


async def test_wrong_password() -> None:
    message = "Authentication failed: Invalid username or password"
    assert await refusal(stub(verdict(58, message))) == message


async def test_a_refusal_cannot_steer_the_terminal() -> None:
    assert await refusal(stub(verdict(58, "no\x1b[2J"))) == "no?[2J"


async def test_a_refusal_without_a_message() -> None:
    assert await refusal(stub(verdict(58))) == "the login was refused"


async def test_a_mechanism_that_is_not_offered() -> None:
    node = stub(verdict(), handshake=offers("SCRAM-SHA-256", "SCRAM-SHA-512", error=33))
    assert await refusal(node) == "PLAIN is not offered there; offered: SCRAM-SHA-256, SCRAM-SHA-512"


async def test_a_listener_without_login() -> None:
    expected = "this listener takes no login, but security.protocol is SASL_PLAINTEXT"
    assert await refusal(stub(verdict(), handshake=offers(error=34))) == expected


async def test_a_node_that_knows_no_login() -> None:
    node = stub(verdict())
    node.versions = {3: (0, 13)}
    assert await refusal(node) == "this node takes no login, but security.protocol is SASL_PLAINTEXT"


async def test_closed_during_the_login() -> None:
    node = stub(verdict())
    node.closes_at = AUTHENTICATE
    assert await refusal(node) == "the connection was closed during the login"


async def test_silent_during_the_login() -> None:
    node = stub(lambda asked: None)
    async with running(node):
        with pytest.raises(ConnectFailed) as caught:
            await Connector(security_of(PLAIN, "x")).open(node.address, timeout_s=0.2)
    assert (caught.value.step, caught.value.reason) == (Step.SASL, "no answer within 0.2 s")


async def test_an_answer_that_makes_no_sense() -> None:
    scram = PLAIN.replace("=PLAIN", "=SCRAM-SHA-256").replace("plain.PlainLogin", "scram.ScramLogin")
    node = stub(verdict(data=b"hello"), handshake=offers("SCRAM-SHA-256"))
    assert await refusal(node, scram) == "the answer to the login is not what the protocol says"


class TokenEndpoint(BaseHTTPRequestHandler):
    answer: tuple[int, bytes] = (200, b'{"access_token": "t1", "expires_in": 3600}')
    asked: list[tuple[str | None, bytes]]
    url: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.headers["Authorization"], body))
        status, answer = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[type[TokenEndpoint]]:
    class Endpoint(TokenEndpoint):
        pass

    Endpoint.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    Endpoint.url = f"http://127.0.0.1:{server.server_port}/token"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Endpoint
    server.shutdown()
    thread.join()
    server.server_close()


def oauth(url: str) -> str:
    return f"""
security.protocol=SASL_PLAINTEXT
sasl.mechanism=OAUTHBEARER
sasl.oauthbearer.token.endpoint.url={url}
sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \\
  clientId="me" clientSecret="passphrase" scope="kafka" extension_logicalCluster="lkc-1";
"""


async def test_oauth(endpoint: type[TokenEndpoint], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    node = stub(verdict())
    async with running(node):
        connector = Connector(security_of(oauth(endpoint.url), "x"))
        for _ in range(2):
            (await connector.open(node.address, timeout_s=5)).abort()
    assert endpoint.asked == [("Basic bWU6cGFzc3BocmFzZQ==", b"grant_type=client_credentials&scope=kafka")]
    assert node.asked[-1].tail.endswith(b"n,,\x01auth=Bearer t1\x01logicalCluster=lkc-1\x01\x01")


async def test_a_refused_token_is_a_refusal(
    endpoint: type[TokenEndpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 7628, 3.2.3: the refusal is a challenge first, and an error only after the client's answer to that."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def authenticate(asked: Asked) -> bytes:
        if asked.tail.endswith(b"\0\0\0\1\x01"):
            return verdict(58, '{"status":"invalid_token"}')
        return verdict(data=b'{"status":"invalid_token"}')

    node = stub(authenticate)
    assert await refusal(node, oauth(endpoint.url)) == '{"status":"invalid_token"}'


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((401, b"{}"), "HTTP 401 Unauthorized"),
        ((200, b"<html>"), "the answer is not JSON"),
        ((200, b"[]"), "the answer is not a JSON object"),
        ((200, b"{}"), "the answer holds no access_token"),
    ],
)
async def test_no_token(
    endpoint: type[TokenEndpoint], answer: tuple[int, bytes], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    endpoint.answer = answer
    url: str = endpoint.url
    assert await refusal(stub(verdict()), oauth(url)) == f"no token from {url}: {reason}"


async def test_no_token_endpoint() -> None:
    reason = await refusal(stub(verdict()), oauth("file:///no/such/file"))
    assert reason == "no token from file:///no/such/file: No such file or directory"
