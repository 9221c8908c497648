"""The servers' configuration files: small, quick, and quick to notice a dead neighbour."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.layout import data_folder, servers_of
from ktui.adapters.sandbox.spec import HOST, Mode, Role
from ktui.adapters.sandbox.state import Node, SandboxState

OWNED: Final = frozenset({
    "process.roles", "node.id", "broker.id", "listeners", "advertised.listeners", "controller.listener.names",
    "listener.security.protocol.map", "log.dirs", "log.dir", "metadata.log.dir", "zookeeper.connect",
    "controller.quorum.voters", "controller.quorum.bootstrap.servers",
})  # fmt: skip
"""What ties the nodes together; not to be set from outside."""

_SESSION_TIMEOUT_MS: Final = 2_000
_ZOOKEEPER_TICK_MS: Final = 500

_FAILURE_DETECTION: Final = {
    "broker.heartbeat.interval.ms": 300,
    "broker.session.timeout.ms": _SESSION_TIMEOUT_MS,
    "controller.quorum.fetch.timeout.ms": 1_000,
    "controller.quorum.election.timeout.ms": 500,
    "controller.quorum.election.backoff.max.ms": 300,
    "controller.quorum.request.timeout.ms": 1_000,
    "replica.lag.time.max.ms": 2_000,
    "initial.broker.registration.timeout.ms": 20_000,
}
_SMALL: Final = {
    "num.network.threads": 1,
    "num.io.threads": 2,
    "background.threads": 2,
    "num.recovery.threads.per.data.dir": 1,
    "log.cleaner.dedupe.buffer.size": 2_097_152,
    "log.index.size.max.bytes": 1_048_576,
    "log.segment.bytes": 67_108_864,
    "log.initial.task.delay.ms": 100,
    "log.segment.delete.delay.ms": 1_000,
    "group.initial.rebalance.delay.ms": 0,
    "auto.create.topics.enable": "false",
}
_SMALL_KRAFT: Final = {
    "group.coordinator.threads": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.min.isr": 1,
}


def server_properties(data_dir: Path, state: SandboxState, node: Node) -> str:
    """The file for a broker or a KRaft controller."""
    settings: dict[str, object] = {**_SMALL, **_internal_topics(len(state.of_role(Role.BROKER)))}
    if state.mode is Mode.KRAFT:
        settings |= _FAILURE_DETECTION | _SMALL_KRAFT | _kraft(state, node)
        settings["share.coordinator.state.topic.replication.factor"] = settings[
            "offsets.topic.replication.factor"
        ]
    elif node.role is Role.BROKER:
        settings |= _zookeeper_mode(state, node)
    if state.is_migrating:
        settings |= _FAILURE_DETECTION | _migrating(state, node)
    settings["log.dirs"] = data_folder(data_dir, node)
    if node.role is Role.BROKER:
        settings["broker.rack"] = f"r{(node.id - 1) % 3 + 1}"
    return properties_text({**{name: str(value) for name, value in settings.items()}, **state.properties})


def zookeeper_properties(data_dir: Path, state: SandboxState, node: Node) -> str:
    """The file for a ZooKeeper server."""
    settings: dict[str, object] = {
        "dataDir": data_folder(data_dir, node),
        "clientPort": node.port,
        "clientPortAddress": HOST,
        "tickTime": _ZOOKEEPER_TICK_MS,
        "initLimit": 40,
        "syncLimit": 10,
        "maxClientCnxns": 0,
        "admin.enableServer": "false",
        "4lw.commands.whitelist": "*",
        "autopurge.snapRetainCount": 3,
        "autopurge.purgeInterval": 1,
    }
    ensemble = state.of_role(Role.ZOOKEEPER)
    if len(ensemble) > 1:
        settings |= {f"server.{peer.id}": ":".join((HOST, *map(str, peer.peer_ports))) for peer in ensemble}
    return properties_text({name: str(value) for name, value in settings.items()})


def properties_text(settings: Mapping[str, str]) -> str:
    """A Java properties file of these settings, in plain ASCII."""
    return "".join(f"{_escaped(name)}={_escaped(value)}\n" for name, value in settings.items())


def check_properties(given: Mapping[str, str]) -> None:
    """Refuse what the sandbox has to decide itself."""
    for name in given:
        if name in OWNED:
            raise SandboxError(f"the property {name} is set by the sandbox itself and cannot be given")


def _internal_topics(brokers: int) -> dict[str, object]:
    replicas = min(3, brokers)
    return {
        "offsets.topic.num.partitions": 1,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.num.partitions": 1,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": 1,
    }


def _kraft(state: SandboxState, node: Node) -> dict[str, object]:
    listener = "CONTROLLER" if node.role is Role.CONTROLLER else state.security.value
    return {
        "process.roles": node.role.value,
        "node.id": node.id,
        "listeners": f"{listener}://{HOST}:{node.port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": f"CONTROLLER:{state.security},{state.security}:{state.security}",
        "controller.quorum.bootstrap.servers": servers_of(state, Role.CONTROLLER),
    }


def _zookeeper_mode(state: SandboxState, node: Node) -> dict[str, object]:
    return {
        "broker.id": node.id,
        "listeners": f"{state.security}://{HOST}:{node.port}",
        "zookeeper.connect": servers_of(state, Role.ZOOKEEPER),
        "zookeeper.session.timeout.ms": _SESSION_TIMEOUT_MS,
        "zookeeper.connection.timeout.ms": 60_000,
        "controlled.shutdown.retry.backoff.ms": 500,
        "replica.lag.time.max.ms": _FAILURE_DETECTION["replica.lag.time.max.ms"],
    }


def _migrating(state: SandboxState, node: Node) -> dict[str, object]:
    voters = (f"{voter.id}@{HOST}:{voter.port}" for voter in state.of_role(Role.CONTROLLER))
    settings: dict[str, object] = {
        "zookeeper.metadata.migration.enable": "true",
        "zookeeper.connect": servers_of(state, Role.ZOOKEEPER),
        "controller.quorum.voters": ",".join(voters),
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": f"CONTROLLER:{state.security},{state.security}:{state.security}",
    }
    if node.role is Role.CONTROLLER:
        listeners = f"CONTROLLER://{HOST}:{node.port}"
        settings |= {"process.roles": "controller", "node.id": node.id, "listeners": listeners}
    return settings


def _escaped(text: str) -> str:
    """As java.util.Properties reads it from a Latin-1 file."""
    plain = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("=", "\\=")
    utf_16 = plain.encode("utf-16-be", "surrogatepass")
    units = (int.from_bytes(utf_16[at : at + 2]) for at in range(0, len(utf_16), 2))
    return "".join(chr(unit) if 32 <= unit < 127 else f"\\u{unit:04x}" for unit in units)
