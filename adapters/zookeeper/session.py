"""A session with ZooKeeper: the one import of kazoo, which runs on threads of its own.

kazoo's threads do one thing for us: hand raw bytes to the event loop. Private names of kazoo are used (its minor
version is pinned) to see how far an attempt to connect comes and to send what it has no call for.
Nothing here can write: see `KazooSession._ask`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from kazoo.client import KazooClient
from kazoo.exceptions import AuthFailedError, ConnectionDropped, KazooException
from kazoo.handlers.threading import KazooTimeoutError, SequentialThreadingHandler
from kazoo.protocol.connection import ConnectionHandler
from kazoo.protocol.serialization import Exists, GetChildren2, GetData
from kazoo.protocol.states import KazooState, KeeperState, WatchedEvent
from kazoo.retry import KazooRetry

from ktui.adapters import daemon_thread
from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, NoAnswer, Step
from ktui.adapters.zookeeper.attempts import Attempts
from ktui.adapters.zookeeper.crossing import Answer, Changes
from ktui.adapters.zookeeper.dialing import server_version
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.port import SessionState
from ktui.adapters.zookeeper.read_ahead import ReadAhead, ready
from ktui.adapters.zookeeper.reads import Reads
from ktui.adapters.zookeeper.translate import translated
from ktui.adapters.zookeeper.wire import (
    NO_AUTH,
    NO_NODE,
    READ_REQUESTS,
    AddWatch,
    MultiRead,
    changed_path,
)
from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, ZkConfig

logging.getLogger("kazoo").addHandler(logging.NullHandler())
logging.getLogger("kazoo").setLevel(
    logging.ERROR
)  # it warns of every attempt, and each is a fault on the screen
log = logging.getLogger(__name__)

CLOSE_S: Final = 0.3
"""How long the end of a session waits for the server to hear of it."""
CHROOT_AGAIN_S: Final = 1.0
PROBE_S: Final = 3.0
MULTI_READ_SINCE: Final = (3, 6)


class _Raw:
    @classmethod
    def deserialize(cls, answer: bytes, offset: int) -> bytes:
        """The answer as it came; it is decoded on the loop."""
        return answer[offset:]


class _GetData(_Raw, GetData):  # type: ignore[misc]
    pass


class _GetChildren(_Raw, GetChildren2):  # type: ignore[misc]
    pass


class _Threads(SequentialThreadingHandler):  # type: ignore[misc]
    """kazoo's threads, with sockets of our own and without tracebacks on the terminal."""

    def __init__(self, connect: Callable[[tuple[str, int], str], ReadAhead]) -> None:
        super().__init__()
        self._connect = connect

    def create_connection(self, address: tuple[str, int], hostname: str, **_: object) -> ReadAhead:
        return self._connect(address, hostname)

    def select(
        self,
        readers: Sequence[Any],
        writers: Sequence[Any],
        _: Sequence[Any],
        timeout: float | None = None,
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """As kazoo's, in one system call; bytes that were read ahead count as readable too."""
        return (*ready(readers, writers, timeout), [])

    def spawn(self, work: Callable[..., object], *args: object, **kwargs: object) -> threading.Thread:
        thread = threading.Thread(target=_logged, args=(partial(work, *args, **kwargs),), daemon=True)
        thread.name = f"zookeeper {getattr(work, '__name__', '')}"
        thread.start()
        return thread


def _logged(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("a thread of kazoo ended")


class _Connection(ConnectionHandler):  # type: ignore[misc]
    """Tells how far each attempt to connect comes, what server it ended at, and which watches fired."""

    def __init__(self, client: KazooClient, attempts: Attempts, on_change: Callable[[str], None]) -> None:
        super().__init__(client, client._conn_retry.copy(), logger=client.logger)
        self._attempts = attempts
        self._on_change = on_change

    def _read_watch_event(self, buffer: bytes, offset: int) -> None:
        """Instead of kazoo's, which hands only what its own table of watches knows to a thread of callbacks."""
        self._on_change(changed_path(buffer, offset))

    def _expand_client_hosts(self) -> list[tuple[str, Any, int]]:
        found: list[tuple[str, Any, int]] = []
        self._attempts.rounds += 1
        for host, port in self.client.hosts:
            self._attempts.begin(Address(host, port), Step.NAME)
            try:
                answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                self._attempts.failed(error)
            else:
                found += [(host, answer[4][0], port) for answer in answers]
        return found

    def _connect(self, host: str, hostip: str, port: int) -> Any:
        self._attempts.begin(Address(host, port), Step.CONNECT)
        try:
            limits = super()._connect(host, hostip, port)
        except AuthFailedError as error:
            self._attempts.at_step(Step.SASL)
            self._attempts.failed(error)
            raise
        except KazooTimeoutError:
            self._attempts.failed(TimeoutError())
            raise
        except (ConnectionDropped, OSError) as error:
            self._attempts.failed(error.__context__ or error)
            raise
        self._attempts.succeeded((hostip, port), host)
        return limits


def _new_client(
    ensemble: Ensemble, config: ZkConfig, attempts: Attempts, on_change: Callable[[str], None]
) -> KazooClient:
    threads = _Threads(attempts.connect)
    retry = KazooRetry(max_tries=-1, delay=0.1, backoff=2, max_delay=1.0, sleep_func=threads.sleep_func)
    client = KazooClient(
        hosts=",".join(map(str, ensemble.addresses)),
        timeout=config.session_timeout_s,
        handler=threads,
        connection_retry=retry,
        command_retry=KazooRetry(sleep_func=threads.sleep_func),
        auth_data=[("digest", config.digest.reveal())] if config.digest else None,
    )
    client._connection = _Connection(client, attempts, on_change)
    return client


class KazooSession(Reads):
    """A `ZkSession` over kazoo. Made and used on one event loop."""

    def __init__(
        self,
        ensemble: Ensemble,
        config: ZkConfig = NO_ZK_CONFIG,
        on_state: Callable[[SessionState], None] = lambda state: None,
        on_change: Callable[[str], None] = lambda path: None,
    ) -> None:
        """No I/O but reading the TLS files: BadSettings."""
        super().__init__(ensemble)
        self._config = config
        self._on_state = on_state
        self._loop = asyncio.get_running_loop()
        self._attempts = Attempts(config.tls.context() if config.tls else None)
        changes = Changes(self._loop, lambda path: on_change(path.removeprefix(self._ensemble.chroot) or "/"))
        self._client = _new_client(ensemble, config, self._attempts, changes.put)
        self._client.add_listener(self._heard_of_state)
        self._questions: dict[asyncio.Future[Any], float] = {}
        self._greeting: asyncio.Task[None] | None = None
        self._started_at: float | None = None
        self._no_chroot: ConnectFailed | None = None
        self._missed_chroot = 0
        self.heard_at: float | None = None

    # -- the life of the session ------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect; goes on for ever."""
        self._started_at = time.monotonic()
        self._client.start_async()

    async def close(self) -> None:
        """Say good-bye to the server, but do not wait for one that does not hear."""
        if self.state is SessionState.ENDED:
            return
        self.state = SessionState.ENDED
        if self._greeting is not None:
            self._greeting.cancel()
        for question in list(self._questions):
            _settle(question, None, NoAnswer("the session with ZooKeeper was closed"))
        if self._started_at is not None:
            gone = daemon_thread.start(self._end, "zookeeper good-bye")
            await asyncio.wait([gone], timeout=CLOSE_S)

    def _end(self) -> None:
        with contextlib.suppress(KazooException, OSError, AttributeError):
            self._client.stop()
            self._client.close()

    @property
    def failure(self) -> ConnectFailed | None:
        """Why the last attempt to connect failed; None while connected."""
        return self._no_chroot or self._attempts.failure

    @property
    def failed_rounds(self) -> int:
        """How often all addresses have failed since there was a connection, or had no chroot."""
        return max(0, self._attempts.rounds - 1, self._missed_chroot)

    def waiting_since(self) -> float | None:
        """The oldest question that has no answer, or the attempt to connect that lasts."""
        if self.state is SessionState.CONNECTED:
            return next(iter(self._questions.values()), None)
        progress = self._attempts.progress
        return progress.since if progress else self._started_at

    def under_way(self) -> ConnectFailed:
        """What a stuck attempt to connect waits for, as the failure it would be now."""
        return self._attempts.under_way() or ConnectFailed(str(self._ensemble), Step.CONNECT, "no answer")

    def _heard_of_state(self, state: str) -> None:
        """Called by kazoo's threads."""
        keeper = self._client.client_state
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._kazoo_is, state, keeper)

    def _kazoo_is(self, state: str, keeper: str) -> None:
        if self.state is SessionState.ENDED:
            return
        if self._greeting is not None:
            self._greeting.cancel()
            self._greeting = None
        if state == KazooState.CONNECTED:
            self._greeting = self._loop.create_task(self._greet(), name="zookeeper greeting")
        elif state == KazooState.SUSPENDED:
            self._set_state(SessionState.SUSPENDED)
        else:
            is_expired = keeper == KeeperState.EXPIRED_SESSION
            self._set_state(SessionState.LOST if is_expired else SessionState.ENDED)

    def _set_state(self, state: SessionState) -> None:
        if self.state is not state:
            self.state = state
            self._on_state(state)

    async def _greet(self) -> None:
        """What has to be known of a server before it is used."""
        try:
            await self._wait_for_chroot()
            self._has_multi_read = await self._probe_multi_read()
        except AdapterError:
            return  # the connection is gone again; kazoo tells of the next one
        self._set_state(SessionState.CONNECTED)

    async def _wait_for_chroot(self) -> None:
        while await self._ask_whether(self._ensemble.path("/"), watch=False) is None:
            reason = f"the folder (chroot) {self._ensemble.chroot} does not exist in this ZooKeeper"
            self._no_chroot = ConnectFailed(str(self._ensemble), Step.PROTOCOL, reason)
            self._missed_chroot += 1
            await asyncio.sleep(CHROOT_AGAIN_S)
        self._no_chroot, self._missed_chroot = None, 0

    async def _probe_multi_read(self) -> bool:
        peer = self._attempts.peer
        if peer is None or self._was_refused:
            return False
        version = await daemon_thread.start(
            partial(server_version, *peer, self._attempts.tls), "zookeeper srvr"
        )
        if isinstance(version, tuple):
            return version >= MULTI_READ_SINCE
        (_, port), name = peer
        return await may_multi_read(Ensemble((Address(name, port),)), self._config)

    # -- questions --------------------------------------------------------------------------------------

    def _ask_data(self, path: str, *, watch: bool) -> asyncio.Future[bytes | None]:
        return self._ask(_GetData(path, _watched if watch else None))

    def _ask_names(self, path: str, *, watch: bool) -> asyncio.Future[bytes | None]:
        return self._ask(_GetChildren(path, _watched if watch else None))

    def _ask_whether(self, path: str, *, watch: bool) -> asyncio.Future[object | None]:
        return self._ask(Exists(path, _watched if watch else None))

    def _ask_many(self, request: MultiRead | AddWatch) -> asyncio.Future[bytes | None]:
        return self._ask(request)

    def _ask(self, request: Any) -> asyncio.Future[Any]:
        """Queue one question. Whatever is not a question is refused: no write ever leaves this program."""
        if request.type not in READ_REQUESTS:
            raise AssertionError(f"{request!r} does not only read")
        question: asyncio.Future[Any] = self._loop.create_future()
        self._questions[question] = time.monotonic()
        self._client._call(request, Answer(self._loop, partial(self._answered, question, request)))
        return question

    def _answered(
        self, question: asyncio.Future[Any], request: Any, answer: Any, error: Exception | None
    ) -> None:
        self._questions.pop(question, None)
        code = getattr(error, "code", None)
        if error is None or code in (NO_NODE, NO_AUTH):
            self.heard_at = time.monotonic()
        if error is None or code == NO_NODE:
            _settle(question, None if error else answer, None)
        else:
            _settle(
                question,
                None,
                translated(
                    error, getattr(request, "path", ""), is_zookeepers=isinstance(error, KazooException)
                ),
            )


class _Probe(KazooSession):
    """A session that is there to be lost: an older server ends one that asks what it does not know."""

    async def _greet(self) -> None:
        with contextlib.suppress(AdapterError):
            await self._ask_many(MultiRead(("/",)))
            self._set_state(SessionState.CONNECTED)


async def may_multi_read(server: Ensemble, config: ZkConfig) -> bool:
    """Find out whether a server has multiRead by asking for one."""
    answered = asyncio.Event()
    probe = _Probe(server, config, lambda state: answered.set())
    probe.start()
    try:
        async with asyncio.timeout(PROBE_S):
            await answered.wait()
    except TimeoutError:
        return False
    finally:
        has_it = probe.state is SessionState.CONNECTED
        await probe.close()
    return has_it


def _watched(_: WatchedEvent) -> None:
    """Makes kazoo ask for a watch; it is called when the connection broke, which `on_state` tells of as well."""


def _settle(question: asyncio.Future[Any], answer: Any, error: Exception | None) -> None:
    if question.done():
        return
    if error is None:
        question.set_result(answer)
    else:
        question.set_exception(error)
