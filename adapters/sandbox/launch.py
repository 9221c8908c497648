"""The command that starts a node's server: class, flags, logging."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox.archives import archive_flags
from ktui.adapters.sandbox.java import Java
from ktui.adapters.sandbox.layout import config_file, log_file, temporary_folder
from ktui.adapters.sandbox.processes import AFTER_MARKER, MARKER
from ktui.adapters.sandbox.spec import Mode, Role
from ktui.adapters.sandbox.state import Node

HEAP_MB: Final = {Role.BROKER: 160, Role.CONTROLLER: 96, Role.ZOOKEEPER: 64}

SMALL_JVM: Final = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=64m",
    "-Xss512k",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
)
_LOGGING: Final = {
    Mode.KRAFT: (
        "-Dorg.slf4j.simpleLogger.logFile=System.out",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "-Dorg.slf4j.simpleLogger.showShortLogName=true",
        "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
    ),
    Mode.ZOOKEEPER: (f"-Dlog4j.configuration={(Path(__file__).parent / 'log4j.properties').as_uri()}",),
}
_QUICK_ZOOKEEPER: Final = ("-Dzookeeper.forceSync=no", "-Dzookeeper.preAllocSize=1024")
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Runtime:
    """What every server of a sandbox is run with."""

    java: Java
    mode: Mode
    class_path: Sequence[Path]


def server_command(runtime: Runtime, data_dir: Path, node: Node, *, may_record: bool = False) -> list[str]:
    """The words of the command that runs a node; `may_record`: it may record a class archive."""
    is_zookeeper = node.role is Role.ZOOKEEPER
    main = "org.apache.zookeeper.server.quorum.QuorumPeerMain" if is_zookeeper else "kafka.Kafka"
    temporary = temporary_folder(data_dir, node)
    same_for_all = (
        f"-Xmx{HEAP_MB[node.role]}m",
        *_LOGGING[runtime.mode],
        *(_QUICK_ZOOKEEPER if is_zookeeper else ()),
    )
    recipe = [*java_command(runtime, *same_for_all), node.role]
    return [
        *java_command(
            runtime,
            *same_for_all,
            *archive_flags(runtime.java, recipe, temporary, may_record=may_record),
            f"-XX:ErrorFile={log_file(data_dir, node).with_suffix('.crash')}",
            f"-Djava.io.tmpdir={temporary}",
            f"{MARKER}{data_dir}",
        ),
        main,
        str(config_file(data_dir, node)),
    ]


def java_command(runtime: Runtime, *flags: str) -> list[str]:
    """Java with the small flags, these flags, and the class path last."""
    jars = os.pathsep.join(map(str, runtime.class_path))
    return [runtime.java.program, *SMALL_JVM, *flags, AFTER_MARKER, jars]


def server_environment() -> dict[str, str]:
    """Only what a server needs: options meant for other Java programs stay out."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
