from __future__ import annotations

import json

import pytest

from ktui.adapters.rates.exact import Counters
from ktui.adapters.rates.metrics_text import jolokia_request, parse_jolokia, parse_prometheus

STRIMZI = """\
# HELP kafka_server_brokertopicmetrics_bytesin_total Attribute exposed for management
# TYPE kafka_server_brokertopicmetrics_bytesin_total counter
kafka_server_brokertopicmetrics_bytesin_total 1500.0
kafka_server_brokertopicmetrics_bytesin_total{topic="orders",} 1000.0
kafka_server_brokertopicmetrics_bytesin_total{topic="pay.\\"ments",} 5e2
kafka_server_brokertopicmetrics_bytesout_total 30.0 1395066363000
kafka_server_brokertopicmetrics_replicationbytesin_total 99.0
kafka_server_brokertopicmetrics_bytesin_oneminuterate 12.0
kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.97
"""
PLAIN = """\
kafka_server_BrokerTopicMetrics_Count{name="BytesInPerSec",topic="orders",} 1000.0
kafka_server_BrokerTopicMetrics_Count{name="BytesInPerSec",topic="audit",} 7
kafka_server_BrokerTopicMetrics_Count{name="BytesOutPerSec",} 30.0
kafka_server_BrokerTopicMetrics_OneMinuteRate{name="BytesOutPerSec",} 3.0
kafka_server_BrokerTopicMetrics_Count{name="BytesRejectedPerSec",} 1.0
kafka_server_KafkaRequestHandlerPool_Count{name="RequestHandlerAvgIdlePercent",} 9e12
kafka_server_KafkaRequestHandlerPool_OneMinuteRate{name="RequestHandlerAvgIdlePercent",} 1.01
"""


def test_names_of_two_common_sets_of_rules() -> None:
    assert parse_prometheus(STRIMZI.splitlines()) == Counters(
        1500.0, 30.0, {"orders": 1000.0, 'pay.\\"ments': 500.0}, {}, 0.97
    )
    assert parse_prometheus(PLAIN.splitlines()) == Counters(
        1007.0, 30.0, {"orders": 1000.0, "audit": 7.0}, {}, 1.0
    )


def test_other_text_tells_nothing() -> None:
    for text in (
        "",
        "<html>bytesin</html>",
        "kafka_server_brokertopicmetrics_bytesin_total NaN",
        "x{ 1",
        "bytesin_total",
    ):
        assert parse_prometheus(text.splitlines()) == Counters()


def test_jolokia() -> None:
    asked = json.loads(jolokia_request())
    topics = {"kafka.server:name=BytesInPerSec,topic=orders,type=BrokerTopicMetrics": {"Count": 1000}}
    quoted = {'kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec,topic="a.b"': {"Count": 5}}
    values = (1500, topics, 30, quoted, 0.93)
    answers = [
        {"request": one, "value": value, "status": 200} for one, value in zip(asked, values, strict=True)
    ]
    assert parse_jolokia(json.dumps(answers)) == Counters(
        1500.0, 30.0, {"orders": 1000.0}, {"a.b": 5.0}, 0.93
    )
    missing = [{"request": one, "error": "InstanceNotFoundException", "status": 404} for one in asked]
    assert parse_jolokia(json.dumps(missing)) == Counters()


@pytest.mark.parametrize("text", ["", "{}", "[1]", "nonsense", '{"status": 403}'])
def test_what_is_not_jolokia_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_jolokia(text)
