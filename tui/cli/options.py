"""The connection options that the console and every command on a cluster share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from ktui.adapters.errors import BadSettings
from ktui.adapters.target import Target
from ktui.tui.cli.log import start_log
from ktui.tui.cli.target import target_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

R = TypeVar("R")


def _complete_profile(context: click.Context, option: click.Parameter, begun: str) -> list[CompletionItem]:
    from ktui.tui.cli.completion import complete_profile

    return complete_profile(context, option, begun)


_OPTIONS = (
    click.option(
        "-b", "--bootstrap-server", metavar="H:P[,H:P]", envvar="KTUI_BOOTSTRAP_SERVER", help="Brokers."
    ),
    click.option(
        "--bootstrap-controller",
        metavar="H:P[,H:P]",
        envvar="KTUI_BOOTSTRAP_CONTROLLER",
        help="KRaft controllers; otherwise they are asked for.",
    ),
    click.option(
        "-z",
        "--zookeeper",
        metavar="H:P[,H:P][/chroot]",
        envvar="KTUI_ZOOKEEPER",
        help="ZooKeeper ensemble; alone it is enough.",
    ),
    click.option(
        "-c",
        "--command-config",
        metavar="FILE",
        envvar="KTUI_COMMAND_CONFIG",
        help="A Java client.properties file (security.protocol, sasl.*, ssl.*).",
    ),
    click.option(
        "--controller-command-config",
        metavar="FILE",
        envvar="KTUI_CONTROLLER_COMMAND_CONFIG",
        help="The same for controller listeners; default: as for brokers.",
    ),
    click.option(
        "--zk-config",
        metavar="FILE",
        envvar="KTUI_ZK_CONFIG",
        help="ZooKeeper digest, SASL, TLS (names of zookeeper-client.properties).",
    ),
    click.option(
        "-p",
        "--profile",
        metavar="NAME",
        envvar="KTUI_PROFILE",
        shell_complete=_complete_profile,
        help="A profile of config.toml in the user's configuration folder.",
    ),
    click.option("--read-only", is_flag=True, help="Lock changes; cannot be undone from inside."),
    click.option(
        "--allow-writes", is_flag=True, help="Start unlocked also where the profile says production."
    ),
    click.option(
        "--live-log/--no-live-log",
        default=None,
        help="Follow the metadata log of KRaft controllers. Needs ClusterAction on Cluster: whoever has that "
        "can act as anyone, so use it only where such a login is at home.  [default: off]",
    ),
    click.option("--expect-cluster-id", metavar="ID", help="Refuse to go on with any other cluster."),
    click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(min=0.1, max=3600),
        default=10.0,
        show_default=True,
        metavar="SECONDS",
        help="For each question of a command.",
    ),
    click.option(
        "--log-file", metavar="FILE", help="Where the program's own log goes; default: the state folder."
    ),
)


_NAMES: Final = frozenset({
    "bootstrap_server", "bootstrap_controller", "zookeeper", "command_config", "controller_command_config",
    "zk_config", "profile", "live_log", "read_only", "allow_writes", "expect_cluster_id", "timeout_s", "log_file",
})  # fmt: skip


def connection_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options and hand them to the command as one `target: Target` keyword.

    What was given before the command's name counts where it is not given after it.
    """

    @wraps(command)
    def with_target(**given: Any) -> R:
        context = click.get_current_context()
        before: dict[str, Any] = context.find_root().obj or {}
        for name in _NAMES & before.keys():
            if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
                given[name] = before[name]
        return command(target=take_target(given), **given)

    return add_connection_options(with_target)


def add_connection_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options as they are."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_target(given: dict[str, Any]) -> Target:
    """Take the connection options out of what was given; starts the log as they say."""
    return target_from(take_connection(given))


def take_connection(given: dict[str, Any]) -> dict[str, Any]:
    """Take the connection options out of what was given."""
    return {name: given.pop(name) for name in _NAMES}


def target_from(taken: dict[str, Any]) -> Target:
    """The target of these options; starts the log as they say."""
    start_log(taken["log_file"])
    if taken["read_only"] and taken["allow_writes"]:
        raise BadSettings("--read-only and --allow-writes exclude each other")
    return target_of(taken)


def has_address(target: Target) -> bool:
    """Whether it says of a cluster where it is."""
    return bool(target.bootstrap_servers or target.bootstrap_controllers or target.zookeeper)


def require_address(target: Target) -> Target:
    """The target, or BadSettings when it says of no cluster where it is."""
    if has_address(target):
        return target
    raise BadSettings(
        "no cluster given: name brokers with -b HOST:PORT or ZooKeeper with -z HOST:PORT "
        "(or set KTUI_BOOTSTRAP_SERVER, KTUI_ZOOKEEPER), or name a profile with -p NAME"
    )
