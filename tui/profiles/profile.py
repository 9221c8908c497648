"""One profile: a cluster by name, and what is allowed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ktui.adapters.addresses import Address, parse_addresses
from ktui.adapters.errors import BadSettings
from ktui.adapters.security import Security
from ktui.adapters.serde.masking import MaskRule
from ktui.adapters.serde.schemas import checked_address
from ktui.tui.profiles.client_settings import client_security
from ktui.tui.profiles.mask_table import mask_rules
from ktui.tui.profiles.values import Table

_ADDRESSES: Final = ("bootstrap_servers", "bootstrap_controllers", "zookeeper")
_FILES: Final = ("command_config", "controller_command_config", "zk_config")
SETTINGS: Final = (
    *_ADDRESSES, *_FILES, "client", "controller_client", "environment", "read_only", "allow_writes", "live_log",
    "expect_cluster_id", "protected_topics", "traffic_bytes_per_s", "metrics",
    "schema_registry", "masks", "key_masks",
)  # fmt: skip
_LEAST_TRAFFIC: Final = 10_000


@dataclass(frozen=True, slots=True)
class Profile:
    """Checked: every value can be used, every file name is absolute. Secrets are read when asked for."""

    name: str
    bootstrap_servers: tuple[Address, ...] = ()
    bootstrap_controllers: tuple[Address, ...] = ()
    zookeeper: str | None = None
    command_config: str | None = None
    controller_command_config: str | None = None
    zk_config: str | None = None
    environment: str | None = None
    live_log: bool = False
    is_read_only: bool = False
    allows_writes: bool = False
    """Not locked although it is a production cluster."""
    expect_cluster_id: str | None = None
    protected_topics: tuple[str, ...] = ()
    traffic_bytes_per_s: int | None = None
    metrics_urls: Mapping[int, str] = field(default_factory=dict)
    schema_registry: str | None = field(default=None, repr=False)
    mask_rules: tuple[MaskRule, ...] = ()
    client: Table | None = field(default=None, repr=False)
    controller_client: Table | None = field(default=None, repr=False)
    takes_inline_secrets: bool = False

    def security(self) -> Security | None:
        """Encryption and login of the table `client`; None: there is no such table. May run a command or ask."""
        return self._security(self.client)

    def controller_security(self) -> Security | None:
        """The same for the controllers' listener."""
        return self._security(self.controller_client)

    def _security(self, table: Table | None) -> Security | None:
        if table is None:
            return None
        return client_security(table, takes_inline_secrets=self.takes_inline_secrets)


def profile_of(name: str, table: Table, *, takes_inline_secrets: bool) -> Profile:
    """BadSettings that names the file, the line, the setting and the reason."""
    table.refuse_unknown(SETTINGS)
    profile = Profile(
        name=name,
        bootstrap_servers=_addresses(table, "bootstrap_servers"),
        bootstrap_controllers=_addresses(table, "bootstrap_controllers"),
        zookeeper=table.text_of("zookeeper"),
        command_config=_file(table, "command_config"),
        controller_command_config=_file(table, "controller_command_config"),
        zk_config=_file(table, "zk_config"),
        environment=table.text_of("environment"),
        live_log=bool(table.flag_of("live_log")),
        is_read_only=bool(table.flag_of("read_only")),
        allows_writes=bool(table.flag_of("allow_writes")),
        expect_cluster_id=table.text_of("expect_cluster_id"),
        protected_topics=table.texts_of("protected_topics"),
        traffic_bytes_per_s=table.number_of("traffic_bytes_per_s", _LEAST_TRAFFIC),
        metrics_urls=_metrics(table),
        schema_registry=_registry(table),
        mask_rules=mask_rules(table),
        client=table.table_of("client"),
        controller_client=table.table_of("controller_client"),
        takes_inline_secrets=takes_inline_secrets,
    )
    _refuse_contradictions(table)
    return profile


def _refuse_contradictions(table: Table) -> None:
    if not any(table.values.get(name) for name in _ADDRESSES):
        raise table.bad("", f"says of no cluster where it is; give one of {', '.join(_ADDRESSES)}")
    for one, other in (
        ("command_config", "client"),
        ("controller_command_config", "controller_client"),
        ("read_only", "allow_writes"),
    ):
        if table.values.get(one) and table.values.get(other):
            raise table.bad(other, f"does not go with {one}; give one of them")


def _addresses(table: Table, name: str) -> tuple[Address, ...]:
    listed = table.texts_of(name)
    try:
        return parse_addresses(",".join(listed), name) if listed else ()
    except BadSettings as error:
        raise table.bad(name, str(error).removeprefix(f"{name}: ")) from None


def _file(table: Table, name: str) -> str | None:
    """Relative to the folder of the configuration file."""
    text = table.text_of(name)
    return None if text is None else str(Path(table.file).parent / Path(text).expanduser())


def _registry(table: Table) -> str | None:
    url = table.text_of("schema_registry")
    try:
        return None if url is None else checked_address(url)
    except BadSettings as error:
        raise table.bad("schema_registry", str(error)) from None


def _metrics(table: Table) -> Mapping[int, str]:
    urls = table.table_of("metrics")
    if urls is None:
        return {}
    for broker in urls.values:
        if not broker.isdecimal():
            raise urls.bad(broker, "must be the id of a broker")
        if not str(urls.text_of(broker)).startswith(("http://", "https://")):
            raise urls.bad(broker, "must be an http or https URL")
    return {int(broker): str(url) for broker, url in urls.values.items()}
