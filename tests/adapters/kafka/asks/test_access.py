from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.access.model import AclEntry, Quota, ScramUser
from ktui.adapters.errors import BadSettings, NotPermitted, Refused
from ktui.adapters.kafka.access import has_no_authorizer
from ktui.adapters.kafka.asks.acls import create_acls, delete_acls, describe_acls
from ktui.adapters.kafka.asks.client_quotas import describe_quotas
from ktui.adapters.kafka.asks.scram_users import describe_scram_users
from tests.adapters.kafka.scripted_link import scripted

DESCRIBE, CREATE, DELETE, QUOTAS, SCRAM = 29, 30, 31, 48, 50
READ = AclEntry("User:alice", "Topic", "ord", "prefixed", "Read", "Allow")
NEVER = AclEntry("User:*", "Cluster", "kafka-cluster", "literal", "All", "Deny", "10.0.0.1")


def acl(principal: str, operation: int, permission: int, host: str = "*") -> dict[str, Any]:
    return {"principal": principal, "host": host, "operation": operation, "permission_type": permission}


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_rules_in_words(version: int) -> None:
    resources = [
        {"resource_type": 2, "resource_name": "ord", "pattern_type": 4, "acls": [acl("User:alice", 3, 3)]},
        {"resource_type": 4, "resource_name": "kafka-cluster", "pattern_type": 3,
         "acls": [acl("User:*", 2, 2, "10.0.0.1"), acl("User:new", 77, 3)]},
    ]  # fmt: skip
    link = scripted(DESCRIBE, version, {"resources": resources})
    told = await describe_acls(link)
    assert told[0] == NEVER
    assert told[1] == READ
    assert told[2].operation == "operation 77"
    sent = link.sent[0].read()
    assert (sent.resource_type_filter, sent.operation, sent.permission_type) == (1, 1, 1)


async def test_no_authorizer_and_no_right_are_two_things() -> None:
    with pytest.raises(Refused, match="no authorizer is configured") as caught:
        await describe_acls(scripted(DESCRIBE, 3, {"error_code": 54, "error_message": "No Authorizer."}))
    assert has_no_authorizer(caught.value)
    with pytest.raises(NotPermitted, match="needs Describe on Cluster") as denied:
        await describe_acls(scripted(DESCRIBE, 3, {"error_code": 31}))
    assert not has_no_authorizer(denied.value)


async def test_rules_are_made() -> None:
    link = scripted(CREATE, 3, {"results": [{}, {"error_code": 31}]})
    told = await create_acls(link, [READ, NEVER])
    assert told[0] is None
    assert isinstance(told[1], NotPermitted)
    assert "Alter on Cluster" in str(told[1])
    first, second = link.sent[0].read().creations
    assert (first.resource_type, first.resource_name, first.resource_pattern_type) == (2, "ord", 4)
    assert (first.principal, first.host, first.operation, first.permission_type) == ("User:alice", "*", 3, 3)
    assert (second.resource_type, second.operation, second.permission_type, second.host) == (
        4,
        2,
        2,
        "10.0.0.1",
    )


async def test_rules_are_deleted_exactly() -> None:
    results = [{"matching_acls": [acl("User:alice", 3, 3)]}, {"matching_acls": []}]
    link = scripted(DELETE, 3, {"filter_results": results})
    assert await delete_acls(link, [READ, NEVER]) == [1, 0]
    first = link.sent[0].read().filters[0]
    assert (first.pattern_type_filter, first.resource_name_filter, first.principal_filter) == (
        4, "ord", "User:alice",
    )  # fmt: skip


async def test_a_word_that_is_not_known_is_never_sent() -> None:
    link = scripted(DELETE, 3)
    with pytest.raises(BadSettings, match="operation 77"):
        await delete_acls(link, [AclEntry("User:a", "Topic", "t", "literal", "operation 77", "Allow")])
    assert link.sent == []


async def test_users_and_never_their_secrets() -> None:
    infos = [{"mechanism": 2, "iterations": 8192}, {"mechanism": 9, "iterations": 1}]
    results = [{"user": "zoe", "credential_infos": infos[:1]}, {"user": "ann", "credential_infos": infos},
               {"user": "gone", "error_code": 91}]  # fmt: skip
    told = await describe_scram_users(scripted(SCRAM, 0, {"results": results}))
    assert told == (
        ScramUser("ann", {"SCRAM-SHA-512": 8192, "mechanism 9": 1}),
        ScramUser("zoe", {"SCRAM-SHA-512": 8192}),
    )
    with pytest.raises(NotPermitted, match="Describe on Cluster"):
        await describe_scram_users(scripted(SCRAM, 0, {"error_code": 31}))


@pytest.mark.parametrize("version", [0, 1])
async def test_quotas(version: int) -> None:
    entries = [
        {"entity": [{"entity_type": "user", "entity_name": None}],
         "values": [{"key": "request_percentage", "value": 50.0}]},
        {"entity": [{"entity_type": "user", "entity_name": "ann"}, {"entity_type": "client-id", "entity_name": None}],
         "values": [{"key": "producer_byte_rate", "value": 1024.0}, {"key": "consumer_byte_rate", "value": 2048.0}]},
    ]  # fmt: skip
    told = await describe_quotas(scripted(QUOTAS, version, {"entries": entries}))
    assert (
        Quota(
            {"client-id": None, "user": "ann"}, {"consumer_byte_rate": 2048.0, "producer_byte_rate": 1024.0}
        )
        in told
    )
    assert told[-1] == Quota({"user": None}, {"request_percentage": 50.0})
    with pytest.raises(NotPermitted, match="DescribeConfigs on Cluster"):
        await describe_quotas(scripted(QUOTAS, version, {"error_code": 31, "entries": None}))
