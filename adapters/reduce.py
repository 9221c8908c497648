"""Events in, snapshots out: one reducer for every source, with the rule of who owns which field.

Each source's view of the topics and brokers is kept; the snapshot shows the one of the best source that is not
stale. So a better source can fail and come back without anything being asked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from ktui.adapters.broker_roll import BrokerRoll
from ktui.adapters.events import (
    AclsChanged,
    BrokersChanged,
    ClusterEvent,
    ClusterIdentified,
    ConfigsChanged,
    ControllerChanged,
    FeaturesChanged,
    Gap,
    LogDirsObserved,
    MovingChanged,
    PartitionsChanged,
    QuorumObserved,
    SettingsChanged,
    SourceName,
    SourceState,
    Stamp,
    TopicsReplaced,
    VersionsInferred,
)
from ktui.adapters.memory import Memory
from ktui.adapters.model import Broker, ClusterSnapshot, Controller, Fault, Mode
from ktui.adapters.problem_times import ProblemTimes
from ktui.adapters.sizes import SizeStore
from ktui.adapters.topic_view import TopicView
from ktui.adapters.topics import TopicSettings

BEST_FIRST: Final = (SourceName.METADATA_LOG, SourceName.ZOOKEEPER, SourceName.POLL)
CONTROLLER_BEST_FIRST: Final = ("quorum", "zookeeper", "metadata")


@dataclass(slots=True)
class _Named:
    """What one kind of witness says of the controller."""

    controller: Controller | None
    reason: str | None
    is_absent: bool


@dataclass(slots=True)
class Reducer:
    """Holds the newest snapshot; `apply` gives the same object back when a batch changed nothing."""

    snapshot: ClusterSnapshot = field(default_factory=ClusterSnapshot)
    _views: dict[SourceName, TopicView] = field(default_factory=dict)
    _registered: dict[SourceName, tuple[Broker, ...]] = field(default_factory=dict)
    _settings: dict[str, TopicSettings] = field(default_factory=dict)
    _moving: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    _controllers: dict[str, _Named] = field(default_factory=dict)
    _faults: dict[tuple[SourceName, str, str], Fault] = field(default_factory=dict)
    _roll: BrokerRoll = field(default_factory=BrokerRoll)
    _sizes: SizeStore = field(default_factory=SizeStore)
    _problems: ProblemTimes = field(default_factory=ProblemTimes)

    def apply(self, events: Sequence[ClusterEvent]) -> ClusterSnapshot:
        """Reduce a batch in one pass."""
        if not events:
            return self.snapshot
        before, seen_at = self.snapshot, events[-1].stamp.seen_at
        identity = before
        for event in events:
            identity = self._take(event, identity)
        self.snapshot = self._assembled(identity, before, seen_at)
        return self.snapshot

    def memory(self) -> Memory:
        """All that the next snapshots depend on."""
        held = self.snapshot
        return Memory(
            tuple(self._told(held)),
            held.revision,
            held.taken_at,
            self._roll.seen,
            held.controller,
            self._problems.troubles(),
        )

    @staticmethod
    def recalling(memory: Memory) -> Reducer:
        """A reducer that goes on where another one was."""
        reducer = Reducer(ClusterSnapshot(controller=memory.controller))
        reducer._roll.recall(memory.brokers)
        reducer._problems.recall(memory.troubles)
        snapshot = reducer.apply(memory.events)
        reducer.snapshot = replace(snapshot, revision=memory.revision, taken_at=memory.taken_at)
        return reducer

    def _told(self, held: ClusterSnapshot) -> Iterator[ClusterEvent]:
        """What the sources told and still holds; settings and moves first, so that topics are made once."""

        def stamp(source: SourceName = SourceName.POLL) -> Stamp:
            return Stamp(source, held.taken_at)

        yield ClusterIdentified(stamp(), held.cluster_id, held.mode, held.metadata_version)
        yield MovingChanged(stamp(), self._moving)
        yield SettingsChanged(stamp(), dict(self._settings))
        for source, view in self._views.items():
            yield view.told(stamp(source))
        for source, brokers in self._registered.items():
            yield BrokersChanged(stamp(source), brokers)
        yield VersionsInferred(stamp(), dict(self._roll.versions))
        for witness, named in self._controllers.items():
            by = SourceName.ZOOKEEPER if witness == "zookeeper" else SourceName.POLL
            yield ControllerChanged(stamp(by), named.controller, named.reason, named.is_absent)
        yield QuorumObserved(stamp(), held.quorum)
        for broker, (directories, sizes) in self._sizes.told().items():
            yield LogDirsObserved(stamp(), broker, directories, sizes)
        for (source, what, where), fault in self._faults.items():
            yield SourceState(Stamp(source, fault.since), what, where, fault.reason, fault.blocks)

    def _take(self, event: ClusterEvent, snapshot: ClusterSnapshot) -> ClusterSnapshot:
        match event:
            case ClusterIdentified():
                return _identified(snapshot, event)
            case TopicsReplaced() | PartitionsChanged():
                self._view(event.stamp.source).take(event, self._settings, self._moving)
            case MovingChanged(moving=moving):
                self._take_moving(moving)
            case SettingsChanged(settings=settings):
                self._take_settings(settings)
            case BrokersChanged(stamp=stamp, brokers=brokers):
                self._registered[stamp.source] = tuple(sorted(brokers, key=lambda b: b.id))
            case VersionsInferred(versions=versions):
                self._roll.versions.update(versions)
            case ControllerChanged():
                self._take_controller(event)
            case QuorumObserved(quorum=quorum):
                return snapshot if quorum == snapshot.quorum else replace(snapshot, quorum=quorum)
            case LogDirsObserved():
                self._sizes.take(event)
            case SourceState():
                self._take_fault(event)
            case ConfigsChanged() | AclsChanged() | FeaturesChanged() | Gap():
                pass
            case _:
                assert_never(event)
        return snapshot

    def _view(self, source: SourceName) -> TopicView:
        return self._views.setdefault(source, TopicView())

    def _take_moving(self, moving: Mapping[str, tuple[int, ...]]) -> None:
        changed = {
            name for name in moving.keys() | self._moving.keys() if moving.get(name) != self._moving.get(name)
        }
        self._moving = moving
        for view in self._views.values():
            view.set_moving({name: moving.get(name, ()) for name in changed})

    def _take_settings(self, settings: Mapping[str, TopicSettings]) -> None:
        changed = {name: value for name, value in settings.items() if self._settings.get(name) != value}
        self._settings.update(changed)
        for view in self._views.values():
            view.set_settings(changed)

    def _take_controller(self, event: ControllerChanged) -> None:
        witness = event.controller.source if event.controller else _witness(event.stamp.source)
        self._controllers[witness] = _Named(event.controller, event.reason, event.is_absent)

    def _take_fault(self, event: SourceState) -> None:
        key = (event.stamp.source, event.what, event.where)
        if event.reason is None:
            self._faults.pop(key, None)
            return
        held = self._faults.get(key)
        since = held.since if held else event.stamp.seen_at
        self._faults[key] = Fault(event.what, event.where, event.reason, since, event.blocks)

    def _is_stale(self, source: SourceName, what: str) -> bool:
        return any(
            key[0] is source and (key[1] == what or fault.blocks) for key, fault in self._faults.items()
        )

    def _owner(self, holders: Iterable[SourceName], what: str, mode: Mode) -> SourceName | None:
        held = set(holders)
        order = BEST_FIRST
        if what == "brokers" and mode is Mode.MIGRATING:
            order = (SourceName.METADATA_LOG, SourceName.POLL, SourceName.ZOOKEEPER)
        candidates = [source for source in order if source in held]
        fresh = [source for source in candidates if not self._is_stale(source, what)]
        return next(iter(fresh or candidates), None)

    def _assembled(
        self, identity: ClusterSnapshot, before: ClusterSnapshot, seen_at: float
    ) -> ClusterSnapshot:
        mode = identity.mode
        loaded = [source for source, view in self._views.items() if view.is_complete]
        owner = self._owner(loaded or self._views, "topics", mode)
        topics = self._views[owner].topics if owner else before.topics
        self._problems.follow(topics, seen_at, is_first_look=not before.is_loaded)
        brokers_owner = self._owner(self._registered, "brokers", mode)
        registered = self._registered[brokers_owner] if brokers_owner else None
        brokers = self._roll.call(registered, topics.shares if loaded else {}, seen_at)
        controller, reason, is_absent = self._controller(before, brokers, seen_at)
        candidate = replace(
            identity,
            topics=topics,
            is_loaded=bool(loaded),
            brokers=before.brokers if brokers == before.brokers else brokers,
            brokers_loaded=registered is not None,
            controller=controller,
            controller_reason=reason,
            has_no_controller=is_absent,
            sources=tuple(sorted({*self._views, *self._registered})),
            sizes=self._sizes.follow(topics),
            faults=tuple(sorted(self._faults.values(), key=lambda fault: (fault.what, fault.where))),
            problem_since=self._problems.current,
        )
        if _same(candidate, before):
            return before
        return replace(candidate, revision=before.revision + 1, taken_at=seen_at)

    def _controller(
        self, before: ClusterSnapshot, brokers: Sequence[Broker], seen_at: float
    ) -> tuple[Controller | None, str | None, bool]:
        for witness in CONTROLLER_BEST_FIRST:
            named = self._controllers.get(witness)
            if named is None or (
                witness == "zookeeper" and self._is_stale(SourceName.ZOOKEEPER, "controller")
            ):
                continue
            if named.controller is None:
                return None, named.reason, named.is_absent
            return self._dated(named.controller, before.controller, brokers, seen_at), None, False
        return None, None, False

    def _dated(
        self, controller: Controller, held: Controller | None, brokers: Sequence[Broker], seen_at: float
    ) -> Controller:
        endpoint = controller.endpoint
        if endpoint is None and controller.source != "quorum":
            broker = next((b for b in brokers if b.id == controller.id and b.host), None)
            endpoint = f"{broker.host}:{broker.port}" if broker else None
        same = held is not None and (held.id, held.epoch) == (controller.id, controller.epoch)
        if same and held is not None:
            since = controller.since or held.since
        else:
            since = controller.since or (seen_at if held is not None else None)
        return replace(controller, endpoint=endpoint, since=since)


def _witness(source: SourceName) -> str:
    return "zookeeper" if source is SourceName.ZOOKEEPER else "quorum"


def _identified(snapshot: ClusterSnapshot, event: ClusterIdentified) -> ClusterSnapshot:
    return replace(
        snapshot,
        cluster_id=event.cluster_id or snapshot.cluster_id,
        mode=event.mode or snapshot.mode,
        metadata_version=event.metadata_version or snapshot.metadata_version,
    )


_COMPARED: Final = (
    "cluster_id", "mode", "metadata_version", "sources", "controller", "controller_reason", "has_no_controller",
    "quorum", "brokers", "is_loaded", "brokers_loaded", "faults",
)  # fmt: skip
_BY_IDENTITY: Final = ("topics", "sizes", "problem_since")


def _same(one: ClusterSnapshot, other: ClusterSnapshot) -> bool:
    return all(getattr(one, name) is getattr(other, name) for name in _BY_IDENTITY) and all(
        getattr(one, name) == getattr(other, name) for name in _COMPARED
    )
