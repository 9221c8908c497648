"""Every way in which a connection does not come about, each with its step and a sentence; and requests over one."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadAnswer, ConnectFailed, ConnectionBroke, Step
from ktui.adapters.kafka.connection import LARGEST_ANSWER, Connection, Connector
from ktui.adapters.kafka.frames import RawRequest
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.security import PLAINTEXT
from tests.adapters.kafka.stub import METADATA, Asked, Stub, running, speaking, versions_body

REQUEST = RawRequest(METADATA, 12, b"question", is_flexible=True)


async def failure(address: Address, timeout_s: float = 5) -> ConnectFailed:
    """The failure to connect."""
    with pytest.raises(ConnectFailed) as caught:
        await Connector(PLAINTEXT).open(address, timeout_s=timeout_s)
    assert str(address) in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


async def opened(stub: Stub) -> Connection:
    return await Connector(PLAINTEXT).open(stub.address, timeout_s=5)


def says(data: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
    return lambda reader, writer: writer.write(data)


async def answers_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


@pytest.fixture
def silent_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Lookups of names under `.silent` hang until the test ends."""
    real, release, asked = socket.getaddrinfo, threading.Event(), list[str]()

    def getaddrinfo(host: str, *args: object, **options: int) -> object:
        if host.endswith(".silent") and not options.get("flags"):
            asked.append(host)
            release.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield asked
    release.set()


@pytest.mark.parametrize("name", ["no-such-name.invalid", "two..dots", "x" * 300])
async def test_a_name_that_does_not_resolve(name: str) -> None:
    error = await failure(Address(name, 9092))
    assert (error.step, error.reason.split(" (")[0]) == (Step.NAME, "does not resolve")


async def test_a_silent_name_server_uses_up_the_time_but_no_more(silent_name_server: list[str]) -> None:
    error = await failure(Address("a.silent", 9092), timeout_s=0.2)
    assert error.step is Step.NAME
    assert error.reason == "does not resolve (no answer within 0.2 s from the name server)"


async def test_a_silent_name_server_gets_one_thread_a_name_and_holds_up_no_other(
    silent_name_server: list[str],
) -> None:
    stub, connector = Stub(), Connector(PLAINTEXT)
    async with running(stub):
        slow = [
            asyncio.ensure_future(connector.open(Address("b.silent", 9092), timeout_s=0.3)) for _ in range(50)
        ]
        while not silent_name_server:  # noqa: ASYNC110 - a thread fills it
            await asyncio.sleep(0.001)
        local = Address("localhost", stub.address.port)
        connection = await connector.open(local, timeout_s=5)
        connection.abort()
        outcomes = await asyncio.gather(*slow, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {ConnectFailed}
    assert silent_name_server == ["b.silent"]


def test_a_silent_name_server_does_not_hold_up_the_exit() -> None:
    program = """
        import asyncio, socket, threading
        from ktui.adapters.addresses import Address
        from ktui.adapters.errors import ConnectFailed
        from ktui.adapters.kafka.connection import Connector
        from ktui.adapters.security import PLAINTEXT
        socket.getaddrinfo = lambda *args, flags=0, **options: (
            (_ for _ in ()).throw(socket.gaierror(-2, "")) if flags else threading.Event().wait())
        async def main():
            try:
                await Connector(PLAINTEXT).open(Address("black.hole", 1), timeout_s=0.1)
            except ConnectFailed as error:
                print(error)
        asyncio.run(main())
    """
    command = [sys.executable, "-X", "dev", "-c", textwrap.dedent(program)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert run.stdout.startswith("black.hole:1: name: does not resolve")
    assert (run.returncode, run.stderr) == (0, "")


async def test_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = await failure(Address("127.0.0.1", port))
    assert (error.step, error.reason) == (Step.CONNECT, "connection refused")


async def test_connecting_takes_too_long() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = Address(*server.getsockname())
        with socket.create_connection((address.host, address.port)):
            error = await failure(address, timeout_s=0.2)
    assert error.step is Step.CONNECT
    assert error.reason == "no answer within 0.2 s"


@pytest.mark.parametrize(
    ("data", "step", "reason"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", Step.PROTOCOL, "an SSH server answers there, not Kafka"),
        (b"-ERR unknown\r\n", Step.PROTOCOL, "what answers there is not Kafka; it says '-ERR unknown'"),
        (b"\xff\xff\xff\xff\x1b[2J", Step.PROTOCOL, "what answers there is not Kafka"),
        (b"\0\0\0\2ab", Step.PROTOCOL, "what answers there is not Kafka"),
        (
            bytes.fromhex("15030300020246"),
            Step.TLS,
            "the port speaks TLS, but security.protocol is PLAINTEXT",
        ),
        (b"\0\0\0\x08\0\0\0\x63abcd", Step.PROTOCOL, "it answers another question"),
        (b"\0\0\0\x08\0\0\0\x01abcd", Step.PROTOCOL, "the answer to ApiVersions is too short"),
        (b"", Step.PROTOCOL, None),
    ],
)
async def test_what_is_not_kafka(data: bytes, step: Step, reason: str | None) -> None:
    async with speaking(says(data)) as address:
        error = await failure(address)
    assert error.step is step
    assert reason is None or error.reason == reason


async def test_an_http_server() -> None:
    async with speaking(answers_http) as address:
        error = await failure(address)
    assert (error.step, error.reason) == (Step.PROTOCOL, "an HTTP server answers there, not Kafka")


async def test_a_port_that_closes_names_the_likely_causes() -> None:
    async with speaking(says(b"")) as address:
        error = await failure(address)
    assert "not Kafka, or a port that wants TLS (security.protocol is PLAINTEXT)" in error.reason


async def test_a_port_that_says_nothing() -> None:
    stub = Stub(is_hung=True)
    async with running(stub):
        error = await failure(stub.address, timeout_s=0.2)
    assert (error.step, error.reason) == (Step.PROTOCOL, "no answer within 0.2 s")


async def test_an_error_code_for_apiversions() -> None:
    stub = Stub(answers={18: versions_body({}, error=35)})
    async with running(stub):
        error = await failure(stub.address)
    assert (error.step, error.reason) == (Step.PROTOCOL, "ApiVersions was answered with error 35")


async def test_requests_and_versions() -> None:
    def echo(asked: Asked) -> bytes:
        return b"\0" + asked.tail

    stub = Stub(answers={METADATA: echo})
    async with running(stub):
        connection = await opened(stub)
        assert connection.versions[METADATA] == VersionRange(0, 13)
        assert await connection.exchange(REQUEST) == b"\0\x04ktui\0question"
        assert connection.is_open
        connection.abort()
        assert not connection.is_open
        await connection.closed()


async def test_a_large_answer() -> None:
    answer = bytes(range(256)) * 40_000
    stub = Stub(answers={METADATA: b"\0" + answer})
    async with running(stub):
        connection = await opened(stub)
        assert await connection.exchange(REQUEST) == answer
        connection.abort()


async def test_closed_while_waiting() -> None:
    stub = Stub(closes_at=METADATA)
    async with running(stub):
        connection = await opened(stub)
        with pytest.raises(ConnectionBroke, match="perhaps a login is wanted") as caught:
            await connection.exchange(REQUEST)
        assert str(stub.address) in str(caught.value)
        assert not connection.is_open


@pytest.mark.parametrize("size", [LARGEST_ANSWER + 1, 0x7FFFFFFF, -5, 0])
async def test_a_wild_size_allocates_nothing(size: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        body = versions_body({METADATA: (0, 13)})
        writer.write((len(body) + 4).to_bytes(4, "big") + b"\0\0\0\1" + body)
        await reader.readuntil(b"question")
        writer.write(size.to_bytes(4, "big", signed=True) + b"abc")
        await reader.read()

    async with speaking(serve) as address:
        connection = await Connector(PLAINTEXT).open(address, timeout_s=5)
        tracemalloc.start()
        try:
            with pytest.raises(BadAnswer, match="what answers there is not Kafka"):
                await connection.exchange(REQUEST)
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
        finally:
            tracemalloc.stop()
        assert not connection.is_open


async def test_an_answer_to_another_question() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        body = versions_body({METADATA: (0, 13)})
        writer.write((len(body) + 4).to_bytes(4, "big") + b"\0\0\0\1" + body)
        await reader.readuntil(b"question")
        writer.write(b"\0\0\0\x08\0\0\0\x63\0bcd")
        await reader.read()

    async with speaking(serve) as address:
        connection = await Connector(PLAINTEXT).open(address, timeout_s=5)
        with pytest.raises(BadAnswer, match="it answers another question"):
            await connection.exchange(REQUEST)
        assert not connection.is_open


def test_nothing_of_aiokafka_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("aiokafka", "aiokafka.conn"):
            logger = logging.getLogger(name)
            logger.debug("Request: %s", "password")
            logger.error("Unexpected exception", exc_info=ValueError())
    assert caplog.records == []


async def test_a_time_out_is_kept() -> None:
    stub = Stub(is_hung=True)
    async with running(stub):
        started = time.monotonic()
        await failure(stub.address, timeout_s=0.1)
        assert time.monotonic() - started < 1
