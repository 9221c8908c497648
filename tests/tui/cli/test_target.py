"""Connection options, profile and environment: which counts more."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from platformdirs import user_config_path

from ktui.adapters.addresses import Address
from ktui.adapters.security import SecurityProtocol
from ktui.adapters.target import Target
from ktui.tui.cli.options import connection_options

CONFIG = """
[profiles.prod]
bootstrap_servers = "prod:9092"
zookeeper = "zk:2181"
command_config = "prod.properties"
environment = "production"
protected_topics = ["a*"]
[profiles.safe]
bootstrap_servers = "safe:9092"
[profiles.safe.client]
"security.protocol" = "SSL"
"""


@pytest.fixture(autouse=True)
def config() -> Path:
    file = user_config_path("ktui", appauthor=False) / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(CONFIG)
    return file


def target(*arguments: str, **environment: str) -> Target:
    taken: list[Target] = []

    @click.command
    @connection_options
    def command(target: Target) -> None:
        taken.append(target)

    done = CliRunner().invoke(command, arguments, env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return taken[0]


def test_a_profile_gives_addresses_and_what_is_allowed(config: Path) -> None:
    told = target("-p", "prod")
    assert told.bootstrap_servers == (Address("prod", 9092),)
    assert (told.zookeeper, told.name, told.environment) == ("zk:2181", "prod", "production")
    assert told.command_config == str(config.parent / "prod.properties")
    assert told.protected_topics == ("a*",)
    assert (told.is_read_only, told.allows_writes) == (False, False)


def test_addresses_that_were_typed_take_the_place_of_all_of_the_profile() -> None:
    told = target("-p", "prod", "-b", "other:1")
    assert told.bootstrap_servers == (Address("other", 1),)
    assert told.zookeeper is None
    assert told.environment == "production"


def test_a_profile_that_was_typed_counts_more_than_the_environment() -> None:
    told = target("-p", "prod", KTUI_BOOTSTRAP_SERVER="elsewhere:1", KTUI_ZOOKEEPER="elsewhere:2")
    assert told.bootstrap_servers == (Address("prod", 9092),)
    assert told.zookeeper == "zk:2181"


def test_of_two_in_the_environment_the_address_counts_more() -> None:
    told = target(KTUI_PROFILE="prod", KTUI_BOOTSTRAP_SERVER="elsewhere:1")
    assert told.bootstrap_servers == (Address("elsewhere", 1),)
    assert told.name == "prod"


def test_encryption_comes_from_the_profile_unless_a_file_was_typed() -> None:
    security = target("-p", "safe").security
    assert security is not None
    assert security.protocol is SecurityProtocol.SSL
    assert target("-p", "safe", "-c", "x.properties").security is None


def test_locks_that_were_typed_are_added_to_the_profile() -> None:
    assert target("-p", "prod", "--read-only").is_read_only
    assert target("-p", "prod", "--allow-writes").allows_writes
