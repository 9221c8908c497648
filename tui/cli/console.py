"""Open the console: the checks before the first paint, the application, and the way out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ktui.adapters.addresses import parse_addresses
from ktui.adapters.serde.schemas import checked_address
from ktui.adapters.target import Target
from ktui.tui import terminal
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.cli.options import has_address, require_address, take_connection, target_from
from ktui.tui.profiles.config import read_config

if TYPE_CHECKING:
    from ktui.tui.cli.choosing import Ask


def console(given: dict[str, Any]) -> int:
    """From the options of the command line; without an address somebody is asked for one."""
    taken = take_connection(given)
    target = target_from(taken)

    def ask(current: Target | None) -> Target:
        from ktui.tui.cli.choosing import choose

        return choose(taken, current=current)

    if not has_address(target):
        if terminal.refusal() is not None:
            require_address(target)
        target = ask(None)
    if given.get("schema_registry"):
        target = replace(target, schema_registry=checked_address(given["schema_registry"]))
    return run_console(
        target, screen=given.get("screen"), topic=given.get("topic"), is_utc=bool(given.get("utc")), ask=ask
    )


def open_console(
    *, bootstrap_servers: str | None, bootstrap_controllers: str | None, zookeeper: str | None
) -> int:
    """From addresses alone; returns the exit code when the console was left."""
    return run_console(target_of(bootstrap_servers, bootstrap_controllers, zookeeper), name="sandbox")


def target_of(
    bootstrap_servers: str | None, bootstrap_controllers: str | None, zookeeper: str | None
) -> Target:
    """A target without credentials."""
    return Target(
        bootstrap_servers=parse_addresses(bootstrap_servers, "brokers") if bootstrap_servers else (),
        bootstrap_controllers=(
            parse_addresses(bootstrap_controllers, "controllers") if bootstrap_controllers else ()
        ),
        zookeeper=zookeeper,
    )


def run_console(
    target: Target,
    *,
    name: str | None = None,
    screen: str | None = None,
    topic: str | None = None,
    is_utc: bool = False,
    ask: Ask | None = None,
) -> int:
    """Run until it is left; `ask` is how another cluster is chosen from inside.

    Textual is imported here, after everything that can be refused was refused.
    """
    refusal = terminal.refusal()
    if refusal is not None:
        complain(refusal)
        return Exit.NO_CONNECTION
    config = read_config()
    terminal.prepare()
    terminal.favour_the_screen()
    from ktui.adapters.feed import Feed
    from ktui.tui.app import KtuiApp
    from ktui.tui.settings import ConsoleSettings
    from ktui.tui.themes import checked

    while True:
        feed = Feed(target)
        settings = ConsoleSettings(
            name=name or target.name or address_of(target),
            environment=target.environment,
            is_read_only=target.is_read_only,
            lock=feed.lock,
            first_screen=screen or ("topics" if topic else "overview"),
            first_topic=topic,
            uses_utc=is_utc or config.uses_utc,
            connection_words=_words_of(target),
            keymap=config.keymap,
            mask_rules=target.mask_rules,
            schema_registry=target.schema_registry,
            theme=terminal.theme_for() or checked(config.theme, config.file),
            can_switch=ask is not None,
        )
        app = KtuiApp(feed, settings)
        app.run()
        if ask is None or not app.wants_another_cluster:
            terminal.leave(app.return_code or 0, feed)
        feed.stop()
        target, screen, topic = ask(target), None, None


def address_of(target: Target) -> str:
    """What a cluster is called that has no name."""
    addresses = target.bootstrap_servers or target.bootstrap_controllers
    return str(addresses[0]) if addresses else str(target.zookeeper)


def _words_of(target: Target) -> tuple[str, ...]:
    """The options that reach the same cluster from a shell."""
    if target.name is not None:
        return ("-p", target.name)
    words: list[str] = []
    if target.bootstrap_servers:
        words += ["-b", ",".join(map(str, target.bootstrap_servers))]
    if target.bootstrap_controllers:
        words += ["--bootstrap-controller", ",".join(map(str, target.bootstrap_controllers))]
    if target.zookeeper:
        words += ["-z", target.zookeeper]
    if target.command_config:
        words += ["-c", target.command_config]
    return tuple(words)
