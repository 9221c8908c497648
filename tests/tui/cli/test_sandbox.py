"""`ktui sandbox`: what is asked, which sandbox is meant, and what is said of it. No server is started."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ktui.adapters.errors import AdapterError
from ktui.adapters.sandbox import jars, locked_jars
from ktui.adapters.sandbox.layout import default_data_dir, new_state, ports_needed
from ktui.adapters.sandbox.processes import identify
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from ktui.adapters.sandbox.state import Process, SandboxState, load_state, save_state
from ktui.tui.cli.sandbox import sandbox
from ktui.tui.cli.sandbox_choice import Asked, asked_spec, the_one_with, to_look_at

GONE = Process(pid=2**22 + 1, started="never")


def put(mode: Mode, folder: Path | None = None, *, running: bool = False, brokers: int = 2) -> SandboxState:
    """A state file as an earlier `up` left it; "running" is this very process."""
    data_dir = folder or default_data_dir(mode)
    spec = SandboxSpec(mode, data_dir, brokers=brokers, controllers=1, properties={"a.b": "c"})
    state = new_state(spec, range(20_000, 20_000 + ports_needed(spec)))
    if running:
        state = state.with_node(replace(state.nodes[0], process=identify(os.getpid()), is_wanted=True))
    data_dir.mkdir(parents=True)
    save_state(data_dir, state)
    return state


def quiet(_: str) -> None:
    return


def test_by_default_three_brokers_on_kraft() -> None:
    spec = asked_spec(Asked())
    assert (spec.mode, spec.brokers, spec.coordinators) == (Mode.KRAFT, 3, 3)
    assert spec.data_dir == default_data_dir(Mode.KRAFT)
    assert asked_spec(Asked(mode="zookeeper")).coordinators == 1


def test_what_is_not_said_is_as_it_was() -> None:
    put(Mode.KRAFT)
    spec = asked_spec(Asked(brokers=5))
    assert (spec.brokers, spec.coordinators, dict(spec.properties)) == (5, 1, {"a.b": "c"})
    assert dict(asked_spec(Asked(properties=("d=e = f",))).properties) == {"d": "e = f"}


@pytest.mark.parametrize("text", ["foo", "=bar", "a b=c", ""])
def test_a_property_without_a_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError, match="expected name=value"):
        asked_spec(Asked(properties=(text,)))


def test_the_running_one_is_meant() -> None:
    put(Mode.KRAFT)
    put(Mode.ZOOKEEPER, running=True)
    assert [box.status().mode for box in to_look_at(Asked(), quiet)] == [Mode.ZOOKEEPER]
    assert the_one_with(Asked(), "broker-1", quiet).status().mode is Mode.ZOOKEEPER


def test_a_name_in_both_needs_a_mode() -> None:
    put(Mode.KRAFT, running=True)
    put(Mode.ZOOKEEPER, running=True)
    with pytest.raises(click.UsageError, match="--mode kraft or --mode zookeeper"):
        the_one_with(Asked(), "broker-1", quiet)
    assert the_one_with(Asked(), "controller-101", quiet).status().mode is Mode.KRAFT
    assert the_one_with(Asked(mode="zookeeper"), "broker-1", quiet).status().mode is Mode.ZOOKEEPER


def test_without_a_sandbox_everything_has_an_answer() -> None:
    runner = CliRunner()
    status = runner.invoke(sandbox, ["status"])
    assert (status.exit_code, "No sandbox was started" in status.stdout) == (0, True)
    document = json.loads(runner.invoke(sandbox, ["status", "--json", "--mode", "zookeeper"]).stdout)
    assert (document["mode"], document["nodes"], document["bootstrap_servers"]) == ("zookeeper", [], None)
    down = runner.invoke(sandbox, ["down"])
    assert (down.exit_code, down.stdout) == (0, "")
    fault = runner.invoke(sandbox, ["fault", "kill", "broker-1"], standalone_mode=False)
    assert "ktui sandbox up" in str(fault.exception)


def test_status_shows_every_node(tmp_path: Path) -> None:
    put(Mode.ZOOKEEPER, tmp_path / "z", running=True)
    shown = CliRunner().invoke(sandbox, ["status", "--data-dir", str(tmp_path / "z")]).stdout
    assert f"broker-1     running  127.0.0.1:20000  pid {os.getpid()}" in shown
    assert "broker-2     stopped  127.0.0.1:20001" in shown
    assert "ktui -b 127.0.0.1:20000,127.0.0.1:20001 -z 127.0.0.1:20002" in shown


def test_the_document_of_status(tmp_path: Path) -> None:
    put(Mode.KRAFT, tmp_path / "k", running=True)
    document = json.loads(
        CliRunner().invoke(sandbox, ["status", "--json", "--data-dir", str(tmp_path / "k")]).stdout
    )
    assert document["nodes"][0] == {
        "name": "broker-1", "role": "broker", "id": 1, "host": "127.0.0.1", "port": 20_000, "pid": os.getpid(),
        "state": "running",
    }  # fmt: skip
    assert document["bootstrap_servers"] == "127.0.0.1:20000,127.0.0.1:20001"
    assert document["bootstrap_controllers"] == "127.0.0.1:20002"
    assert document["zookeeper"] is None
    assert document["data_dir"] == str(tmp_path / "k")


def test_options_count_before_and_after_the_command(tmp_path: Path) -> None:
    put(Mode.ZOOKEEPER, tmp_path / "z")
    runner = CliRunner()
    before = runner.invoke(sandbox, ["--data-dir", str(tmp_path / "z"), "status"]).stdout
    after = runner.invoke(sandbox, ["status", "--data-dir", str(tmp_path / "z")]).stdout
    assert before == after
    assert "zookeeper sandbox" in before


def test_what_a_ktui_that_is_gone_left_running_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "k"
    state = put(Mode.KRAFT, folder, running=True)
    save_state(folder, replace(state, owner=GONE))
    with pytest.raises(SystemExit) as ended:
        sandbox.main(["status", "--data-dir", str(folder)])
    assert ended.value.code == 0
    assert f"`ktui sandbox down --data-dir {folder}` ends it" in capsys.readouterr().err
    assert load_state(folder) is not None


def test_without_the_extra_one_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    monkeypatch.setattr(jars, "locked_jars", lambda release: locked_jars.locked_jars(release)[:1])
    result = CliRunner().invoke(sandbox, ["up"], standalone_mode=False)
    assert isinstance(result.exception, AdapterError)
    assert str(result.exception).endswith("pip install 'kafka-ktui[sandbox]'")
