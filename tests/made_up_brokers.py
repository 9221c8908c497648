"""Brokers that exist only in the mind of a real controller: registered, kept alive by heartbeats, without any data."""

from __future__ import annotations

import io
import socket
import struct
import threading
import uuid
from collections.abc import Iterable
from typing import Any, Final

from kio.schema.broker_heartbeat.v1 import request as heartbeat_request
from kio.schema.broker_heartbeat.v1 import response as heartbeat_response
from kio.schema.broker_registration.v4 import request as registration_request
from kio.schema.broker_registration.v4 import response as registration_response
from kio.schema.create_topics.v7 import request as create_request
from kio.schema.create_topics.v7 import response as create_response
from kio.schema.errors import ErrorCode
from kio.schema.request_header.v2.header import RequestHeader
from kio.schema.types import BrokerId, TopicName
from kio.serial import entity_reader, entity_writer
from kio.static.primitive import i16, i32, i64, u16

PERIOD_S: Final = 1.0
NEWEST_OFFSET: Final = 2**53
"""So large that the controller takes the broker for one that has read everything."""
UNREACHABLE_PORT: Final = 1
FEATURES: Final = {
    "metadata.version": (1, 33),
    "kraft.version": (0, 9),
    "transaction.version": (0, 9),
    "group.version": (0, 9),
    "eligible.leader.replicas.version": (0, 9),
    "share.version": (0, 9),
    "streams.version": (0, 9),
}


class ControllerSocket:
    """One connection to a controller; one request at a time, each a generated type of kio."""

    def __init__(self, port: int, *, timeout_s: float = 60.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        self._correlation = 0

    def exchange(self, request: Any, answer: Any) -> Any:
        """Send a request of a flexible version and read its answer."""
        self._correlation += 1
        frame = io.BytesIO()
        header = RequestHeader(
            request_api_key=request.__api_key__,
            request_api_version=request.__version__,
            correlation_id=i32(self._correlation),
            client_id="made-up",
        )
        entity_writer(RequestHeader)(frame, header)
        entity_writer(type(request))(frame, request)
        body = frame.getvalue()
        self._socket.sendall(struct.pack(">i", len(body)) + body)
        (length,) = struct.unpack(">i", self._receive(4))
        received = self._receive(length)
        after_header = 5 if answer.__header_schema__.__flexible__ else 4
        return entity_reader(answer)(received, after_header)[0]

    def close(self) -> None:
        self._socket.close()

    def _receive(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            part = self._socket.recv(count - len(received))
            if not part:
                raise ConnectionError("the controller closed the connection")
            received += part
        return bytes(received)


class MadeUpBrokers:
    """Registers brokers at a controller and keeps them unfenced from a thread of its own."""

    def __init__(self, controller_port: int, cluster_id: str, ids: Iterable[int]) -> None:
        self._connection = ControllerSocket(controller_port)
        self._epochs = {broker: self._register(broker, cluster_id) for broker in ids}
        self._is_over = threading.Event()
        self.silent: set[int] = set()
        """Brokers whose heartbeats stop; the controller fences them after its session time-out."""
        waiting = list(self._epochs)
        while waiting := [broker for broker in waiting if not self._beat(broker)]:
            self._is_over.wait(0.1)
        self._thread = threading.Thread(target=self._run, name="heartbeats", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join(PERIOD_S * 5)
        self._connection.close()

    def _run(self) -> None:
        while not self._is_over.wait(PERIOD_S):
            for broker in self._epochs.keys() - self.silent:
                try:
                    self._beat(broker)
                except OSError:
                    return

    def _beat(self, broker: int) -> bool:
        """Whether the controller counts it as active."""
        request = heartbeat_request.BrokerHeartbeatRequest(
            broker_id=BrokerId(broker),
            broker_epoch=i64(self._epochs[broker]),
            current_metadata_offset=i64(NEWEST_OFFSET),
            want_fence=False,
            want_shut_down=False,
        )
        answer = self._connection.exchange(request, heartbeat_response.BrokerHeartbeatResponse)
        return answer.error_code is ErrorCode.none and not answer.is_fenced

    def _register(self, broker: int, cluster_id: str) -> int:
        request = registration_request.BrokerRegistrationRequest(
            broker_id=BrokerId(broker),
            cluster_id=cluster_id,
            incarnation_id=uuid.uuid4(),
            listeners=(
                registration_request.Listener(
                    name="PLAINTEXT", host="127.0.0.1", port=u16(UNREACHABLE_PORT), security_protocol=i16(0)
                ),
            ),
            features=tuple(
                registration_request.Feature(
                    name=name, min_supported_version=i16(low), max_supported_version=i16(high)
                )
                for name, (low, high) in FEATURES.items()
            ),
            rack=f"r{broker % 3 + 1}",
            log_dirs=(uuid.uuid4(),),
        )
        answer = self._connection.exchange(request, registration_response.BrokerRegistrationResponse)
        if answer.error_code is not ErrorCode.none:
            raise RuntimeError(f"broker {broker} was not registered: {answer.error_code.name}")
        return int(answer.broker_epoch)


def create_topics(
    connection: ControllerSocket, names: Iterable[str], partitions: int, replication_factor: int
) -> None:
    """Create topics on the controller in one request; RuntimeError for the first that failed."""
    request = create_request.CreateTopicsRequest(
        topics=tuple(
            create_request.CreatableTopic(
                name=TopicName(name),
                num_partitions=i32(partitions),
                replication_factor=i16(replication_factor),
                assignments=(),
                configs=(),
            )
            for name in names
        )
    )
    answer = connection.exchange(request, create_response.CreateTopicsResponse)
    for topic in answer.topics:
        if topic.error_code is not ErrorCode.none:
            raise RuntimeError(f"{topic.name}: {topic.error_code.name} {topic.error_message}")
