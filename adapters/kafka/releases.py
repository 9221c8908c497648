"""Which Kafka release a node runs, as far as its answers tell; nodes do not say it outright.

Each release raised some request's highest version. Source: the message schemas in kafka-clients 2.4.1 to 4.4.0,
versions that were marked unstable left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ktui.adapters.kafka.asks.api_versions import ApiVersions
from ktui.adapters.kafka.bridge import Api
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.model import Mode

METADATA_VERSION: Final = "metadata.version"
_VOTE: Final = 52
"""Only controllers serve it."""


class Mark(NamedTuple):
    """The first release in which the highest version of a request is at least this one."""

    release: str
    api_key: int
    highest: int


_BROKER_MARKS: Final = (
    Mark("2.4", 0, 8),
    Mark("2.5", 9, 7),
    Mark("2.6", 32, 3),
    Mark("2.7", 1, 12),
    Mark("2.8", 3, 11),
    Mark("3.0", 2, 7),
    Mark("3.1", 3, 12),
    Mark("3.2", 35, 3),
    Mark("3.3", 35, 4),
    Mark("3.5", 1, 15),
    Mark("3.6", 24, 4),
    Mark("3.7", 1, 16),
    Mark("3.8", 0, 11),
    Mark("3.9", 1, 17),
    Mark("4.0", 3, 13),
    Mark("4.1", 1, 18),
    Mark("4.2", 2, 11),
    Mark("4.3", 35, 5),
    Mark("4.4", 18, 5),
)
_CONTROLLER_MARKS: Final = (
    Mark("2.8", 1, 12),
    Mark("3.0", 67, 0),
    Mark("3.1", 1, 13),
    Mark("3.2", 56, 1),
    Mark("3.3", 56, 2),
    Mark("3.4", 62, 1),
    Mark("3.5", 1, 15),
    Mark("3.6", 38, 3),
    Mark("3.7", 1, 16),
    Mark("3.9", 1, 17),
    Mark("4.0", 57, 2),
    Mark("4.1", 1, 18),
    Mark("4.2", 80, 1),
    Mark("4.3", 63, 2),
    Mark("4.4", 18, 5),
)
_UNMARKED: Final[Mapping[str, str]] = {"3.3": "3.3-3.4"}
"""KRaft brokers of these releases answer alike."""
_UNMARKED_CONTROLLERS: Final[Mapping[str, str]] = {"3.7": "3.7-3.8"}
_ZOOKEEPER_3_4: Final = Mark("3.4", Api.LEADER_AND_ISR, 7)
_NEWEST: Final[Mapping[int, int]] = {
    0: 13,
    1: 18,
    2: 11,
    3: 13,
    18: 5,
    19: 7,
    20: 6,
    32: 4,
    35: 5,
    55: 2,
    60: 2,
}
"""Highest versions in the newest release of the table, of requests that change often."""
_NEWEST_KEY: Final = 94


def release_of(ranges: Mapping[int, VersionRange]) -> str | None:
    """ "4.4", "3.3-3.4" where two cannot be told apart, "before 2.4", "newer than 4.4"; None without any range."""
    if not ranges:
        return None
    is_controller = _VOTE in ranges and Api.METADATA not in ranges
    marks = _CONTROLLER_MARKS if is_controller else _BROKER_MARKS
    if _is_newer(ranges):
        return f"newer than {marks[-1].release}"
    release = _last_met(marks, ranges)
    if release is None:
        return f"before {marks[0].release}"
    if is_controller:
        return _UNMARKED_CONTROLLERS.get(release, release)
    if release == "3.3" and Api.LEADER_AND_ISR in ranges:
        return _ZOOKEEPER_3_4.release if _is_met(_ZOOKEEPER_3_4, ranges) else release
    return _UNMARKED.get(release, release)


def _last_met(marks: Sequence[Mark], ranges: Mapping[int, VersionRange]) -> str | None:
    return next((mark.release for mark in reversed(marks) if _is_met(mark, ranges)), None)


def _is_met(mark: Mark, ranges: Mapping[int, VersionRange]) -> bool:
    offered = ranges.get(mark.api_key)
    return offered is not None and offered.highest >= mark.highest


def _is_newer(ranges: Mapping[int, VersionRange]) -> bool:
    return any(
        offered.highest > _NEWEST.get(key, offered.highest) or _NEWEST_KEY < key < _FIRST_FOREIGN_KEY
        for key, offered in ranges.items()
    )


_FIRST_FOREIGN_KEY: Final = 1000
"""Vendors add requests of their own from here on."""

_LEVELS: Final = (
    *("3.0-IV1", "3.1-IV0", "3.2-IV0", "3.3-IV0", "3.3-IV1", "3.3-IV2", "3.3-IV3", "3.4-IV0"),
    *("3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2"),
    *("3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0"),
    *("4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1"),
    *("4.3-IV0", "4.4-IV0", "4.4-IV1", "4.4-IV2"),
)
"""Names of the levels of the feature metadata.version, from 1 (`MetadataVersion.java`)."""


def metadata_version_text(level: int) -> str:
    """A level of metadata.version in Kafka's words: 33 is "4.4-IV2"; "level 40" for one that is newer than our list."""
    return _LEVELS[level - 1] if 1 <= level <= len(_LEVELS) else f"level {level}"


def mode_of(versions: ApiVersions) -> Mode:
    """What kind of cluster one node thinks it is in. While migrating, brokers of both kinds are there at once."""
    if Api.LEADER_AND_ISR in versions.ranges or Api.UPDATE_METADATA in versions.ranges:
        return Mode.ZOOKEEPER
    if Api.DESCRIBE_QUORUM in versions.ranges or METADATA_VERSION in versions.finalized_features:
        return Mode.KRAFT
    return Mode.UNKNOWN
