"""`api_ranges.json`: highest versions by release, listener and api key, from the schemas in kafka-clients."""

import json
from pathlib import Path

import pytest

from ktui.adapters.kafka.asks.api_versions import ApiVersions
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.releases import metadata_version_text, mode_of, release_of
from ktui.adapters.model import Mode

TABLE = json.loads(Path(__file__).with_name("api_ranges.json").read_text())
NODES = [(release, kind) for release, kinds in TABLE.items() for kind in kinds]
ALIKE = {
    ("3.3", "broker"): "3.3-3.4",
    ("3.4", "broker"): "3.3-3.4",
    ("3.7", "controller"): "3.7-3.8",
    ("3.8", "controller"): "3.7-3.8",
}


def ranges(release: str, kind: str) -> dict[int, VersionRange]:
    return {int(key): VersionRange(0, highest) for key, highest in TABLE[release][kind].items()}


@pytest.mark.parametrize(("release", "kind"), NODES)
def test_every_release_is_recognised(release: str, kind: str) -> None:
    assert release_of(ranges(release, kind)) == ALIKE.get((release, kind), release)


@pytest.mark.parametrize(("release", "kind"), NODES)
def test_the_kind_of_cluster_is_what_the_requests_say(release: str, kind: str) -> None:
    expected = Mode.ZOOKEEPER if kind == "zookeeper" else Mode.KRAFT
    assert mode_of(ApiVersions(ranges(release, kind))) is expected


def test_a_release_of_the_future_is_not_named() -> None:
    assert release_of(ranges("4.4", "broker") | {3: VersionRange(0, 14)}) == "newer than 4.4"
    assert release_of(ranges("4.4", "broker") | {95: VersionRange(0, 0)}) == "newer than 4.4"


def test_requests_of_vendors_do_not_count() -> None:
    assert release_of(ranges("4.2", "broker") | {10001: VersionRange(0, 3)}) == "4.2"


def test_old_and_silent_nodes() -> None:
    assert release_of({0: VersionRange(0, 7), 3: VersionRange(0, 8)}) == "before 2.4"
    assert release_of({}) is None
    assert mode_of(ApiVersions({})) is Mode.UNKNOWN
    assert mode_of(ApiVersions({}, finalized_features={"metadata.version": 20})) is Mode.KRAFT


def test_levels_of_the_metadata_version() -> None:
    assert [metadata_version_text(level) for level in (1, 7, 20, 25, 33)] == [
        "3.0-IV1",
        "3.3-IV3",
        "3.8-IV0",
        "4.0-IV3",
        "4.4-IV2",
    ]
    assert metadata_version_text(34) == "level 34"
