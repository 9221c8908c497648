"""The servers' configuration files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.layout import check_spec, new_id, new_state, ports_needed, with_controller
from ktui.adapters.sandbox.properties import (
    check_properties,
    properties_text,
    server_properties,
    zookeeper_properties,
)
from ktui.adapters.sandbox.spec import Mode, Role, SandboxSpec
from ktui.adapters.sandbox.state import Node, SandboxState

FOLDER = Path("/data")


def state_of(mode: Mode, **given: object) -> SandboxState:
    spec = SandboxSpec(mode, FOLDER, **given)  # type: ignore[arg-type]
    return new_state(spec, range(20_000, 20_000 + ports_needed(spec)))


def read(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def named(state: SandboxState, name: str) -> Node:
    return next(node for node in state.nodes if node.name == name)


def test_a_kraft_broker_knows_every_controller_and_itself() -> None:
    state = state_of(Mode.KRAFT)
    settings = read(server_properties(FOLDER, state, named(state, "broker-2")))
    assert settings["process.roles"] == "broker"
    assert settings["node.id"] == "2"
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:20001"
    assert (
        settings["controller.quorum.bootstrap.servers"] == "127.0.0.1:20003,127.0.0.1:20004,127.0.0.1:20005"
    )
    assert settings["log.dirs"] == "/data/data/broker-2"
    assert settings["broker.session.timeout.ms"] == "2000"
    assert settings["auto.create.topics.enable"] == "false"


def test_a_migration_ties_both_sides_together() -> None:
    state = with_controller(state_of(Mode.ZOOKEEPER), "id", 20_900)
    assert state.spec(FOLDER).controllers == 1
    both = {
        "zookeeper.metadata.migration.enable": "true",
        "zookeeper.connect": "127.0.0.1:20003",
        "controller.quorum.voters": "101@127.0.0.1:20900",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    }
    broker = read(server_properties(FOLDER, state, named(state, "broker-2")))
    assert both.items() <= broker.items()
    assert (broker["broker.id"], broker["listeners"]) == ("2", "PLAINTEXT://127.0.0.1:20001")
    assert "process.roles" not in broker
    controller = read(server_properties(FOLDER, state, named(state, "controller-101")))
    assert both.items() <= controller.items()
    assert (controller["process.roles"], controller["node.id"]) == ("controller", "101")
    assert controller["listeners"] == "CONTROLLER://127.0.0.1:20900"
    assert "broker.id" not in controller


def test_a_kraft_controller_listens_for_controllers_only() -> None:
    state = state_of(Mode.KRAFT)
    settings = read(server_properties(FOLDER, state, named(state, "controller-102")))
    assert settings["process.roles"] == "controller"
    assert settings["listeners"] == "CONTROLLER://127.0.0.1:20004"
    assert "broker.rack" not in settings


def test_a_broker_of_the_zookeeper_kind_has_no_quorum() -> None:
    state = state_of(Mode.ZOOKEEPER)
    settings = read(server_properties(FOLDER, state, named(state, "broker-1")))
    assert settings["zookeeper.connect"] == "127.0.0.1:20003"
    assert settings["zookeeper.session.timeout.ms"] == "2000"
    assert not [name for name in settings if name.startswith("controller.quorum") or name == "process.roles"]


def test_given_properties_win_over_ours() -> None:
    state = state_of(
        Mode.KRAFT, properties={"auto.create.topics.enable": "true", "delete.topic.enable": "false"}
    )
    settings = read(server_properties(FOLDER, state, state.nodes[0]))
    assert settings["auto.create.topics.enable"] == "true"
    assert settings["delete.topic.enable"] == "false"


def test_internal_topics_never_want_more_replicas_than_there_are_brokers() -> None:
    for brokers, replicas in ((1, "1"), (2, "2"), (5, "3")):
        state = state_of(Mode.KRAFT, brokers=brokers)
        settings = read(server_properties(FOLDER, state, state.nodes[0]))
        assert settings["offsets.topic.replication.factor"] == replicas
        assert settings["share.coordinator.state.topic.replication.factor"] == replicas


def test_an_ensemble_names_its_members_and_a_single_zookeeper_nobody() -> None:
    single, ensemble = state_of(Mode.ZOOKEEPER), state_of(Mode.ZOOKEEPER, controllers=3)
    alone = read(zookeeper_properties(FOLDER, single, named(single, "zookeeper-1")))
    assert not [name for name in alone if name.startswith("server.")]
    member = read(zookeeper_properties(FOLDER, ensemble, named(ensemble, "zookeeper-2")))
    assert member["clientPort"] == "20006"
    assert member["server.1"] == "127.0.0.1:20004:20005"
    assert len({port for node in ensemble.nodes for port in (node.port, *node.peer_ports)}) == 12


def test_text_is_what_java_reads() -> None:
    assert properties_text({"a": "C:\\x=ü\n😀"}) == "a=C:\\\\x\\=\\u00fc\\n\\ud83d\\ude00\n"


def test_what_ties_the_nodes_together_cannot_be_given() -> None:
    with pytest.raises(SandboxError, match=r"node\.id is set by the sandbox"):
        check_properties({"node.id": "7"})


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (SandboxSpec(Mode.KRAFT, FOLDER, brokers=0), "1 to 30 brokers, not 0"),
        (SandboxSpec(Mode.KRAFT, FOLDER, controllers=31), "1 to 30 controllers, not 31"),
        (SandboxSpec(Mode.KRAFT, Path("/a,b")), "comma"),
    ],
)
def test_what_cannot_be_brought_up_is_refused(spec: SandboxSpec, said: str) -> None:
    with pytest.raises(SandboxError, match=said):
        check_spec(spec)


def test_ids_are_of_the_kind_that_tools_take() -> None:
    ids = {new_id() for _ in range(500)}
    assert len(ids) == 500
    assert {len(text) for text in ids} == {22}
    assert not any(text.startswith("-") for text in ids)


def test_nodes_are_named_as_documented() -> None:
    names = [node.name for node in state_of(Mode.KRAFT).nodes]
    assert names == ["broker-1", "broker-2", "broker-3", "controller-101", "controller-102", "controller-103"]
    assert [node.name for node in state_of(Mode.ZOOKEEPER).of_role(Role.ZOOKEEPER)] == ["zookeeper-1"]
