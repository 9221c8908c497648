"""The configuration file: what it says, and a sentence with the line for what it may not say."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadSettings
from ktui.adapters.secret import Secret
from ktui.adapters.security import Mechanism, PasswordLogin, SecurityProtocol
from ktui.adapters.serde.masking import Masks
from ktui.adapters.tail.record import Record, TimestampType
from ktui.tui.profiles.config import Config, read_config
from ktui.tui.profiles.profile import Profile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(file: Path, text: str) -> Config:
    file.write_text(text)
    return read_config(file)


def profile(file: Path, text: str) -> Profile:
    return read(file, f"[profiles.p]\nbootstrap_servers = 'h:1'\n{text}").profile("p")


def test_no_file_is_an_empty_configuration(file: Path) -> None:
    assert read_config(file) == Config(file=str(file))


def test_a_profile_says_where_and_what_is_allowed(file: Path) -> None:
    config = read(
        file,
        """
theme = "nord"
utc = true
[keys]
create = "ctrl+n"
[profiles.prod-eu]
bootstrap_servers = ["b1:9092", "b2:9093"]
zookeeper = "zk:2181/kafka"
command_config = "prod.properties"
environment = "production"
read_only = true
expect_cluster_id = "abc"
protected_topics = ["payments*"]
traffic_bytes_per_s = 50_000
metrics = { 1 = "http://b1:7071/metrics" }
""",
    )
    assert (config.theme, config.uses_utc, config.keymap) == ("nord", True, {"create": "ctrl+n"})
    told = config.profile("prod-eu")
    assert told.bootstrap_servers == (Address("b1", 9092), Address("b2", 9093))
    assert told.command_config == str(file.parent / "prod.properties")
    assert (told.zookeeper, told.environment, told.is_read_only) == ("zk:2181/kafka", "production", True)
    assert (told.protected_topics, told.traffic_bytes_per_s) == (("payments*",), 50_000)
    assert told.metrics_urls == {1: "http://b1:7071/metrics"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("theme = !", "Invalid value (at line 1, column 9)"),
        ("colour = 'x'", "line 1: colour: no such setting; there are: inline_secrets, keys, profiles"),
        ("[keys]\n\ncreat = 'x'", "line 3: keys.creat: no such setting; did you mean create?"),
        ("[profiles.a]\nbootstrap_server = 'h:1'", "line 2: profiles.a.bootstrap_server: no such setting; did"),
        ("[profiles.a]\nread_only = true", "line 1: profiles.a: says of no cluster where it is"),
        ("[profiles.a]\nbootstrap_servers = 'h'", "line 2: profiles.a.bootstrap_servers: 'h' has no port"),
        ("profiles.a.zookeeper = 1", "line 1: profiles.a.zookeeper: must be a text"),
        ("[profiles]\na = 3", "line 2: profiles.a: must be a table"),
        ("profiles = 3", "line 1: profiles: must be a table"),
        ("[[profiles]]\nzookeeper = 'h:1'", "line 1: profiles: must be a table"),
        ("[profiles.'a b']\nzookeeper = 'h:1'\nread_only = 'yes'", "line 3: profiles.a b.read_only: must be true"),
        ("[profiles.a]\nzookeeper='h:1'\ntraffic_bytes_per_s = 5", "traffic_bytes_per_s: must be a whole number"),
        ("[profiles.a]\nzookeeper='h:1'\nmetrics = {x = 'http://h'}", "metrics.x: must be the id of a broker"),
        ("[profiles.a]\nzookeeper='h:1'\nmetrics = {1 = 'ftp://h'}", "must be an http or https URL"),
        ("[profiles.a]\nzookeeper='h:1'\nmasks = {x = '.card'}", "line 3: profiles.a.masks.x: must be true, or a list"),
        ("[profiles.a]\nzookeeper='h:1'\nschema_registry = 'h:1'", "line 3: profiles.a.schema_registry: "),
        ("[profiles.a]\nzookeeper='h:1'\nread_only=true\nallow_writes=true", "line 4: profiles.a.allow_writes: does"),
        ("[profiles.a]\nzookeeper='h:1'\nprotected_topics = [1]", "line 3: profiles.a.protected_topics: must be"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_line(file: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadSettings) as told:
        read(file, text)
    assert sentence in str(told.value)
    assert str(told.value).startswith(str(file))


def test_a_profile_that_is_not_there_is_told_with_those_that_are(file: Path) -> None:
    config = read(file, "[profiles.prod]\nzookeeper = 'h:1'")
    with pytest.raises(BadSettings, match=r"no such profile; did you mean prod\?"):
        config.profile("prd")
    with pytest.raises(BadSettings, match="no such profile; there are: prod"):
        config.profile("elsewhere")


LIBRDKAFKA = """
[profiles.p.client]
"security.protocol" = "sasl_plaintext"
"sasl.mechanisms" = "SCRAM-SHA-256"
"sasl.username" = "alice"
"sasl.password" = {source}
"""


def test_the_names_of_librdkafka_are_read_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_PASSWORD", 'pa"ss\\word')
    security = profile(file, LIBRDKAFKA.format(source="{ env = 'KAFKA_PASSWORD' }")).security()
    assert security is not None
    assert security.protocol is SecurityProtocol.SASL_PLAINTEXT
    assert security.login == PasswordLogin(Mechanism.SCRAM_SHA_256, "alice", Secret('pa"ss\\word'))


def password(file: Path, source: str, extra: str = "") -> str:
    file.write_text(f"{extra}\n[profiles.p]\nzookeeper = 'h:1'\n{LIBRDKAFKA.format(source=source)}")
    file.chmod(0o600)
    security = read_config(file).profile("p").security()
    assert security is not None
    assert isinstance(security.login, PasswordLogin)
    return security.login.password.reveal()


def test_secrets_come_from_a_file_or_a_command(file: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from the file\n")
    (tmp_path / "password").chmod(0o600)
    assert password(file, "{ file = 'password' }") == "from the file"
    command = [sys.executable, "-c", "print('from the command')"]
    assert password(file, f"{{ command = {command!r} }}") == "from the command"


def test_secrets_in_the_file_itself_must_be_asked_for(file: Path) -> None:
    with pytest.raises(BadSettings, match=r"line 9: .*sasl.password: a secret does not belong in this file"):
        password(file, "'hunter2'")
    assert password(file, "'hunter2'", extra="inline_secrets = true") == "hunter2"
    file.chmod(0o644)
    with pytest.raises(BadSettings, match="may be read by others; chmod 600 it"):
        read_config(file)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{ env = 'NOT_SET_ANYWHERE' }", "the environment variable NOT_SET_ANYWHERE is not set"),
        ("{ file = 'nowhere' }", "cannot be read: no such file"),
        ("{ command = ['/nowhere/at-all'] }", "/nowhere/at-all: No such file"),
        (f"{{ command = ['{sys.executable}', '-c', 'raise SystemExit(3)'] }}", "ended with 3"),
        ("{ command = 7 }", "command must be a text or a list of texts"),
        ("{ prompt = true }", "there is no terminal to ask at"),
        ("{ environ = 'X' }", "sasl.password.environ: no such setting"),
        ("{}", "needs exactly one of env, file, command, prompt"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_without_it(file: Path, source: str, sentence: str) -> None:
    with pytest.raises(BadSettings) as told:
        password(file, source)
    assert sentence in str(told.value)


def test_a_file_of_secrets_that_others_may_read_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("x")
    (tmp_path / "password").chmod(0o640)
    with pytest.raises(BadSettings, match="may be read by others; chmod 600 it"):
        password(file, "{ file = 'password' }")


@pytest.mark.skipif(os.name != "posix", reason="what a file is called differs")
def test_stores_of_java_are_found_beside_the_file(file: Path, tmp_path: Path) -> None:
    told = profile(file, '[profiles.p.client]\n"security.protocol" = "SSL"\n"ssl.ca.location" = "ca.pem"')
    with pytest.raises(BadSettings, match=r"ca\.pem cannot be read"):
        told.security()
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    security = told.security()
    assert security is not None
    assert security.tls.trusted is not None


def test_what_java_would_refuse_is_told_with_its_line(file: Path) -> None:
    told = profile(file, '[profiles.p.client]\n"security.protocol" = "SASL"')
    with pytest.raises(BadSettings, match=r"config\.toml: line 4: security\.protocol: 'SASL' is none of"):
        told.security()


def test_what_must_not_be_seen_is_masked_in_values_and_keys(file: Path) -> None:
    told = profile(file, 'masks = { "pay*" = [".card"], users = true }\nkey_masks = { users = true }')
    masks = Masks(told.mask_rules)
    paid = masks.record(record("payments", b"k", b'{"card":"4711","sum":1}'))
    assert (paid.key, paid.value) == (b"k", b'{"card":"***","sum":1}')
    user = masks.record(record("users", b"ann", b"\xff\x00"))
    assert (user.key, user.value) == (b"***", b"***")
    other = record("orders", b"k", b"v")
    assert masks.record(other) is other


def record(topic: str, key: bytes, value: bytes) -> Record:
    return Record(topic, 0, 0, 0, TimestampType.CREATE, key, value, (), 1)
