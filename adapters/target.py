"""Which cluster, and how to reach it: what the command line and a profile come down to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.security import Security
from ktui.adapters.serde.masking import MaskRule

PRODUCTION: Final = "production"
"""The environment whose clusters start locked."""


@dataclass(frozen=True, slots=True)
class Target:
    """Addresses and credentials of one cluster. At least one of the three addresses is given."""

    bootstrap_servers: tuple[Address, ...] = ()
    bootstrap_controllers: tuple[Address, ...] = ()
    zookeeper: str | None = None
    """host:port[,host:port][/chroot]"""
    command_config: str | None = None
    """Path of a Java client.properties file."""
    controller_command_config: str | None = None
    zk_config: str | None = None
    security: Security | None = None
    """What a profile says of encryption and login, in place of `command_config`."""
    controller_security: Security | None = None
    """The same in place of `controller_command_config`."""
    expect_cluster_id: str | None = None
    name: str | None = None
    """The profile's name, or None."""
    environment: str | None = None
    live_log: bool = False
    """Whether to follow the metadata log of the controllers."""
    is_read_only: bool = False
    allows_writes: bool = False
    """Whether a cluster in production starts unlocked."""
    protected_topics: tuple[str, ...] = field(default=())
    """Patterns of topics that are not changed, with * and ?."""
    timeout_s: float = 10.0
    """For each question of a sub-command."""
    rates_bytes_per_s: int = 250_000
    """What questions for throughput may move, both directions together."""
    traffic_bytes_per_s: int | None = None
    """What asking again and again may move in all, both directions together, as a mean; None: no limit but its pace."""
    schema_registry: str | None = None
    """Address of a Confluent-compatible schema registry."""
    mask_rules: tuple[MaskRule, ...] = ()
    """What of records must not be shown, copied or exported."""
    metrics_urls: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Where brokers tell their counters, by id: Prometheus text (`http…/metrics`) or Jolokia (`http…/jolokia`)."""

    @property
    def is_locked(self) -> bool:
        """Whether changes are locked at the start; somebody may unlock them."""
        return self.environment == PRODUCTION and not self.allows_writes
