"""Ask which cluster, when none was named or another one is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ktui.adapters.target import Target
from ktui.tui import terminal
from ktui.tui.cli.exits import leave
from ktui.tui.cli.target import target_of
from ktui.tui.connect.choice import Choice, Entry, RunCommand, Stay, UseProfile, UseTarget
from ktui.tui.present.sanitise import safe
from ktui.tui.profiles.config import Config, read_config

if TYPE_CHECKING:
    from ktui.tui.profiles.profile import Profile

Options = dict[str, Any]
_SANDBOX: Final = "a real Kafka cluster on this machine"
_DEMO: Final = "a recorded incident of a real cluster"
_COMMANDS: Final = {"sandbox": ("Start a sandbox", _SANDBOX), "demo": ("Play the demo", _DEMO)}


def choose(given: Options, *, current: Target | None = None) -> Target:
    """The target that was chosen; ends the process when none was, or when it was another command."""
    terminal.prepare()
    from ktui.tui.connect.app import ConnectApp
    from ktui.tui.themes import checked

    config = read_config()
    app = ConnectApp(
        list(entries(config, current)),
        file=config.path,
        taken=frozenset(config.profiles),
        theme=terminal.theme_for() or checked(config.theme, config.file),
    )
    choice = app.run()
    if choice is None:
        leave(app.return_code or 0)
    return _target(choice, given, current)


def entries(config: Config, current: Target | None) -> Iterator[Entry]:
    """The cluster of before first, then those with names, then the ways to others."""
    if current is not None:
        yield Entry("Back", f"to {safe(_name_of(current))}", Stay())
    for profile in config.profiles.values():
        yield Entry(safe(profile.name), safe(_told(profile)), UseProfile(profile.name))
    yield Entry("Connect to a cluster", "by address; can be saved under a name", None)
    for command, (title, detail) in _COMMANDS.items():
        yield Entry(title, detail, RunCommand(command))


def _name_of(target: Target) -> str:
    addresses = target.bootstrap_servers or target.bootstrap_controllers
    return target.name or str(addresses[0] if addresses else target.zookeeper)


def _told(profile: Profile) -> str:
    addresses = profile.bootstrap_servers or profile.bootstrap_controllers
    where = ", ".join(map(str, addresses)) or f"ZooKeeper {profile.zookeeper}"
    words = [profile.environment or "", "read-only" if profile.is_read_only else ""]
    return "  ".join(filter(None, (*words, where)))


def _target(choice: Choice, given: Options, current: Target | None) -> Target:
    match choice:
        case UseTarget(target=target):
            return target
        case UseProfile(name=name):
            return target_of({**given, **_NO_ADDRESS, "profile": name})
        case Stay() if current is not None:
            return current
        case RunCommand(name=name):
            os.execv(sys.executable, [sys.executable, "-m", "ktui", name])
    raise AssertionError(choice)


_NO_ADDRESS: Final = dict.fromkeys((
    "bootstrap_server", "bootstrap_controller", "zookeeper", "command_config", "controller_command_config", "zk_config",
))  # fmt: skip
"""What was typed for another cluster."""

Ask = Callable[[Target | None], Target]
"""From the cluster of before, if any, to the one that was chosen."""
