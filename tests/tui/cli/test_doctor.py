"""`ktui doctor`: each step by name, nothing secret in the bundle."""

from __future__ import annotations

import socket
import zipfile
from pathlib import Path

from ktui.adapters.addresses import Address
from ktui.adapters.checkup import Reached, Rights, reach
from ktui.adapters.errors import Step
from ktui.adapters.kafka.operations import Operation
from ktui.adapters.security import PLAINTEXT, Security, SecurityProtocol
from ktui.tui.cli.doctor_text import finding_lines
from ktui.tui.profiles.redacted import redacted
from tests.tui.cli.test_root import ktui


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_an_address_that_refuses_is_told_with_its_step_and_what_to_try() -> None:
    port = closed_port()
    done = ktui("doctor", "-b", f"127.0.0.1:{port}")
    assert done.returncode == 2
    assert f"127.0.0.1:{port}: name ok, connect failed: " in done.stdout
    assert "try: check the port, the firewall" in done.stdout
    assert done.stdout.startswith("ktui ")


def test_without_an_address_the_installation_is_looked_at() -> None:
    done = ktui("doctor")
    assert done.returncode == 0
    for word in ("libraries", "textual", "extras", "terminal", "settings", "log"):
        assert word in done.stdout


async def test_a_name_that_does_not_resolve_is_the_first_step() -> None:
    told = await reach("bootstrap", Address("nowhere.invalid", 9092), PLAINTEXT, timeout_s=5)
    assert (told.failed, told.steps) == (Step.NAME, ())


async def test_a_listener_without_tls_fails_at_that_step() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = await reach(
            "bootstrap", Address("127.0.0.1", port), Security(SecurityProtocol.SSL), timeout_s=0.5
        )
    assert (told.failed, told.steps) == (Step.TLS, (Step.NAME, Step.CONNECT))


def test_rights_are_told_and_what_is_not_told_is_said() -> None:
    told = list(finding_lines(Rights("abc", 3, frozenset({Operation.DESCRIBE})), is_coloured=False))
    assert told == ["  cluster    id abc, 3 brokers", "  rights     on the cluster: Describe"]
    silent = list(finding_lines(Rights("abc", 3, None), is_coloured=False))
    assert "do not tell" in silent[1]


def test_escape_sequences_in_a_reason_do_not_reach_the_terminal() -> None:
    told = Reached("broker 1", Address("h", 1), (), Step.NAME, "\x1b[2Jgone")
    assert "\x1b" not in "".join(finding_lines(told, is_coloured=False))


SECRETS = """
[profiles.a.client]
"sasl.password" = "hunter2"
"sasl.jaas.config" = \"\"\"org.apache… required
  password="hunter2";
\"\"\"
"ssl.key.password" = { command = ["pass", "hunter2"] }
"ssl.keystore.password" = { env = "NAME_OF_A_VARIABLE" }
"security.protocol" = "SASL_SSL"
metrics = { 1 = "http://me:hunter2@host/metrics" }
"""


def test_no_secret_is_left_in_a_redacted_file() -> None:
    text = redacted(SECRETS)
    assert "hunter2" not in text
    assert "NAME_OF_A_VARIABLE" in text
    assert "SASL_SSL" in text


def test_the_bundle_holds_what_was_printed_and_the_settings_redacted(tmp_path: Path) -> None:
    from ktui.tui.profiles.config import config_path

    config_path().parent.mkdir(parents=True)
    config_path().write_text("inline_secrets = true\n[profiles.a]\nzookeeper = 'h:1'\n" + SECRETS)
    config_path().chmod(0o600)
    done = ktui("doctor", "--bundle", str(tmp_path / "b.zip"))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        assert bundle.read("doctor.txt").decode() == done.stdout
        assert b"hunter2" not in bundle.read("config.toml")


def test_a_bundle_that_cannot_be_written_is_told() -> None:
    done = ktui("doctor", "--bundle", "/nowhere/at/all.zip")
    assert done.returncode == 2
    assert "--bundle /nowhere/at/all.zip: No such file or directory" in done.stderr
