"""The requests of operations on groups and access rules answered from values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ktui.adapters.access.model import AclEntry
from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.acls import _KINDS, _OPERATIONS, _PATTERNS, _PERMISSIONS
from ktui.adapters.kafka.bridge import Api
from tests.adapters.operate.fake_ground import FakeGround
from tests.adapters.operate.little_cluster import LittleCluster, with_orders

Offsets = dict[tuple[str, int], int]
READ = AclEntry("User:alice", "Topic", "orders", "literal", "Read", "Allow")


def with_groups(ground: FakeGround) -> LittleGroups:
    """Group `billing` has read three and four records of the two partitions of `orders`, and has no members."""
    with_orders(ground)
    LittleCluster(ground)
    return LittleGroups(ground)


@dataclass
class LittleGroups:
    """Behind the link of a `FakeGround`."""

    ground: FakeGround
    offsets: dict[str, Offsets] = field(
        default_factory=lambda: {"billing": {("orders", 0): 3, ("orders", 1): 4}}
    )
    members: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    rules: list[AclEntry] = field(default_factory=lambda: [READ])
    errors: dict[Api, list[int]] = field(default_factory=dict)
    """Codes that a request is answered with, one after the other, and does nothing."""
    breaks: dict[Api, AdapterError] = field(default_factory=dict)
    """Raised after it took effect."""
    takes_effect: bool = True

    def __post_init__(self) -> None:
        answers: Mapping[Api, Callable[[Any], Mapping[str, Any]]] = {
            Api.LIST_GROUPS: self._list,
            Api.DESCRIBE_GROUPS: self._describe,
            Api.OFFSET_FETCH: self._fetch,
            Api.OFFSET_COMMIT: self._commit,
            Api.DELETE_GROUPS: self._delete,
            Api.OFFSET_DELETE: self._delete_offsets,
            Api.DESCRIBE_ACLS: self._describe_acls,
            Api.CREATE_ACLS: self._create_acls,
            Api.DELETE_ACLS: self._delete_acls,
            Api.SHARE_GROUP_DESCRIBE: self._describe_share,
            Api.DESCRIBE_SHARE_GROUP_OFFSETS: self._share_offsets,
        }
        for api, answering in answers.items():
            self.ground.link.answer(api, answering)

    def _code(self, api: Api) -> int:
        codes = self.errors.get(api, [])
        code = codes.pop(0) if codes else 0
        if not code and self.ground.on_change is not None:
            self.ground.on_change()
        return code

    def _told(self, api: Api, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if api in self.breaks:
            raise self.breaks[api]
        return answer

    def _list(self, request: Any) -> Mapping[str, Any]:
        del request
        return {
            "groups": [
                {
                    "group_id": name,
                    "protocol_type": "consumer",
                    "group_state": "Stable" if self.members.get(name) else "Empty",
                    "group_type": self.types.get(name, "classic"),
                }
                for name in self.offsets
            ]
        }

    def _describe(self, request: Any) -> Mapping[str, Any]:
        return {
            "groups": [
                {
                    "group_id": str(name),
                    "group_state": "Stable" if self.members.get(str(name)) else "Empty",
                    "protocol_type": "consumer",
                    "members": self.members.get(str(name), []),
                }
                for name in request.groups
            ]
        }

    def _describe_share(self, request: Any) -> Mapping[str, Any]:
        return {"groups": [{"group_id": str(name), "group_state": "Empty"} for name in request.group_ids]}

    def _share_offsets(self, request: Any) -> Mapping[str, Any]:
        return {"groups": [{"group_id": str(group.group_id)} for group in request.groups]}

    def _fetch(self, request: Any) -> Mapping[str, Any]:
        return {
            "groups": [
                {
                    "group_id": str(group.group_id),
                    "topics": [
                        {
                            "name": topic,
                            "partitions": [{"partition_index": index, "committed_offset": offset}],
                        }
                        for (topic, index), offset in self.offsets.get(str(group.group_id), {}).items()
                    ],
                }
                for group in request.groups
            ]
        }

    def _commit(self, request: Any) -> Mapping[str, Any]:
        code = self._code(Api.OFFSET_COMMIT)
        topics = []
        for topic in request.topics:
            parts = []
            for part in topic.partitions:
                if not code and self.takes_effect:
                    self.offsets[str(request.group_id)][str(topic.name), part.partition_index] = (
                        part.committed_offset
                    )
                parts.append({"partition_index": part.partition_index, "error_code": code})
            topics.append({"name": topic.name, "partitions": parts})
        return self._told(Api.OFFSET_COMMIT, {"topics": topics})

    def _delete(self, request: Any) -> Mapping[str, Any]:
        code = self._code(Api.DELETE_GROUPS)
        (name,) = request.groups_names
        if not code and self.takes_effect:
            del self.offsets[str(name)]
        return self._told(Api.DELETE_GROUPS, {"results": [{"group_id": str(name), "error_code": code}]})

    def _delete_offsets(self, request: Any) -> Mapping[str, Any]:
        code = self._code(Api.OFFSET_DELETE)
        topics = []
        for topic in request.topics:
            indexes = [part.partition_index for part in topic.partitions]
            for index in indexes if not code and self.takes_effect else ():
                del self.offsets[str(request.group_id)][str(topic.name), index]
            parts = [{"partition_index": index, "error_code": code} for index in indexes]
            topics.append({"name": topic.name, "partitions": parts})
        return self._told(Api.OFFSET_DELETE, {"topics": topics})

    def _describe_acls(self, request: Any) -> Mapping[str, Any]:
        del request
        return {"resources": [_resource(rule) for rule in self.rules]}

    def _create_acls(self, request: Any) -> Mapping[str, Any]:
        code = self._code(Api.CREATE_ACLS)
        for one in request.creations if not code and self.takes_effect else ():
            self.rules.append(
                AclEntry(
                    one.principal, _KINDS[one.resource_type], one.resource_name,
                    _PATTERNS[one.resource_pattern_type], _OPERATIONS[one.operation],
                    _PERMISSIONS[one.permission_type], one.host,
                )
            )  # fmt: skip
        return self._told(Api.CREATE_ACLS, {"results": [{"error_code": code} for _ in request.creations]})

    def _delete_acls(self, request: Any) -> Mapping[str, Any]:
        code = self._code(Api.DELETE_ACLS)
        results = []
        for one in request.filters:
            hit = [rule for rule in self.rules if rule.principal == one.principal_filter]
            if not code and self.takes_effect:
                self.rules = [rule for rule in self.rules if rule not in hit]
            results.append({"error_code": code, "matching_acls": [{} for _ in hit]})
        return self._told(Api.DELETE_ACLS, {"filter_results": results})


def _resource(rule: AclEntry) -> Mapping[str, Any]:
    def code(words: Mapping[int, str], word: str) -> int:
        return next(code for code, known in words.items() if known == word)

    return {
        "resource_type": code(_KINDS, rule.kind),
        "resource_name": rule.name,
        "pattern_type": code(_PATTERNS, rule.pattern),
        "acls": [
            {
                "principal": rule.principal,
                "host": rule.host,
                "operation": code(_OPERATIONS, rule.operation),
                "permission_type": code(_PERMISSIONS, rule.permission),
            }
        ],
    }
