"""No request of ours can create a topic by accident: automatic creation is off in every Metadata request."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from kio.serial import entity_reader

from ktui.adapters import kafka
from ktui.adapters.errors import NotSupported
from ktui.adapters.kafka import producer
from ktui.adapters.kafka.metadata import encode_metadata
from ktui.adapters.kafka.metadata_layout import HIGHEST, LOWEST

ADAPTERS = Path(next(iter(kafka.__path__))).parent
WITH_CLIENT = "producer.py"
FIRST_WITH_A_SWITCH = 4
WITHOUT_CLIENTS = ("aiokafka.conn", "aiokafka.abc", "aiokafka.errors", "aiokafka.record", "aiokafka.codec")
"""Modules of aiokafka that send nothing themselves but ApiVersions and logins."""


def imports() -> Iterator[tuple[Path, str]]:
    """Every module that is imported in the adapters; the sandbox fills clusters of its own, with producers."""
    for file in sorted(ADAPTERS.rglob("*.py")):
        if "sandbox" in file.relative_to(ADAPTERS).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield file, node.module or ""


@pytest.mark.parametrize("topics", [None, (), ("orders", "payments")], ids=["all", "none", "named"])
@pytest.mark.parametrize("version", range(LOWEST, HIGHEST + 1))
def test_automatic_creation_is_off(version: int, topics: tuple[str, ...] | None) -> None:
    if topics and version < FIRST_WITH_A_SWITCH:
        with pytest.raises(NotSupported, match="may create them"):
            encode_metadata(version, topics)
        return
    body = encode_metadata(version, topics, include_operations=True)
    request = read_request(version, body)
    named = None if request.topics is None else tuple(topic.name for topic in request.topics)
    if version > 0:
        assert named == topics
    if version >= FIRST_WITH_A_SWITCH:
        assert request.allow_auto_topic_creation is False


def read_request(version: int, body: bytes):  # type: ignore[no-untyped-def]
    """The request as kio, which is written by others, reads it."""
    schema = importlib.import_module(f"kio.schema.metadata.v{version}.request")
    request, size = entity_reader(schema.MetadataRequest)(memoryview(body), 0)
    assert size == len(body)
    return request


def test_aiokafkas_clients_are_not_used() -> None:
    """They refresh metadata of the topics they were told of, with automatic creation on."""
    used = {(file, module) for file, module in imports() if module.split(".")[0] == "aiokafka"}
    assert used
    strange = [
        (file.name, module)
        for file, module in used
        if file.name != WITH_CLIENT and not module.startswith(WITHOUT_CLIENTS)
    ]
    assert strange == []


def test_the_producers_client_asks_without_creating() -> None:
    """Its own Metadata request takes the place of aiokafka's."""
    file = next(ADAPTERS.rglob(WITH_CLIENT))
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    asked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "MetadataRequest"]
    assert len(asked) == 1
    switches = {word.arg: word.value for word in asked[0].keywords}
    assert ast.literal_eval(switches["allow_auto_topic_creation"]) is False
    for replaced in ("bootstrap", "_metadata_update", "_get_conn"):
        assert replaced in vars(producer._Client)


def test_metadata_requests_are_made_in_one_place() -> None:
    strange = [(file.name, module) for file, module in imports() if module.startswith("kio.schema.metadata")]
    assert strange == []


def test_the_scan_sees_something() -> None:
    assert any(file.name == "connection.py" and module == "aiokafka.conn" for file, module in imports())
