"""The commands that start servers, and the archives that make them quick."""

from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.sandbox import archives
from ktui.adapters.sandbox.java import Java
from ktui.adapters.sandbox.launch import Runtime, server_command, server_environment
from ktui.adapters.sandbox.layout import temporary_folder
from ktui.adapters.sandbox.spec import Mode, Role
from ktui.adapters.sandbox.state import Node

BROKER = Node(name="broker-1", role=Role.BROKER, id=1, port=20_000)
ZOOKEEPER = Node(name="zookeeper-1", role=Role.ZOOKEEPER, id=1, port=20_001)


def runtime(version: int = 17, mode: Mode = Mode.KRAFT) -> Runtime:
    return Runtime(Java("/java", version, f"java {version}"), mode, (Path("/a.jar"), Path("/b.jar")))


def test_a_command_names_its_folder_right_before_the_class_path(tmp_path: Path) -> None:
    words = server_command(runtime(), tmp_path, BROKER)
    assert words[0] == "/java"
    assert words[-5:] == [
        f"-Dktui.sandbox.dir={tmp_path}",
        "-cp",
        "/a.jar:/b.jar",
        "kafka.Kafka",
        str(tmp_path / "config" / "broker-1.properties"),
    ]
    assert "-Xmx160m" in words


def test_zookeeper_is_its_own_server(tmp_path: Path) -> None:
    words = server_command(runtime(mode=Mode.ZOOKEEPER), tmp_path, ZOOKEEPER)
    assert "org.apache.zookeeper.server.quorum.QuorumPeerMain" in words
    assert "-Dzookeeper.forceSync=no" in words


def test_options_meant_for_other_programs_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx9g")
    monkeypatch.setenv("KAFKA_OPTS", "-agentlib:jdwp")
    assert not {"JAVA_TOOL_OPTIONS", "KAFKA_OPTS"} & server_environment().keys()


def test_what_one_server_recorded_the_next_uses(tmp_path: Path) -> None:
    temporary = temporary_folder(tmp_path, BROKER)
    temporary.mkdir(parents=True)
    assert not archives.is_recording(temporary)
    first = server_command(runtime(), tmp_path, BROKER, may_record=True)
    assert archives.is_recording(temporary)
    Path(value_of("-XX:ArchiveClassesAtExit=", first)).write_bytes(b"classes")
    archives.keep_recorded(temporary)
    assert not archives.is_recording(temporary)
    second = server_command(runtime(), tmp_path, BROKER, may_record=True)
    assert Path(value_of("-XX:SharedArchiveFile=", second)).read_bytes() == b"classes"
    assert not archives.is_recording(temporary)


def value_of(flag: str, words: list[str]) -> str:
    return next(word for word in words if word.startswith(flag)).removeprefix(flag)


def test_a_java_without_an_archive_of_its_own_gets_one(tmp_path: Path) -> None:
    program = tmp_path / "java" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        '#!/bin/sh\nfor word; do last="$word"; done\necho base > "${last#-XX:SharedArchiveFile=}"\n'
    )
    program.chmod(0o755)
    bare = Runtime(Java(str(program), 25, "java 25"), Mode.KRAFT, (Path("/a.jar"),))
    words = server_command(bare, tmp_path, BROKER)
    assert Path(value_of("-XX:SharedArchiveFile=", words)).read_text() == "base\n"
    (program.parent.parent / "lib" / "server").mkdir(parents=True)
    (program.parent.parent / "lib" / "server" / "classes.jsa").touch()
    assert not [word for word in server_command(bare, tmp_path, BROKER) if "Archive" in word]


def test_a_server_that_was_killed_leaves_no_archive(tmp_path: Path) -> None:
    temporary = temporary_folder(tmp_path, BROKER)
    temporary.mkdir(parents=True)
    server_command(runtime(), tmp_path, BROKER, may_record=True)
    archives.keep_recorded(temporary)
    again = server_command(runtime(), tmp_path, BROKER)
    assert not [word for word in again if "Archive" in word]


def test_another_java_does_not_use_it(tmp_path: Path) -> None:
    temporary = temporary_folder(tmp_path, BROKER)
    temporary.mkdir(parents=True)
    server_command(runtime(), tmp_path, BROKER, may_record=True)
    (temporary / "recorded.archive").write_bytes(b"classes")
    archives.keep_recorded(temporary)
    other = server_command(runtime(21), tmp_path, BROKER)
    assert not [word for word in other if "SharedArchiveFile" in word]
