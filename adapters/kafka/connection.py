"""One authenticated connection to one node; the one import of aiokafka's connection class.

aiokafka gives framing, correlation and SASL. Its `connect` and its reader are replaced: names are resolved in
threads of our own, TLS checks the name and not the resolved address, and a frame's size is checked before it is read.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import weakref
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiokafka.abc import AbstractTokenProvider
from aiokafka.conn import AIOKafkaConnection, AIOKafkaProtocol
from aiokafka.errors import CorrelationIdError, KafkaConnectionError, KafkaError

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadAnswer, ConnectFailed, ConnectionBroke, Step
from ktui.adapters.kafka.dial import Progress, dial
from ktui.adapters.kafka.frames import API_VERSIONS, RawRequest, decode_versions
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.oauth import NoToken, TokenSource
from ktui.adapters.kafka.reasons import StrayBytes, login_reason, reason_of
from ktui.adapters.kafka.resolve import Resolver
from ktui.adapters.kafka.tls import context_of
from ktui.adapters.security import OAuthLogin, PasswordLogin, Security

LARGEST_ANSWER: Final = 256 << 20
"""Metadata of a million partitions is about 45 MB."""
_LARGEST_GREETING: Final = 1 << 20
_STRAY_BYTES_WAIT_S: Final = 0.1
_READ_BUFFER: Final = 1 << 20
_UNUSED_TIMEOUT_MS: Final = 24 * 3600 * 1000
"""aiokafka's own time-out leaves the connection open; ours closes it."""
_KEPT_PART_OF_SESSION: Final = 0.85
_FOREIGN: Final = (
    OSError,
    EOFError,
    KafkaError,
    StrayBytes,
    BadAnswer,
    NoToken,
    ValueError,
    LookupError,
    TypeError,
    AssertionError,
    NotImplementedError,
)
"""What aiokafka, asyncio and ssl raise for peers that are gone, strange or hostile."""

# It logs its frames at DEBUG, passwords included, and what it raises as well; neither belongs in a log or on stderr.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)


class Connector:
    """Opens connections of one cluster. Raises BadSettings when keys or certificates cannot be used."""

    def __init__(self, security: Security, *, client_id: str = "ktui") -> None:
        self.security = security
        self.client_id = client_id
        self.tls = context_of(security.tls) if security.protocol.has_tls else None
        self.tokens = TokenSource(security.login) if isinstance(security.login, OAuthLogin) else None
        self._resolver = Resolver()

    async def open(self, address: Address, *, timeout_s: float) -> Connection:
        """Connect, shake hands, ask for the versions, log in. Raises ConnectFailed with the step."""
        progress = Progress()
        transport: _Transport | None = None
        try:
            async with asyncio.timeout(timeout_s) as limit:
                sock = await dial(address, self._resolver, progress)
                transport = _Transport(address, self)
                await transport.greet(sock, progress)
        except BaseException as error:
            if transport is not None:
                transport.abort()
            if isinstance(error, TimeoutError) and limit.expired():
                reason = f"no answer within {timeout_s:.3g} s"
                if progress.step is Step.NAME:
                    reason = f"does not resolve ({reason} from the name server)"
                raise ConnectFailed(str(address), progress.step, reason) from None
            if isinstance(error, _FOREIGN):
                raise self._failure(address, error, progress.step, transport) from None
            raise
        return Connection(address, transport)

    def _failure(
        self, address: Address, error: Exception, step: Step, transport: _Transport | None
    ) -> ConnectFailed:
        cause = _root(error)
        if step is Step.SASL and not isinstance(cause, ssl.SSLError):
            if self.tokens is not None:
                self.tokens.forget()
            offered = transport.offered_mechanisms if transport is not None else ()
            reason = login_reason(cause, self.security, offered)
            if reason is not None:
                return ConnectFailed(str(address), step, reason)
        return ConnectFailed(str(address), *reason_of(cause, step, self.security))


class Connection:
    """Ready for requests, one at a time. The typed surface of the transport."""

    def __init__(self, address: Address, transport: _Transport) -> None:
        self.address = address
        self._transport = transport
        self.versions: Mapping[int, VersionRange] = transport.ranges
        self.renew_at: float | None = transport.renew_at
        """Loop time after which the login is about to expire (KIP-368); None: it does not."""

    @property
    def is_open(self) -> bool:
        return bool(self._transport.connected())

    async def exchange(self, request: RawRequest) -> bytes:
        """Send, and wait for the answer without a time-out. Raises ConnectionBroke, or BadAnswer for stray bytes.

        A caller that gives up must `abort` the connection: the answer would come before that of the next request.
        """
        try:
            answer: bytes = await self._transport.send(request)
        except _FOREIGN as error:
            cause = _root(error)
            if isinstance(cause, StrayBytes | BadAnswer):
                raise BadAnswer(f"{self.address}: {cause}") from None
            if not isinstance(cause, OSError | EOFError):
                raise BadAnswer(f"{self.address}: the answer is not what the protocol says") from None
            raise ConnectionBroke(f"{self.address}: {self._transport.closing_reason(cause)}") from None
        return answer

    @property
    def transport(self) -> AIOKafkaConnection:
        """For aiokafka's own producer, which sends its requests by itself."""
        return self._transport

    def abort(self) -> None:
        """Close now, without waiting for the peer."""
        self._transport.abort()

    async def closed(self) -> None:
        """Until the socket is closed; to be used after `abort`."""
        await self._transport.closed()


class _Transport(AIOKafkaConnection):  # type: ignore[misc]
    """aiokafka's connection with our way of connecting and reading."""

    def __init__(self, address: Address, connector: Connector) -> None:
        login = connector.security.login
        account = login if isinstance(login, PasswordLogin) else None
        super().__init__(
            address.host,
            address.port,
            client_id=connector.client_id,
            request_timeout_ms=_UNUSED_TIMEOUT_MS,
            ssl_context=connector.tls,
            security_protocol=connector.security.protocol.value,
            max_idle_ms=None,
            sasl_mechanism=login.mechanism.value if login else None,
            sasl_plain_username=account.username if account else None,
            sasl_plain_password=account.password.reveal() if account else None,
            sasl_oauth_token_provider=_Tokens(connector.tokens) if connector.tokens else None,
        )
        self._connector = connector
        self._largest = _LARGEST_GREETING
        self._answered = 0
        self.ranges: dict[int, VersionRange] = {}
        self.offered_mechanisms: tuple[str, ...] = ()
        self.renew_at: float | None = None

    async def greet(self, sock: socket.socket, progress: Progress) -> None:
        """TLS, versions and login over a connected socket, which it owns from here on."""
        self._closed_fut = self._loop.create_future()
        reader = asyncio.StreamReader(limit=_READ_BUFFER, loop=self._loop)
        protocol = AIOKafkaProtocol(self._closed_fut, reader, loop=self._loop)
        context = self._ssl_context
        progress.step = Step.TLS if context else Step.PROTOCOL
        try:
            transport, _ = await self._loop.create_connection(
                lambda: protocol, sock=sock, ssl=context, server_hostname=self._host if context else None
            )
        except BaseException:
            sock.close()
            raise
        self._reader, self._protocol = reader, protocol
        self._writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
        self._read_task = self._create_reader_task()
        progress.step = Step.PROTOCOL
        await self._do_version_lookup()
        if self._connector.security.protocol.has_sasl:
            progress.step = Step.SASL
            await self._do_sasl_handshake()
        self._largest = LARGEST_ANSWER

    async def _do_version_lookup(self) -> None:
        body = await self.send(RawRequest(API_VERSIONS, 0, b"", is_flexible=False))
        self.ranges = decode_versions(body)
        self._versions = dict(self.ranges)

    def send(self, request: Any, expect_response: bool = True) -> Awaitable[Any]:
        return self._noted(super().send(request, expect_response))

    async def _noted(self, answer: Awaitable[Any]) -> Any:
        response = await answer
        self._answered += 1
        if not isinstance(response, bytes):
            self.offered_mechanisms = tuple(getattr(response, "enabled_mechanisms", self.offered_mechanisms))
            lifetime_ms = getattr(response, "session_lifetime_ms", 0)
            if lifetime_ms > 0:
                self.renew_at = self._loop.time() + lifetime_ms / 1000 * _KEPT_PART_OF_SESSION
        return response

    def authenticator_oauth(self) -> _OAuthSteps:
        return _OAuthSteps(super().authenticator_oauth().step)

    def closing_reason(self, cause: BaseException) -> str:
        """Why an established connection ended, with the most likely cause of an end right at the start."""
        _, reason = reason_of(cause, Step.CONNECT, self._connector.security)
        if isinstance(cause, EOFError | ConnectionResetError):
            reason = "the connection was closed before the answer"
            if self._answered == 1 and not self._connector.security.protocol.has_sasl:
                reason += f"; perhaps a login is wanted (security.protocol is {self._security_protocol})"
        return reason

    def abort(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
        self.close()

    async def closed(self) -> None:
        if self._closed_fut is not None:
            await self._closed_fut

    @staticmethod
    async def _read(self_ref: weakref.ref[_Transport]) -> None:
        transport = self_ref()
        if transport is None:
            return
        reader = transport._reader
        del transport
        while True:
            head: bytes = await reader.readexactly(4)
            size = int.from_bytes(head, "big", signed=True)
            transport = self_ref()
            if transport is None:
                return
            if not 4 <= size <= transport._largest or not transport._requests:
                raise StrayBytes(head + await _what_follows(reader))
            del transport
            frame = await reader.readexactly(size)
            transport = self_ref()
            if transport is None:
                return
            transport._handle_frame(frame)
            del transport

    @classmethod
    def _on_read_task_error(cls, self_ref: weakref.ref[_Transport], read_task: asyncio.Task[None]) -> None:
        if read_task.cancelled():
            return
        error = read_task.exception()
        transport = self_ref()
        if transport is not None:
            transport.close(exc=error)


class _Tokens(AbstractTokenProvider):  # type: ignore[misc]
    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def token(self) -> str:
        return (await self._source.token()).reveal()

    def extensions(self) -> dict[str, str]:
        return dict(self._source.extensions)


class _OAuthSteps:
    """aiokafka takes a refused token for accepted: it does not read the error in the first answer (RFC 7628, 3.2.3)."""

    def __init__(self, step: Callable[[bytes | None], Awaitable[tuple[bytes, bool] | None]]) -> None:
        self._step = step

    async def step(self, answer: bytes | None) -> tuple[bytes, bool] | None:
        if answer:
            return b"\x01", True
        return await self._step(answer)


def _root(error: BaseException) -> BaseException:
    """aiokafka wraps what ended a connection."""
    if isinstance(error, KafkaConnectionError):
        return EOFError() if error.__cause__ is None else error.__cause__
    if isinstance(error, CorrelationIdError):
        return BadAnswer("it answers another question")
    return error


async def _what_follows(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(_STRAY_BYTES_WAIT_S):
            return await reader.read(64)
    except (TimeoutError, OSError):
        return b""
