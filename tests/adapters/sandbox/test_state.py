"""The state file, and what is seen of it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.layout import new_state, ports_needed
from ktui.adapters.sandbox.processes import identify
from ktui.adapters.sandbox.spec import Mode, NodeState, SandboxSpec
from ktui.adapters.sandbox.state import STATE_FILE, Process, SandboxState, load_state, save_state
from ktui.adapters.sandbox.status import status_of

GONE = Process(pid=2**22 + 1, started="never")


@pytest.fixture
def state(tmp_path: Path) -> SandboxState:
    spec = SandboxSpec(Mode.KRAFT, tmp_path, brokers=2, controllers=1, properties={"a.b": "c"})
    return new_state(spec, range(20_000, 20_000 + ports_needed(spec)))


def test_what_was_saved_is_loaded(tmp_path: Path, state: SandboxState) -> None:
    me = identify(os.getpid())
    full = replace(state, owner=me, is_formatted=True).with_node(
        replace(state.nodes[0], process=me, is_wanted=True)
    )
    save_state(tmp_path, full)
    assert load_state(tmp_path) == full
    assert list(tmp_path.iterdir()) == [tmp_path / STATE_FILE]


def test_the_spec_is_remembered(tmp_path: Path, state: SandboxState) -> None:
    spec = state.spec(tmp_path)
    assert (spec.mode, spec.brokers, spec.controllers, dict(spec.properties)) == (
        Mode.KRAFT,
        2,
        1,
        {"a.b": "c"},
    )


def test_an_empty_folder_has_no_sandbox(tmp_path: Path) -> None:
    assert load_state(tmp_path) is None
    assert status_of(tmp_path, Mode.KRAFT, None).nodes == ()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}', '{"format": 1, "mode": "paper"}'])
def test_a_file_of_another_kind_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE_FILE).write_text(text)
    with pytest.raises(SandboxError, match=STATE_FILE):
        load_state(tmp_path)


def test_states_of_nodes_come_from_their_processes(tmp_path: Path, state: SandboxState) -> None:
    running = replace(state.nodes[0], process=identify(os.getpid()), is_wanted=True)
    killed = replace(state.nodes[1], process=GONE, is_wanted=True)
    status = status_of(tmp_path, Mode.KRAFT, state.with_node(running).with_node(killed))
    assert [node.state for node in status.nodes] == [NodeState.RUNNING, NodeState.KILLED, NodeState.STOPPED]
    assert [node.pid for node in status.nodes] == [os.getpid(), None, None]
    assert status.bootstrap_servers == "127.0.0.1:20000,127.0.0.1:20001"
    assert status.bootstrap_controllers == "127.0.0.1:20002"
    assert status.zookeeper is None
    assert status.is_running
    assert not status.is_whole


def test_what_outlived_its_owner_is_orphaned(tmp_path: Path, state: SandboxState) -> None:
    me = identify(os.getpid())
    running = state.with_node(replace(state.nodes[0], process=me, is_wanted=True))
    assert status_of(tmp_path, Mode.KRAFT, replace(running, owner=GONE)).is_orphaned
    assert not status_of(tmp_path, Mode.KRAFT, replace(running, owner=me)).is_orphaned
    assert not status_of(tmp_path, Mode.KRAFT, running).is_orphaned
    assert not status_of(tmp_path, Mode.KRAFT, replace(state, owner=GONE)).is_orphaned
