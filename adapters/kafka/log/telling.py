"""From what a batch did, or from a whole state, to the events that say so."""

from __future__ import annotations

from ktui.adapters.events import (
    AclsChanged,
    BrokersChanged,
    ClusterEvent,
    ClusterIdentified,
    ConfigsChanged,
    ControllerChanged,
    FeaturesChanged,
    SettingsChanged,
    Stamp,
    TopicsReplaced,
)
from ktui.adapters.kafka.log.journal import Journal, Resource
from ktui.adapters.kafka.log.state import ClusterState
from ktui.adapters.kafka.log.topics_image import TopicsChange
from ktui.adapters.kafka.releases import METADATA_VERSION, metadata_version_text
from ktui.adapters.model import Controller


def events_of(
    stamp: Stamp, journal: Journal, state: ClusterState, topics: TopicsChange, *, is_complete: bool = False
) -> list[ClusterEvent]:
    """What the journal and the change of topics come to; settings before the topics that they belong to."""
    events: list[ClusterEvent] = []
    if journal.has_new_mode or METADATA_VERSION in journal.features:
        events.append(identity_of(stamp, state))
    if journal.features:
        events.append(FeaturesChanged(stamp, journal.features))
    if journal.has_new_leader:
        events.append(ControllerChanged(stamp, controller_of(state)))
    if journal.has_new_brokers:
        events.append(BrokersChanged(stamp, state.members.told()))
    events.extend(
        ConfigsChanged(stamp, kind, name, changes) for (kind, name), changes in journal.configs.items()
    )
    if journal.acls_added or journal.acls_removed:
        events.append(AclsChanged(stamp, journal.acls_added, journal.acls_removed))
    concerned = _whose_settings(journal, state, topics)
    if concerned:
        events.append(SettingsChanged(stamp, state.settings.of_all(concerned)))
    if topics or is_complete:
        replaced = TopicsReplaced(stamp, topics.changed, topics.removed, is_complete, topics.unclean)
        events.append(replaced)
    return events


def identity_of(stamp: Stamp, state: ClusterState) -> ClusterIdentified:
    """Kind of cluster and metadata version; its id is not in the log."""
    level = state.features.get(METADATA_VERSION)
    return ClusterIdentified(stamp, None, state.mode, metadata_version_text(level) if level else None)


def controller_of(state: ClusterState) -> Controller | None:
    """Who was elected last; None: no election was seen."""
    if state.leader is None:
        return None
    node, epoch = state.leader
    return Controller(node, epoch, "quorum", state.members.controller_endpoint(node))


def everything(state: ClusterState) -> tuple[Journal, TopicsChange]:
    """A whole state; configuration, access rules and features are not told of: they are no news."""
    journal = Journal(
        has_new_brokers=True,
        has_new_leader=state.leader is not None,
        has_new_mode=True,
    )
    states = list(state.topics.by_id.values())
    return journal, TopicsChange(states, created=[topic.name for topic in states])


def difference(older: ClusterState, newer: ClusterState) -> tuple[Journal, TopicsChange]:
    """What is other in a newer state, of which nobody knows how it came to be."""
    journal = Journal(
        has_new_brokers=True,
        has_new_leader=newer.leader is not None and newer.leader != older.leader,
        has_new_mode=newer.migration_state != older.migration_state,
        has_new_defaults=True,
        features={
            name: newer.features.get(name, 0)
            for name in older.features.keys() | newer.features.keys()
            if older.features.get(name, 0) != newer.features.get(name, 0)
        },
        configs=_configs_between(older.configs, newer.configs),
        acls_added=[rule for key, rule in newer.acls.items() if key not in older.acls],
        acls_removed=[rule for key, rule in older.acls.items() if key not in newer.acls],
    )
    held = older.topics.by_id
    names = {topic.name for topic in newer.topics.by_id.values()}
    changed = [topic for key, topic in newer.topics.by_id.items() if held.get(key) != topic]
    removed = [topic.name for topic in held.values() if topic.name not in names]
    return journal, TopicsChange(changed, removed)


def _configs_between(
    older: dict[Resource, dict[str, str]], newer: dict[Resource, dict[str, str]]
) -> dict[Resource, dict[str, str | None]]:
    told: dict[Resource, dict[str, str | None]] = {}
    for resource in older.keys() | newer.keys():
        was, now = older.get(resource, {}), newer.get(resource, {})
        changes = {name: now.get(name) for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
        if changes:
            told[resource] = changes
    return told


def _whose_settings(journal: Journal, state: ClusterState, topics: TopicsChange) -> list[str]:
    """Topics whose settings may be other than before."""
    if journal.has_new_defaults:
        return [topic.name for topic in state.topics.by_id.values()]
    named = [name for kind, name in journal.configs if kind == "topic"]
    return [*topics.created, *named]
