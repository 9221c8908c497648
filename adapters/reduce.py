"""Events in, snapshots out: one reducer for every source, with the rule of who owns which field.

Each source's view of the topics and brokers is kept; the snapshot shows the one of the best source that is not
stale. So a better source can fail and come back without anything being asked twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from ktui.adapters.broker_roll import BrokerRoll, as_seen_by_us
from ktui.adapters.chronicle import Chronicle
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
from ktui.adapters.kinds_told import KindsTold
from ktui.adapters.memory import Memory
from ktui.adapters.model import Broker, ClusterSnapshot, Controller, Mode
from ktui.adapters.problem_times import ProblemTimes
from ktui.adapters.sizes import SizeStore
from ktui.adapters.sources_held import SourcesHeld
from ktui.adapters.timeline.timeline import Timeline
from ktui.adapters.topics import TopicSettings

CONTROLLER_BEST_FIRST: Final = ("quorum", "zookeeper", "metadata")
BEFORE_A_MIGRATION: Final = ("zookeeper", "metadata", "quorum")


@dataclass(slots=True)
class _Named:
    """What one kind of witness says of the controller."""

    controller: Controller | None
    reason: str | None
    is_absent: bool


_NOBODY: Final = _Named(None, None, is_absent=False)


@dataclass(slots=True)
class Reducer:
    """Holds the newest snapshot; `apply` gives the same object back when a batch changed nothing.

    What changed is told to the timeline event by event.
    """

    snapshot: ClusterSnapshot = field(default_factory=ClusterSnapshot)
    timeline: Timeline = field(default_factory=Timeline)
    _held: SourcesHeld = field(default_factory=SourcesHeld)
    _settings: dict[str, TopicSettings] = field(default_factory=dict)
    _moving: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    _controllers: dict[str, _Named] = field(default_factory=dict)
    _kinds: KindsTold = field(default_factory=KindsTold)
    _roll: BrokerRoll = field(default_factory=BrokerRoll)
    _sizes: SizeStore = field(default_factory=SizeStore)
    _problems: ProblemTimes = field(default_factory=ProblemTimes)
    _chronicle: Chronicle = field(init=False)

    def __post_init__(self) -> None:
        self._chronicle = Chronicle(self._held, self.timeline)

    def apply(self, events: Sequence[ClusterEvent]) -> ClusterSnapshot:
        """Reduce a batch in one pass."""
        if not events:
            return self.snapshot
        before, seen_at = self.snapshot, events[-1].stamp.seen_at
        identity = before
        for event in events:
            identity = self._take(event, identity)
        self.snapshot = self._assembled(identity, before, seen_at)
        self.settle()
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
    def recalling(memory: Memory, timeline: Timeline | None = None) -> Reducer:
        """A reducer that goes on where another one was, with a timeline that begins there."""
        reducer = Reducer(ClusterSnapshot(controller=memory.controller), timeline or Timeline())
        reducer._roll.recall(memory.brokers)
        reducer._problems.recall(memory.troubles)
        snapshot = reducer.apply(memory.events)
        reducer.timeline.forget(memory.taken_at)
        reducer.snapshot = replace(snapshot, revision=memory.revision, taken_at=memory.taken_at)
        return reducer

    def _told(self, held: ClusterSnapshot) -> Iterator[ClusterEvent]:
        """What the sources told and still holds; settings and moves first, so that topics are made once."""

        def stamp(source: SourceName = SourceName.POLL) -> Stamp:
            return Stamp(source, held.taken_at)

        yield from self._kinds.told(held)
        yield MovingChanged(stamp(), self._moving)
        yield SettingsChanged(stamp(), dict(self._settings))
        for source, view in self._held.views.items():
            yield view.told(stamp(source))
        for source, brokers in self._held.registered.items():
            yield BrokersChanged(stamp(source), brokers)
        yield VersionsInferred(stamp(), dict(self._roll.versions))
        for witness, named in self._controllers.items():
            by = SourceName.ZOOKEEPER if witness == "zookeeper" else SourceName.POLL
            yield ControllerChanged(stamp(by), named.controller, named.reason, named.is_absent)
        yield QuorumObserved(stamp(), held.quorum)
        for broker, (directories, sizes) in self._sizes.told().items():
            yield LogDirsObserved(stamp(), broker, directories, sizes)
        for (source, what, where), fault in self._held.faults.items():
            yield SourceState(Stamp(source, fault.since), what, where, fault.reason, fault.blocks)

    def settle(self) -> None:
        """Time has passed: what the timeline held back may have to be told."""
        self.timeline.settle(self.snapshot.shares if self.snapshot.is_loaded else {})

    def _take(self, event: ClusterEvent, snapshot: ClusterSnapshot) -> ClusterSnapshot:
        mode = snapshot.mode
        match event:
            case ClusterIdentified():
                fresh = self._kinds.take(snapshot, event)
                self._chronicle.identity(event.stamp, snapshot, fresh)
                return fresh
            case TopicsReplaced() | PartitionsChanged():
                self._take_topics(event)
            case MovingChanged():
                self._take_moving(event)
            case SettingsChanged():
                self._take_settings(event)
            case BrokersChanged(stamp=stamp, brokers=brokers):
                self._held.registered[stamp.source] = tuple(sorted(brokers, key=lambda b: b.id))
                self._chronicle.brokers(stamp, mode, is_fresh=True)
            case VersionsInferred(versions=versions):
                self._roll.versions.update(versions)
            case ControllerChanged():
                self._take_controller(event, mode)
            case QuorumObserved(quorum=quorum):
                return snapshot if quorum == snapshot.quorum else replace(snapshot, quorum=quorum)
            case LogDirsObserved():
                self._sizes.take(event)
            case SourceState():
                self._held.take_fault(event)
                self._chronicle.source(event, mode)
            case ConfigsChanged() | AclsChanged() | FeaturesChanged() | Gap():
                self._chronicle.other(event)
            case _:
                assert_never(event)
        return snapshot

    def _take_topics(self, event: TopicsReplaced | PartitionsChanged) -> None:
        """While the metadata log tells of everything, brokers are not asked: what they said last is not kept."""
        source = event.stamp.source
        view = self._held.view(source)
        before = view.topics
        pairs = view.take(event, self._settings, self._moving)
        is_whole = isinstance(event, TopicsReplaced) and event.is_complete
        unclean = event.unclean if isinstance(event, TopicsReplaced) else ()
        steps = {source: (before, pairs)}
        self._chronicle.topics(event.stamp, steps, is_fresh=is_whole, unclean=unclean)
        if is_whole and source is SourceName.METADATA_LOG:
            self._held.views.pop(SourceName.POLL, None)

    def _take_moving(self, event: MovingChanged) -> None:
        moving = event.moving
        changed = {
            name for name in moving.keys() | self._moving.keys() if moving.get(name) != self._moving.get(name)
        }
        self._moving = moving
        fresh = {name: moving.get(name, ()) for name in changed}
        steps = {source: (view.topics, view.set_moving(fresh)) for source, view in self._held.views.items()}
        self._chronicle.topics(event.stamp, steps)
        self._chronicle.moves_listed(event.stamp)

    def _take_settings(self, event: SettingsChanged) -> None:
        changed = {name: value for name, value in event.settings.items() if self._settings.get(name) != value}
        self._chronicle.settings(event.stamp, self._settings, changed)
        self._settings.update(changed)
        steps = {
            source: (view.topics, view.set_settings(changed)) for source, view in self._held.views.items()
        }
        self._chronicle.topics(event.stamp, steps)

    def _take_controller(self, event: ControllerChanged, mode: Mode) -> None:
        witness = event.controller.source if event.controller else _witness(event.stamp.source, mode)
        held = self._controllers.get(witness)
        if held and held.controller and event.controller and _is_past(event.controller, held.controller):
            return
        self._controllers[witness] = _Named(event.controller, event.reason, event.is_absent)
        named = self._best_named(mode)
        self.timeline.controller_changed(event.stamp, named.controller, is_absent=named.is_absent)

    def _assembled(
        self, identity: ClusterSnapshot, before: ClusterSnapshot, seen_at: float
    ) -> ClusterSnapshot:
        mode = identity.mode
        loaded = self._held.loaded
        owner = self._held.topics_owner(loaded or self._held.views)
        topics = self._held.views[owner].topics if owner else before.topics
        self._problems.follow(topics, seen_at, is_first_look=not before.is_loaded)
        brokers_owner = self._held.brokers_owner(mode)
        registered = self._held.registered[brokers_owner] if brokers_owner else None
        if brokers_owner is SourceName.METADATA_LOG and registered is not None:
            registered = as_seen_by_us(registered, self._held.registered.get(SourceName.POLL))
        brokers = self._roll.call(registered, topics.shares if loaded else {}, seen_at)
        controller, reason, is_absent = self._controller(mode, before, brokers, seen_at)
        candidate = replace(
            identity,
            topics=topics,
            is_loaded=bool(loaded),
            brokers=before.brokers if brokers == before.brokers else brokers,
            brokers_loaded=registered is not None,
            controller=controller,
            controller_reason=reason,
            has_no_controller=is_absent,
            sources=tuple(sorted({*self._held.views, *self._held.registered})),
            sizes=self._sizes.follow(topics),
            faults=tuple(sorted(self._held.faults.values(), key=lambda fault: (fault.what, fault.where))),
            problem_since=self._problems.current,
        )
        if _same(candidate, before):
            return before
        return replace(candidate, revision=before.revision + 1, taken_at=seen_at)

    def _controller(
        self, mode: Mode, before: ClusterSnapshot, brokers: Sequence[Broker], seen_at: float
    ) -> tuple[Controller | None, str | None, bool]:
        named = self._best_named(mode)
        if named.controller is None:
            return None, named.reason, named.is_absent
        return self._dated(named.controller, before.controller, brokers, seen_at), None, False

    def _best_named(self, mode: Mode) -> _Named:
        """What the best witness says of the controller; a quorum that has not taken over yet is none."""
        order = BEFORE_A_MIGRATION if mode is Mode.ZOOKEEPER else CONTROLLER_BEST_FIRST
        for witness in order:
            named = self._controllers.get(witness)
            is_stale = witness == "zookeeper" and self._held.is_stale(SourceName.ZOOKEEPER, "controller")
            if named is not None and not is_stale:
                return named
        return _NOBODY

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


def _is_past(told: Controller, held: Controller) -> bool:
    """Whether the quorum has had another leader since."""
    return told.source == "quorum" and (told.epoch or 0) < (held.epoch or 0)


def _witness(source: SourceName, mode: Mode) -> str:
    if source is SourceName.ZOOKEEPER:
        return "zookeeper"
    return "metadata" if mode is Mode.ZOOKEEPER else "quorum"


_COMPARED: Final = (
    "cluster_id", "mode", "metadata_version", "sources", "controller", "controller_reason", "has_no_controller",
    "quorum", "migration", "brokers", "is_loaded", "brokers_loaded", "faults",
)  # fmt: skip
_BY_IDENTITY: Final = ("topics", "sizes", "problem_since")


def _same(one: ClusterSnapshot, other: ClusterSnapshot) -> bool:
    return all(getattr(one, name) is getattr(other, name) for name in _BY_IDENTITY) and all(
        getattr(one, name) == getattr(other, name) for name in _COMPARED
    )
