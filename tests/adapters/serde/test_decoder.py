from __future__ import annotations

import asyncio
import base64
import io
import json
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import fastavro
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

from ktui.adapters.errors import BadSettings
from ktui.adapters.serde import decoder as decoder_module
from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.serde.masking import MaskRule, Masks
from ktui.adapters.serde.schemas import SchemaRegistry
from ktui.adapters.serde.shapes import Form, Part, Reading
from tests.adapters.serde.stub_registry import StubRegistry

ORDER = {
    "type": "record", "name": "Order", "namespace": "shop",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "customer", "type": ["null", "string"]},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "raw", "type": "bytes"},
    ],
}  # fmt: skip
CONTENT = {
    "id": 7, "customer": "c42", "amount": Decimal("3.10"), "at": datetime(2026, 1, 2, tzinfo=UTC), "raw": b"\xff",
}  # fmt: skip


@pytest.fixture
def stub() -> Iterator[StubRegistry]:
    with StubRegistry() as registry:
        yield registry


class Reader:
    """A decoder that waits for the registry where a screen would be told later."""

    def __init__(self, stub: StubRegistry, masks: Masks | None = None, timeout_s: float = 5.0) -> None:
        self._changed = asyncio.Event()
        registry = SchemaRegistry(stub.url, timeout_s=timeout_s)
        self.decoder = Decoder(registry, masks or Masks(), self._changed.set)

    async def read(self, data: bytes) -> Reading:
        self._changed.clear()
        first = self.decoder.read(data, "orders", Part.VALUE)
        if "is being read" not in first.note:
            return first
        await asyncio.wait_for(self._changed.wait(), 10)
        return self.decoder.read(data, "orders", Part.VALUE)


def framed(number: int, payload: bytes) -> bytes:
    return b"\0" + struct.pack(">I", number) + payload


def avro(schema: object, content: object) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(schema), content)  # type: ignore[arg-type]
    return buffer.getvalue()


async def test_avro_with_logical_types(stub: StubRegistry) -> None:
    stub.add(12, ORDER)
    reading = await Reader(stub).read(framed(12, avro(ORDER, CONTENT)))
    assert (reading.form, reading.note) == (Form.AVRO, "schema 12")
    assert json.loads(reading.text) == {
        "id": 7, "customer": "c42", "amount": "3.10", "at": "2026-01-02 00:00:00+00:00", "raw": {"base64": "/w=="},
    }  # fmt: skip


async def test_avro_that_refers_to_another_schema(stub: StubRegistry) -> None:
    inner = {"type": "record", "name": "shop.Item", "fields": [{"name": "sku", "type": "string"}]}
    outer = {"type": "record", "name": "shop.Cart", "fields": [{"name": "first", "type": "shop.Item"}]}
    whole = {**outer, "fields": [{"name": "first", "type": inner}]}
    stub.add(1, outer, references=[{"name": "shop.Item", "subject": "a/b items", "version": 3}])
    stub.answers["/subjects/a/b items/versions/3"] = {"schema": json.dumps(inner), "id": 9}
    reading = await Reader(stub).read(framed(1, avro(whole, {"first": {"sku": "x"}})))
    assert reading == Reading('{"first":{"sku":"x"}}', Form.AVRO, "schema 1")


async def test_json_schema(stub: StubRegistry) -> None:
    stub.add(3, {"type": "object"}, "JSON")
    assert await Reader(stub).read(framed(3, b'{"a": 1}')) == Reading(
        '{"a": 1}', Form.JSON_SCHEMA, "schema 3"
    )
    broken = await Reader(stub).read(framed(3, b'{"a": '))
    assert broken.form is Form.TEXT
    assert broken.note.startswith("not by schema 3")


def descriptor() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="order.proto", package="shop", syntax="proto3")
    file.dependency.extend(["google/protobuf/timestamp.proto", "shared/item.proto"])
    file.message_type.add(name="Other")
    order = file.message_type.add(name="Order")
    order.field.add(name="order_id", number=1, type=3, label=1)
    order.field.add(name="at", number=2, type=11, label=1, type_name=".google.protobuf.Timestamp")
    order.field.add(name="items", number=3, type=11, label=3, type_name=".shared.Item")
    order.nested_type.add(name="Note").field.add(name="text", number=1, type=9, label=1)
    return file


def item_descriptor() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="shared/item.proto", package="shared", syntax="proto3")
    file.message_type.add(name="Item").field.add(name="sku", number=1, type=9, label=1)
    return file


def serialized(file: descriptor_pb2.FileDescriptorProto) -> str:
    return base64.b64encode(file.SerializeToString()).decode()


def add_protobuf(stub: StubRegistry) -> None:
    references = [{"name": "shared/item.proto", "subject": "item", "version": 1}]
    stub.add(5, serialized(descriptor()), "PROTOBUF", references)
    stub.answers["/subjects/item/versions/1"] = {
        "schema": serialized(item_descriptor()),
        "schemaType": "PROTOBUF",
    }


async def test_protobuf_with_imports_and_nested_messages(stub: StubRegistry) -> None:
    add_protobuf(stub)
    pool = descriptor_pool.DescriptorPool()
    for data in (timestamp_pb2.DESCRIPTOR.serialized_pb, item_descriptor().SerializeToString()):
        pool.AddSerializedFile(data)
    pool.AddSerializedFile(descriptor().SerializeToString())
    order = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Order"))()
    order.order_id = 91422
    order.at.FromSeconds(0)
    order.items.add(sku="x")
    reader = Reader(stub)
    read = await reader.read(framed(5, b"\x02\x02" + order.SerializeToString()))
    assert read.form is Form.PROTOBUF
    assert json.loads(read.text) == {
        "order_id": "91422", "at": "1970-01-01T00:00:00Z", "items": [{"sku": "x"}],
    }  # fmt: skip
    note = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Order.Note"))(text="hi")
    assert (await reader.read(framed(5, b"\x04\x02\x00" + note.SerializeToString()))).text == '{"text":"hi"}'
    assert (await reader.read(framed(5, b"\x00"))).text == "{}"


async def test_what_does_not_fit_its_schema_is_shown_as_it_is_with_a_mark(stub: StubRegistry) -> None:
    stub.add(12, ORDER)
    add_protobuf(stub)
    reader = Reader(stub)
    good = avro(ORDER, CONTENT)
    for payload in (good[:-1], good + b"x", b"", b"\xff" * 30):
        read = await reader.read(framed(12, payload))
        assert read.form not in (Form.AVRO, Form.PROTOBUF)
        assert read.note.startswith("not by schema 12"), read
    for payload in (b"\x02\x08", b"\x63", b"", b"\x02", b"\x00\xff\xff", b"\x01"):
        read = await reader.read(framed(5, payload))
        assert read.note.startswith("not by schema 5"), (payload, read)


@pytest.mark.parametrize(
    ("schema", "kind", "note"),
    [
        ('"nonsense', "AVRO", "schema 4: "),
        (
            {"type": "record", "name": "X", "fields": [{"name": "a", "type": "shop.Gone"}]},
            "AVRO",
            "schema 4: shop.Gone",
        ),
        ('syntax = "proto3"; message A {}', "PROTOBUF", "schema 4: this registry gives no descriptors"),
        ("AAAA", "PROTOBUF", "schema 4: "),
        ("{}", "THRIFT", "schema 4: THRIFT is not known"),
    ],
)
async def test_a_schema_that_cannot_be_used(stub: StubRegistry, schema: object, kind: str, note: str) -> None:
    stub.add(4, schema, kind)
    read = await Reader(stub).read(framed(4, b"\x00abc"))
    assert (read.form, read.note[: len(note)]) == (Form.TEXT, note)


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (404, "schema 8 is not in the registry"),
        (401, "the registry says HTTP 401"),
        (500, "the registry says HTTP 500"),
        (b"<html>", "the registry's answer is not JSON"),
        ([], "the registry's answer is not a JSON object"),
        ({"schema": 5}, "the registry's answer holds no schema"),
        (
            {"schema": "{}", "references": [{"name": "a", "subject": "s", "version": 1}]},
            "a schema that is referred to is not in the registry",
        ),
    ],
)
async def test_an_answer_that_is_no_schema(stub: StubRegistry, answer: object, note: str) -> None:
    stub.answers["/schemas/ids/8"] = answer
    assert await Reader(stub).read(framed(8, b"{}")) == Reading("\0\0\0\0\x08{}", Form.TEXT, note)


async def test_endless_references_end(stub: StubRegistry) -> None:
    again = {"schema": "{}", "references": [{"name": "a", "subject": "s", "version": 1}]}
    stub.answers.update({"/schemas/ids/8": again, "/subjects/s/versions/1": again})
    assert "more than 100" in (await Reader(stub).read(framed(8, b"{}"))).note


async def test_a_registry_that_is_down_or_hangs_is_a_mark(stub: StubRegistry) -> None:
    gone = StubRegistry()
    reader = Reader(gone)
    gone._server.server_close()
    assert (await reader.read(framed(1, b"x"))).note.startswith("no answer from the registry")
    stub.pause.clear()
    slow = Reader(stub, timeout_s=0.05)
    assert (await slow.read(framed(1, b"x"))).note.startswith("no answer from the registry")


async def test_each_schema_is_asked_for_once_until_a_failure_is_old(stub: StubRegistry) -> None:
    now = [0.0]
    changed = asyncio.Event()
    registry = SchemaRegistry(stub.url.replace("//", "//me:p%40ss@"), clock=lambda: now[0])
    decoder = Decoder(registry, on_change=changed.set)
    data = framed(12, avro(ORDER, CONTENT))
    for _ in range(50):
        assert decoder.read(data, "orders", Part.VALUE).note == "schema 12 is being read"
    await asyncio.wait_for(changed.wait(), 10)
    assert decoder.read(data, "orders", Part.VALUE).note == "schema 12 is not in the registry"
    stub.add(12, ORDER)
    assert len(stub.asked) == 1
    now[0] = 16.0
    changed.clear()
    assert decoder.read(data, "orders", Part.VALUE).note == "schema 12 is being read"
    await asyncio.wait_for(changed.wait(), 10)
    assert decoder.read(data, "orders", Part.VALUE).form is Form.AVRO
    assert stub.logins[-1] == "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert len(stub.asked) == 2


def test_addresses_that_cannot_be_used() -> None:
    for wrong in ("registry:8081", "ftp://registry", "http://", "file:///etc/passwd", "http://[::1"):
        with pytest.raises(BadSettings, match="--schema-registry"):
            SchemaRegistry(wrong)


async def test_without_the_extra_it_says_what_is_missing(
    stub: StubRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.add(12, ORDER)
    monkeypatch.setitem(decoder_module._MODULES, "AVRO", (Form.AVRO, "ktui.adapters.serde.not_installed"))
    read = await Reader(stub).read(framed(12, b"x"))
    assert read.note == "schema 12: avro needs kafka-ktui[registry]"


async def test_fields_are_masked_in_what_was_decoded(stub: StubRegistry) -> None:
    stub.add(12, ORDER)
    reader = Reader(stub, Masks([MaskRule("ord*", ".customer")]))
    data = framed(12, avro(ORDER, CONTENT))
    read = await reader.read(data)
    assert json.loads(read.text)["customer"] == "***"
    assert json.loads(read.text)["id"] == 7
    # What could not be decoded may hold the field: nothing of it is shown.
    assert (await reader.read(data[:-1])).text == "***"
    assert (await reader.read(framed(99, b"c42"))).text == "***"


def test_without_a_registry_a_zero_byte_means_nothing() -> None:
    assert Decoder().read(b"\0\0\0\0\x01x", "t", Part.VALUE) == Reading("\0\0\0\0\x01x", Form.TEXT)
    assert Decoder().read(None, "t", Part.VALUE).form is Form.NULL


def test_the_libraries_of_the_extra_are_not_loaded_before_they_are_needed() -> None:
    for name in ("decoder.py", "schemas.py", "plain.py", "masking.py"):
        text = Path(decoder_module.__file__).with_name(name).read_text()
        assert "import fastavro" not in text
        assert "google" not in text
