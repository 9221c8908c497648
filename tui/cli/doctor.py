"""`ktui doctor`: what is installed, how far the cluster is reached, and what the principal may do there."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from ktui.adapters.errors import AdapterError, BadSettings
from ktui.adapters.target import Target
from ktui.tui.cli.colour import takes_colour
from ktui.tui.cli.exits import Exit, run_command
from ktui.tui.cli.log import default_log_path
from ktui.tui.cli.options import connection_options
from ktui.tui.profiles.config import config_path
from ktui.tui.profiles.redacted import redacted

LOG_BYTES: Final = 200_000
"""The newest part of the log that goes into a bundle."""

Tell = Callable[[str], None]


@click.command()
@click.option(
    "--bundle",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write a zip for a bug report: this, the settings and the log, without secrets.",
)
@connection_options
def doctor(target: Target, *, bundle: Path | None) -> None:
    """What is installed, whether the cluster can be reached and which step fails, what the principal may do.

    Without an address it looks at the installation only. Exits 0 when all is well, 2 when an address fails.
    """
    run_command(lambda: _doctor(target, bundle))


async def _doctor(target: Target, bundle: Path | None) -> int:
    from ktui.tui.cli.doctor_text import installation_lines

    printed: list[str] = []

    def tell(line: str) -> None:
        printed.append(line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    for line in installation_lines():
        tell(line)
    code = await _clusters(target, tell)
    if bundle is not None:
        _write(bundle, printed)
        sys.stderr.write(f"ktui: wrote {bundle}; look through it before you hand it on\n")
    return code


async def _clusters(target: Target, tell: Tell) -> Exit:
    if target.zookeeper is not None:
        try:
            target = await _by_zookeeper(target, target.zookeeper, tell)
        except AdapterError as error:
            tell(f"  zookeeper  {error}")
            if not target.bootstrap_servers:
                return Exit.NO_CONNECTION
            return max(Exit.NO_CONNECTION, await _brokers(target, tell))
    return await _brokers(target, tell) if target.bootstrap_servers else Exit.DONE


async def _by_zookeeper(target: Target, where: str, tell: Tell) -> Target:
    """What ZooKeeper says; its brokers, unless others were given."""
    from ktui.adapters.kafka.client_properties import security_for
    from ktui.adapters.zookeeper.ensemble import parse_ensemble
    from ktui.adapters.zookeeper.lookup import look_up
    from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, read_zk_config

    ensemble = parse_ensemble(where, "--zookeeper")
    config = read_zk_config(target.zk_config) if target.zk_config else NO_ZK_CONFIG
    protocol = str(security_for(target.security, target.command_config).protocol)
    found = await look_up(ensemble, config, security_protocol=protocol, timeout_s=target.timeout_s)
    tell(
        f"  zookeeper  {ensemble}: cluster {found.cluster_id or 'without an id'}, "
        f"{len(found.brokers)} brokers with a {protocol} listener"
    )
    return replace(target, bootstrap_servers=target.bootstrap_servers or found.brokers)


async def _brokers(target: Target, tell: Tell) -> Exit:
    from ktui.adapters.checkup import Reached, check_up
    from ktui.tui.cli.doctor_text import finding_lines

    is_well = True
    async for finding in check_up(target):
        is_well = is_well and (finding.is_well if isinstance(finding, Reached) else finding.reason is None)
        for line in finding_lines(finding, is_coloured=takes_colour()):
            tell(line)
    return Exit.DONE if is_well else Exit.NO_CONNECTION


def _write(bundle: Path, printed: list[str]) -> None:
    try:
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doctor.txt", "\n".join(map(click.unstyle, printed)) + "\n")
            if config_path().exists():
                archive.writestr("config.toml", redacted(config_path().read_text(errors="replace")))
            if default_log_path().exists():
                archive.writestr("ktui.log", default_log_path().read_bytes()[-LOG_BYTES:])
    except OSError as error:
        raise BadSettings(f"--bundle {bundle}: {error.strerror or error}") from None
