from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.errors import BadAnswer, NotPermitted, Refused
from ktui.adapters.kafka.asks.broker_configs import describe_broker_configs
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigType
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs, describe_topic_configs_all
from tests.adapters.kafka.scripted_link import scripted

MIN_ISR = {"name": "min.insync.replicas", "value": "2", "config_source": 1, "config_type": 3}
PASSWORD = {
    "name": "p",
    "value": None,
    "config_source": 4,
    "is_sensitive": True,
    "read_only": True,
    "config_type": 9,
}


def of_topic(name: str, *configs: dict[str, Any], error: int = 0) -> dict[str, Any]:
    return {"resource_type": 2, "resource_name": name, "configs": configs, "error_code": error}


async def test_many_topics_come_in_batches_with_their_refusals() -> None:
    answers = [
        {"results": [of_topic("a", MIN_ISR), of_topic("b", error=29)]},
        {"results": [of_topic("c", error=3)]},
    ]
    link = scripted(32, 4, *answers)
    told = await describe_topic_configs(link, ["a", "b", "c"], ["min.insync.replicas"], batch=2)
    value = told["a"]["min.insync.replicas"]  # type: ignore[index]
    assert (value.value, value.source, value.type) == ("2", ConfigSource.TOPIC, ConfigType.INT)
    denied, gone = told["b"], told["c"]
    assert isinstance(denied, NotPermitted)
    assert str(denied) == "needs DescribeConfigs on topic b"
    assert isinstance(gone, Refused)
    assert gone.code == 3
    asked = [[(r.resource_type, r.resource_name) for r in one.read().resources] for one in link.sent]
    assert asked == [[(2, "a"), (2, "b")], [(2, "c")]]
    assert link.sent[0].read().resources[0].configuration_keys == ("min.insync.replicas",)


async def test_everything_of_one_topic() -> None:
    documented = MIN_ISR | {"documentation": "How many."}
    link = scripted(32, 3, {"results": [of_topic("a", documented, PASSWORD)]})
    told = await describe_topic_configs_all(link, "a", include_documentation=True)
    assert told["min.insync.replicas"].documentation == "How many."
    assert (told["p"].value, told["p"].is_sensitive, told["p"].is_read_only) == (None, True, True)
    assert (told["p"].source, told["p"].type) == (ConfigSource.STATIC, ConfigType.PASSWORD)
    request = link.sent[0].read()
    assert (request.resources[0].configuration_keys, request.include_documentation) == (None, True)


async def test_brokers_before_2_6_tell_no_types() -> None:
    old = {"name": "k", "value": "v", "config_source": 5}
    told = await describe_topic_configs_all(scripted(32, 2, {"results": [of_topic("a", old)]}), "a")
    assert (told["k"].type, told["k"].documentation, told["k"].source) == (None, None, ConfigSource.DEFAULT)


async def test_sources_of_the_future() -> None:
    told = await describe_topic_configs_all(
        scripted(32, 4, {"results": [of_topic("a", MIN_ISR | {"config_source": 99, "config_type": 99})]}), "a"
    )
    value = told["min.insync.replicas"]
    assert (value.source, value.type) == (ConfigSource.UNKNOWN, None)


async def test_a_refusal_of_one_topic_is_raised() -> None:
    with pytest.raises(NotPermitted):
        await describe_topic_configs_all(scripted(32, 4, {"results": [of_topic("a", error=29)]}), "a")
    with pytest.raises(BadAnswer):
        await describe_topic_configs_all(scripted(32, 4, {"results": []}), "a")


async def test_a_broker() -> None:
    link = scripted(32, 4, {"results": [{"resource_type": 4, "resource_name": "7", "configs": [PASSWORD]}]})
    assert set(await describe_broker_configs(link, 7, keys=["p"])) == {"p"}
    resource = link.sent[0].read().resources[0]
    assert (resource.resource_type, resource.resource_name, resource.configuration_keys) == (4, "7", ("p",))
    with pytest.raises(NotPermitted, match="needs DescribeConfigs on Cluster"):
        await describe_broker_configs(scripted(32, 4, {"results": [{"error_code": 31}]}), 7)
    with pytest.raises(BadAnswer):
        await describe_broker_configs(scripted(32, 4, {"results": []}), 7)
