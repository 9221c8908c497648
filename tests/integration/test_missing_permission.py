"""A principal without a right: each refusal names it, and nothing is changed. Real authorizers of both kinds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kio.schema.alter_client_quotas.v1 import request as quota_request
from kio.schema.alter_client_quotas.v1 import response as quota_response
from kio.static.primitive import f64

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.independent import Librdkafka, wait_until
from tests.made_up_brokers import ControllerSocket
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
    return shell(sandbox, "topic", *words)


def shell(sandbox: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    command = ktui(*words, "-b", sandbox.bootstrap_servers)
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


def rules(sandbox: Sandbox) -> set[tuple[str, str, str, str, str]]:
    """As librdkafka tells of them: principal, permission, operation, name, host."""
    admin = AdminClient({"bootstrap.servers": sandbox.bootstrap_servers})
    wanted = AclBindingFilter(
        ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
    )
    return {
        (found.principal, found.permission_type.name, found.operation.name, found.name, found.host)
        for found in admin.describe_acls(wanted).result(10)
    }


def document(sandbox: Sandbox, *words: str) -> Any:
    done = shell(sandbox, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def as_told(one: dict[str, str]) -> tuple[str, str, str, str, str]:
    upper = one["permission"].upper(), one["operation"].upper()
    return (one["principal"], *upper, one["name"], one["host"])


def test_rules_are_listed_as_an_independent_client_sees_them(guarded: Sandbox) -> None:
    listed = document(guarded, "acl", "list")["acls"]
    assert {as_told(one) for one in listed} == rules(guarded)
    about = document(guarded, "acl", "list", "--topic", GUARDED)["acls"]
    assert {(one["permission"], one["operation"]) for one in about} == {("Allow", "All"), ("Deny", "Delete")}


def test_what_may_be_done_is_what_the_cluster_allows(guarded: Sandbox) -> None:
    told = document(guarded, "acl", "check", "User:ANONYMOUS", "--topic", GUARDED)["operations"]
    answers = {one["operation"]: one["allowed"] for one in told}
    assert answers == {which: which != "Delete" for which in answers}
    why = shell(guarded, "acl", "check", "User:ANONYMOUS", "--topic", GUARDED).stdout
    assert f"Denied by: Deny User:* Delete on Topic {GUARDED}." in why
    assert "super.users may do everything" in why


def test_rules_are_made_and_deleted_through_the_gate(guarded: Sandbox) -> None:
    words = ("--allow-principal", "User:alice", "--operation", "read", "--operation", "Describe-Configs",
             "--topic", "team-", "--resource-pattern-type", "prefixed")  # fmt: skip
    before = rules(guarded)
    made = shell(guarded, "acl", "create", *words)
    assert (made.returncode, made.stdout) == (0, "Made 2 rules.\n"), made.stderr
    assert "It is the first rule about every Topic that begins with team-" in made.stderr
    assert rules(guarded) - before == {
        ("User:alice", "ALLOW", operation, "team-", "*") for operation in ("READ", "DESCRIBE_CONFIGS")
    }
    again = shell(guarded, "acl", "create", *words)
    assert (again.returncode, "has these rules already" in again.stderr) == (1, True)
    assert shell(guarded, "acl", "delete", *words, "--confirm", "User:bob").returncode == 3
    assert shell(guarded, "acl", "delete", *words, "--read-only", "--confirm", "User:alice").returncode == 3
    gone = shell(guarded, "acl", "delete", *words, "--confirm", "User:alice")
    assert (gone.returncode, gone.stdout) == (0, "Deleted 2 rules.\n"), gone.stderr
    assert rules(guarded) == before


def test_users_and_quotas(guarded: Sandbox) -> None:
    admin = AdminClient({"bootstrap.servers": guarded.bootstrap_servers})
    secret = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 8192)
    change = UserScramCredentialUpsertion("ann", secret, b"secret-of-ann", b"salt-of-ann")
    for done in admin.alter_user_scram_credentials([change]).values():
        done.result(10)
    ann = {"name": "ann", "mechanisms": [{"name": "SCRAM-SHA-256", "iterations": 8192}]}
    wait_until(lambda: document(guarded, "user", "list")["users"] == [ann], 30, "the user is there")
    assert "secret" not in shell(guarded, "user", "list").stdout
    set_quota(guarded, "ann", 1024.0)
    quota = {"entity": {"user": "ann"}, "limits": {"producer_byte_rate": 1024.0}}
    wait_until(lambda: quota in document(guarded, "quota", "list")["quotas"], 30, "the quota is there")


def set_quota(sandbox: Sandbox, user: str, bytes_per_s: float) -> None:
    """By hand: librdkafka has no such request."""
    connection = ControllerSocket(int(sandbox.bootstrap_servers.rpartition(":")[2]))
    entry = quota_request.EntryData(
        entity=(quota_request.EntityData(entity_type="user", entity_name=user),),
        ops=(quota_request.OpData(key="producer_byte_rate", value=f64(bytes_per_s), remove=False),),
    )
    request = quota_request.AlterClientQuotasRequest(entries=(entry,), validate_only=False)
    answer = connection.exchange(request, quota_response.AlterClientQuotasResponse)
    connection.close()
    assert [one.error_code.name for one in answer.entries] == ["none"]


def test_rules_by_keyboard(guarded: Sandbox) -> None:
    with Terminal(
        ktui("-b", guarded.bootstrap_servers, "--topic", GUARDED), columns=120, rows=34
    ) as terminal:
        terminal.wait_for("● OK", 60)
        for _ in range(3):
            terminal.press("tab")
        terminal.wait_for("everybody else", 20)
        terminal.press("enter")
        terminal.wait_for("✕ Delete", 20)
        terminal.press("escape")
        # An escape and the key behind it in one burst would be one key.
        terminal.wait_gone("✕ Delete", 20)
        terminal.press(":")
        terminal.type("acls")
        terminal.press("enter")
        terminal.wait_for("Access rules", 20)
        terminal.wait_for(lambda lines: any(GUARDED in line and "Deny" in line for line in lines), 20)
