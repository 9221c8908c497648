"""From the connection options, and the profile that they name, to a target."""

from __future__ import annotations

from typing import Any, Final

import click
from click.core import ParameterSource

from ktui.adapters.addresses import parse_addresses
from ktui.adapters.target import Target
from ktui.tui.profiles.config import read_config
from ktui.tui.profiles.profile import Profile

_ADDRESSES: Final = ("bootstrap_server", "bootstrap_controller", "zookeeper")


def target_of(given: dict[str, Any]) -> Target:
    """BadSettings for what cannot be used. What was typed counts more than the profile, and that more than
    the environment; addresses that were typed take the place of all of the profile's."""
    profile = read_config().profile(given["profile"]) if given["profile"] else None
    typed = _typed(given, profile)
    if profile is None:
        return _bare(typed)
    return _of_profile(profile, typed)


def _typed(given: dict[str, Any], profile: Profile | None) -> dict[str, Any]:
    """The options without those from the environment that a profile named on the command line overrides."""
    if profile is None or _source("profile") is not ParameterSource.COMMANDLINE:
        return given
    return {
        name: None if _source(name) is ParameterSource.ENVIRONMENT else value for name, value in given.items()
    }


def _source(name: str) -> ParameterSource | None:
    """Where an option's value came from; it may stand before the command's name or after it."""
    context: click.Context | None = click.get_current_context()
    found: ParameterSource | None = None
    while context is not None and found is not ParameterSource.COMMANDLINE:
        found = context.get_parameter_source(name) or found
        context = context.parent
    return found


def _bare(given: dict[str, Any]) -> Target:
    servers, controllers = given["bootstrap_server"], given["bootstrap_controller"]
    return Target(
        bootstrap_servers=parse_addresses(servers, "--bootstrap-server") if servers else (),
        bootstrap_controllers=parse_addresses(controllers, "--bootstrap-controller") if controllers else (),
        zookeeper=given["zookeeper"] or None,
        command_config=given["command_config"],
        controller_command_config=given["controller_command_config"],
        zk_config=given["zk_config"],
        live_log=bool(given["live_log"]),
        is_read_only=given["read_only"],
        allows_writes=given["allow_writes"],
        expect_cluster_id=given["expect_cluster_id"],
        timeout_s=given["timeout_s"],
    )


def _of_profile(profile: Profile, given: dict[str, Any]) -> Target:
    typed = _bare(given)
    elsewhere = any(given[name] for name in _ADDRESSES)
    addresses = typed if elsewhere else profile
    return Target(
        bootstrap_servers=addresses.bootstrap_servers,
        bootstrap_controllers=addresses.bootstrap_controllers,
        zookeeper=addresses.zookeeper,
        command_config=typed.command_config or profile.command_config,
        controller_command_config=typed.controller_command_config or profile.controller_command_config,
        zk_config=typed.zk_config or profile.zk_config,
        security=None if typed.command_config else profile.security(),
        controller_security=None if typed.controller_command_config else profile.controller_security(),
        expect_cluster_id=typed.expect_cluster_id or profile.expect_cluster_id,
        name=profile.name,
        environment=profile.environment,
        live_log=profile.live_log if given["live_log"] is None else typed.live_log,
        is_read_only=typed.is_read_only or (profile.is_read_only and not typed.allows_writes),
        allows_writes=typed.allows_writes or profile.allows_writes,
        protected_topics=profile.protected_topics,
        timeout_s=typed.timeout_s,
        traffic_bytes_per_s=profile.traffic_bytes_per_s,
        metrics_urls=profile.metrics_urls,
        schema_registry=profile.schema_registry,
        mask_rules=profile.mask_rules,
    )
