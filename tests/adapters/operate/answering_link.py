"""A link whose answers are made from the requests, by functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ktui.adapters.errors import ConnectionBroke
from ktui.adapters.kafka.bridge import Api, _known_versions
from ktui.adapters.kafka.link import VersionRange
from tests.adapters.kafka.scripted_link import Sent, response

QUESTIONS = frozenset({
    Api.DESCRIBE_CONFIGS, Api.LIST_OFFSETS, Api.LIST_PARTITION_REASSIGNMENTS, Api.DESCRIBE_CLUSTER,
    Api.DESCRIBE_LOG_DIRS, Api.LIST_GROUPS, Api.DESCRIBE_GROUPS, Api.OFFSET_FETCH, Api.DESCRIBE_ACLS,
    Api.SHARE_GROUP_DESCRIBE, Api.DESCRIBE_SHARE_GROUP_OFFSETS,
})  # fmt: skip
Answering = Callable[[Any], Mapping[str, Any]]


class AnsweringLink:
    """Knows the requests that it has an answer for, at all versions; keeps what was sent, as kio reads it."""

    def __init__(self, answers: Mapping[Api, Answering] | None = None) -> None:
        self.answers = dict(answers or {})
        self.sent: list[tuple[Api, Any]] = []
        self.breaks: set[Api] = set()
        """Requests after whose effect the connection breaks."""

    @property
    def changes(self) -> list[tuple[Api, Any]]:
        """What was sent that changes something."""
        return [
            (api, read)
            for api, read in self.sent
            if api not in QUESTIONS and not getattr(read, "validate_only", False)
        ]

    def answer(self, api: Api, answering: Answering) -> None:
        self.answers[api] = answering

    async def versions(self) -> Mapping[int, VersionRange]:
        known = {api: _known_versions(api) for api in self.answers}
        return {api: VersionRange(versions[0], versions[-1]) for api, versions in known.items()}

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        read = Sent(api_key, version, body, is_flexible).read()
        self.sent.append((Api(api_key), read))
        answer = response(api_key, version, self.answers[Api(api_key)](read))
        if Api(api_key) in self.breaks:
            raise ConnectionBroke("one:9092 closed the connection")
        return answer
