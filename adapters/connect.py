"""From a target to the connections and sources of one cluster: the only module that knows both kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadSettings, ConnectFailed, Step
from ktui.adapters.kafka.client_properties import security_for
from ktui.adapters.kafka.groups.watch import GroupWatch
from ktui.adapters.kafka.poll.source import FindBrokers, PollSource
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.operate.lock import Lock
from ktui.adapters.operate.operator import Operator
from ktui.adapters.operate.pool_ground import PoolGround
from ktui.adapters.ports import Source
from ktui.adapters.target import Target

if TYPE_CHECKING:
    from ktui.adapters.kafka.log.source import MetadataLogSource
    from ktui.adapters.zookeeper.ensemble import Ensemble
    from ktui.adapters.zookeeper.source import ZooKeeperSource
    from ktui.adapters.zookeeper.zk_config import ZkConfig


@dataclass
class Cluster:
    """Connections and sources of one cluster, used from one event loop."""

    target: Target
    pool: BrokerPool
    controllers: BrokerPool
    poll: PollSource
    zookeeper: ZooKeeperSource | None = None
    log: MetadataLogSource | None = None
    sources: list[Source] = field(default_factory=list)
    known_size: Callable[[str], int | None] | None = None
    """Bytes of a topic as far as they have been read; set by whoever holds the snapshot."""
    find_brokers: FindBrokers | None = None
    """Where the first addresses come from when none were given."""

    def __post_init__(self) -> None:
        self.lock = Lock.of(self.target)

    @cached_property
    def operator(self) -> Operator:
        """The one gate for changes."""
        ground = PoolGround(
            self.pool,
            timeout_s=self.target.timeout_s,
            known_size=self.known_size,
            pending_deletions=None if self.zookeeper is None else self.zookeeper.pending_deletions,
        )
        return Operator(ground, self.target, principal=self.pool.security.principal, lock=self.lock)

    @cached_property
    def groups(self) -> GroupWatch:
        """Asks for groups while somebody looks at them; whoever holds the snapshot gives it to it."""
        return GroupWatch(self.pool)

    def set_pace(self, factor: float) -> None:
        """Stretch (above 1) or shorten the periods of all sources."""
        self.poll.set_pace(factor)
        self.groups.pace = factor
        if self.zookeeper is not None:
            self.zookeeper.pace(factor)

    async def find_brokers_once(self) -> None:
        """For commands that run no source: have addresses of brokers. AdapterError."""
        if self.find_brokers is not None:
            self.pool.set_bootstrap(await self.find_brokers())

    def last_error(self) -> str | None:
        """Why nothing is heard now, in one sentence; None while any source works."""
        errors = [str(error) for error in (self.poll.last_error(),) if error is not None]
        if self.zookeeper is not None:
            errors = [*errors, lost] if (lost := self.zookeeper.last_error()) else []
        return "; ".join(errors) or None

    def period_s(self) -> float:
        return self.poll.period_s()

    async def close(self) -> None:
        """Close every connection, in well under a second whatever hangs."""
        await self.pool.close()
        if self.controllers is not self.pool:
            await self.controllers.close()


def make_cluster(target: Target, *, with_log_dirs: bool = True, with_rates: bool = True) -> Cluster:
    """No network is touched; BadSettings for files and values that cannot be used."""
    pool = BrokerPool(target.bootstrap_servers, security_for(target.security, target.command_config))
    controllers = pool
    if target.controller_security is not None or target.controller_command_config is not None:
        of_controllers = security_for(target.controller_security, target.controller_command_config)
        controllers = BrokerPool((), of_controllers)
    if target.zookeeper is None:
        if not target.bootstrap_servers:
            raise BadSettings(
                "no brokers given: controllers do not tell where the brokers are; add -b HOST:PORT"
            )
        poll = PollSource(target, pool, controllers, with_log_dirs=with_log_dirs, with_rates=with_rates)
        return _with_log(Cluster(target, pool, controllers, poll, sources=[poll]))
    return _with_zookeeper(target, pool, controllers, with_log_dirs=with_log_dirs, with_rates=with_rates)


def _with_zookeeper(
    target: Target, pool: BrokerPool, controllers: BrokerPool, *, with_log_dirs: bool, with_rates: bool
) -> Cluster:
    from ktui.adapters.zookeeper.ensemble import parse_ensemble
    from ktui.adapters.zookeeper.source import ZooKeeperSource
    from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, read_zk_config

    ensemble = parse_ensemble(str(target.zookeeper), "--zookeeper")
    config = read_zk_config(target.zk_config) if target.zk_config else NO_ZK_CONFIG
    protocol = str(pool.security.protocol)

    async def find_brokers() -> tuple[Address, ...]:
        return await _find_brokers(ensemble, config, protocol, target.timeout_s)

    find = None if target.bootstrap_servers else find_brokers
    zookeeper = ZooKeeperSource(ensemble, config, security_protocol=protocol)
    poll = PollSource(
        target,
        pool,
        controllers,
        find_brokers=find,
        with_log_dirs=with_log_dirs,
        with_rates=with_rates,
    )
    sources: list[Source] = [zookeeper, poll]
    return _with_log(Cluster(target, pool, controllers, poll, zookeeper, sources=sources, find_brokers=find))


def _with_log(cluster: Cluster) -> Cluster:
    """The same, following the metadata log where that is wanted."""
    if cluster.target.live_log:
        from ktui.adapters.kafka.log.source import MetadataLogSource

        cluster.log = MetadataLogSource(cluster.poll.desk)
        cluster.sources.insert(0, cluster.log)
    return cluster


async def _find_brokers(
    ensemble: Ensemble, config: ZkConfig, protocol: str, timeout_s: float
) -> tuple[Address, ...]:
    from ktui.adapters.zookeeper.lookup import look_up

    found = await look_up(ensemble, config, security_protocol=protocol, timeout_s=timeout_s)
    if not found.brokers:
        raise ConnectFailed(
            str(ensemble), Step.CONNECT, f"no broker with a {protocol} listener is registered"
        )
    return found.brokers
