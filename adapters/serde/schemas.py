"""Schemas by id from a Confluent-compatible registry: fetched off the loop, kept, and never waited for by a screen.

Wire format of a message: a zero byte, the schema's id in four bytes (big-endian), the payload. HTTP API:
`GET /schemas/ids/{id}` and `GET /subjects/{subject}/versions/{version}`; with `format=serialized` a Protobuf schema
comes as a serialized FileDescriptorProto, in base64. Others ignore the parameter.
"""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters import daemon_thread
from ktui.adapters.errors import BadSettings
from ktui.adapters.secret import Secret

MAGIC: Final = 0
PREFIX: Final = 5
_LARGEST_ANSWER: Final = 4 << 20
_MOST_REFERENCES: Final = 100
_MOST_KEPT: Final = 10_000
_TIMEOUT_S: Final = 3.0
_RETRY_S: Final = 15.0
"""A schema that could not be had is asked for again after so long."""
_UNKNOWN: Final = 404


@dataclass(frozen=True, slots=True)
class Reference:
    """Another schema that this one uses, under the name by which it does."""

    name: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema as the registry gives it; `kind` is AVRO, PROTOBUF or JSON."""

    kind: str
    text: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class NoSchema:
    """Why there is none, in a few words, and when to ask again (monotonic; None: it is being asked for)."""

    reason: str
    again_at: float | None = None


def checked_address(url: str) -> str:
    """The address; BadSettings for what is no http or https address."""
    _parsed(url)
    return url


def schema_id(data: bytes) -> int | None:
    """The id at the beginning of a message; None: it does not begin as one that was written with a schema."""
    if len(data) < PREFIX or data[0] != MAGIC:
        return None
    return int.from_bytes(data[1:PREFIX], "big")


class SchemaRegistry:
    """Schemas of one registry. Used from one loop; each is asked for once, however many records wait for it."""

    def __init__(
        self, url: str, *, timeout_s: float = _TIMEOUT_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """BadSettings for what is no http or https address. A name and password may stand in it."""
        self._url, self._login = _parsed(url)
        self._timeout_s = timeout_s
        self._clock = clock
        self._kept: dict[int, Schema | NoSchema] = {}

    def get(self, number: int, on_change: Callable[[], object]) -> Schema | NoSchema:
        """What is known now. Where nothing is, it is asked for, and `on_change` is called when that is over."""
        kept = self._kept.get(number)
        if isinstance(kept, Schema):
            return kept
        if kept is not None and (kept.again_at is None or self._clock() < kept.again_at):
            return kept
        waiting = NoSchema(f"schema {number} is being read")
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[number] = waiting
        asked = daemon_thread.start(lambda: self._fetch(number), "fetch a schema")
        asked.add_done_callback(lambda done: self._take(number, done.result(), on_change))
        return waiting

    def _take(self, number: int, outcome: Schema | Exception, on_change: Callable[[], object]) -> None:
        if isinstance(outcome, Exception):
            reason = str(outcome) if isinstance(outcome, _Failed) else f"schema {number}: {outcome!r}"
            self._kept[number] = NoSchema(reason, self._clock() + _RETRY_S)
        else:
            self._kept[number] = outcome
        on_change()

    def _fetch(self, number: int) -> Schema:
        """In a thread. Raises _Failed."""
        return self._schema(f"schema {number}", f"/schemas/ids/{number}", [_MOST_REFERENCES])

    def _schema(self, what: str, path: str, left: list[int]) -> Schema:
        left[0] -= 1
        if left[0] < 0:
            raise _Failed(f"the schema refers to more than {_MOST_REFERENCES} others")
        answer = self._ask(what, path)
        kind, text = answer.get("schemaType", "AVRO"), answer.get("schema")
        if not isinstance(text, str) or not isinstance(kind, str):
            raise _Failed("the registry's answer holds no schema")
        references = []
        for named in answer.get("references") or ():
            subject = urllib.parse.quote(str(named.get("subject")), safe="")
            path = f"/subjects/{subject}/versions/{int(named.get('version', 0))}"
            further = self._schema("a schema that is referred to", path, left)
            references.append(Reference(str(named.get("name")), further))
        return Schema(kind, text, tuple(references))

    def _ask(self, what: str, path: str) -> dict[str, Any]:
        request = urllib.request.Request(f"{self._url}{path}?format=serialized")
        request.add_header("Accept", "application/vnd.schemaregistry.v1+json, application/json")
        if self._login is not None:
            request.add_unredirected_header("Authorization", f"Basic {self._login.reveal()}")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as response:
                answer = json.loads(response.read(_LARGEST_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == _UNKNOWN:
                raise _Failed(f"{what} is not in the registry") from None
            raise _Failed(f"the registry says HTTP {error.code}") from None
        except urllib.error.URLError as error:
            raise _Failed(f"no answer from the registry: {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            raise _Failed(f"no answer from the registry: {error or type(error).__name__}") from None
        except (ValueError, RecursionError):
            raise _Failed("the registry's answer is not JSON") from None
        if not isinstance(answer, dict):
            raise _Failed("the registry's answer is not a JSON object")
        return answer


class _Failed(Exception):
    """Has a short reason for people."""


def _parsed(url: str) -> tuple[str, Secret | None]:
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if host is None:
        raise BadSettings("--schema-registry: give an address such as http://registry:8081")
    login = None
    if parts.username is not None:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        login = Secret(base64.b64encode(pair.encode()).decode())
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return bare.geturl().rstrip("/"), login
