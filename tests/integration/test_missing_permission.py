"""A principal without a right: each refusal names it, and nothing is changed. Real authorizers of both kinds."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Final

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.independent import Librdkafka
from tests.terminal import Terminal, ktui

pytestmark = pytest.mark.integration

AUTHORIZERS: Final = {
    Mode.KRAFT: "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    Mode.ZOOKEEPER: "kafka.security.authorizer.AclAuthorizer",
}
KINDS: Final = [
    pytest.param(Mode.KRAFT, marks=pytest.mark.kraft, id="kraft"),
    pytest.param(Mode.ZOOKEEPER, marks=pytest.mark.zookeeper, id="zookeeper"),
]
GUARDED: Final = "guarded"
NEW: Final = "guarded-new"
CLUSTER: Final = "kafka-cluster"


@pytest.fixture(scope="module", params=KINDS)
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One broker; everybody may do everything but delete one topic and create another."""
    properties = {
        "authorizer.class.name": AUTHORIZERS[request.param],
        "allow.everyone.if.no.acl.found": "true",
    }
    folder = tmp_path_factory.mktemp("guarded")
    sandbox = Sandbox(SandboxSpec(request.param, folder, 1, 1, properties), is_guarded=True)
    try:
        sandbox.up()
        Librdkafka(sandbox.bootstrap_servers).create(GUARDED, 1, 1)
        deny(sandbox, ResourceType.TOPIC, GUARDED, AclOperation.DELETE)
        deny(sandbox, ResourceType.TOPIC, NEW, AclOperation.CREATE)
        # The right on the cluster would do for any topic.
        deny(sandbox, ResourceType.BROKER, CLUSTER, AclOperation.CREATE, AclOperation.DELETE)
        yield sandbox
    finally:
        sandbox.down(deletes_data=True)


def deny(sandbox: Sandbox, kind: ResourceType, name: str, *operations: AclOperation) -> None:
    """Everything else stays allowed: once a resource has an entry, what has none is denied."""
    admin = AdminClient({"bootstrap.servers": sandbox.bootstrap_servers})
    entries = [
        AclBinding(kind, name, ResourcePatternType.LITERAL, "User:*", "*", what, permission)
        for what, permission in (
            (AclOperation.ALL, AclPermissionType.ALLOW),
            *((operation, AclPermissionType.DENY) for operation in operations),
        )
    ]
    for done in admin.create_acls(entries).values():
        done.result(10)


def run(sandbox: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    command = ktui("topic", *words, "-b", sandbox.bootstrap_servers)
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False
    )


def test_a_deletion_without_the_right_is_refused_and_changes_nothing(guarded: Sandbox) -> None:
    done = run(guarded, "delete", GUARDED, "--confirm", GUARDED)
    assert done.returncode == 1
    assert "Delete" in done.stderr
    assert "Traceback" not in done.stderr
    assert Librdkafka(guarded.bootstrap_servers).topic(GUARDED)


def test_a_creation_without_the_right_is_refused_and_changes_nothing(guarded: Sandbox) -> None:
    done = run(guarded, "create", NEW, "--partitions", "1", "--replication-factor", "1")
    assert done.returncode == 1
    assert "Create" in done.stderr
    assert not Librdkafka(guarded.bootstrap_servers).topic(NEW)


def test_by_keyboard_the_dialog_says_which_right_is_missing(guarded: Sandbox) -> None:
    with Terminal(
        ktui("-b", guarded.bootstrap_servers, "--topic", GUARDED), columns=100, rows=34
    ) as terminal:
        terminal.wait_for("● OK", 60)
        terminal.press("ctrl+d")
        terminal.wait_for("Type the name", 20)
        terminal.type(GUARDED)
        terminal.wait_for(f"> {GUARDED}", 10)
        terminal.press("enter")
        terminal.wait_for(lambda lines: any("needs" in line and "Delete" in line for line in lines), 20)
    assert Librdkafka(guarded.bootstrap_servers).topic(GUARDED)
