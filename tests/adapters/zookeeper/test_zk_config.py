from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.secret import Secret
from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, ZkTls, read_zk_config, zk_config_of


def test_nothing_asked_is_nothing_used() -> None:
    assert zk_config_of("# a comment\nzookeeper.connect=zk1:2181\n", "f") == NO_ZK_CONFIG
    assert (
        zk_config_of("zookeeper.ssl.client.enable=false\nzookeeper.ssl.keystore.location=/k.jks", "f").tls
        is None
    )


def test_digest_and_session_time_out() -> None:
    config = zk_config_of("zookeeper.auth=digest:ann:s3:cret\nzookeeper.session.timeout.ms=18000", "f")
    assert config.digest == Secret("ann:s3:cret")
    assert config.session_timeout_s == 18
    assert "s3" not in repr(config)


def test_tls_by_kafkas_names_and_by_zookeepers() -> None:
    kafka = "zookeeper.ssl.client.enable=true\nzookeeper.ssl.endpoint.identification.algorithm=\n"
    own = "client.secure=true\nssl.hostnameVerification=false\n"
    assert zk_config_of(kafka, "f").tls == zk_config_of(own, "f").tls == ZkTls(checks_host_name=False)
    assert zk_config_of("zookeeper.ssl.client.enable=true", "f").tls == ZkTls()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zookeeper.auth=ip:1", "digest:USER:PASSWORD"),
        ("zookeeper.auth=digest:only", "digest:USER:PASSWORD"),
        ("zookeeper.sasl.client=true", "SASL with ZooKeeper is not supported"),
        ("zookeeper.sasl.jaas.config=x", "SASL with ZooKeeper is not supported"),
        ("zookeeper.ssl.client.enable=true\nzookeeper.ssl.truststore.location=/t.jks", "not a PEM file"),
        ("zookeeper.ssl.client.enable=true\nzookeeper.ssl.keystore.location=/none.pem", "/none.pem"),
        ("zookeeper.ssl.client.enable=true\nzookeeper.ssl.truststore.location=/none.pem", "/none.pem"),
        (
            "zookeeper.ssl.client.enable=true\nzookeeper.ssl.keystore.passwordPath=/none",
            "/none cannot be read",
        ),
        ("zookeeper.ssl.crl.enable=true", "revocation"),
        ("zookeeper.session.timeout.ms=soon", "1000 to 300000"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, says: str) -> None:
    with pytest.raises(BadSettings, match=says) as caught:
        zk_config_of(text, "zk.properties")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"zk\.properties"):
        read_zk_config(tmp_path / "zk.properties")
    (tmp_path / "zk.properties").write_text("zookeeper.auth=digest:ann:secret")
    assert read_zk_config(tmp_path / "zk.properties").digest == Secret("ann:secret")
