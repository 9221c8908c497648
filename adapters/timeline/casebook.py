"""Which change belongs to which cause. Everything is shown at once; what is told waits a little for its cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ktui.adapters.events import SourceName
from ktui.adapters.model import BrokerState
from ktui.adapters.timeline.case import Case, Held, told
from ktui.adapters.timeline.changes import Changes
from ktui.adapters.timeline.entries import Entry, Part
from ktui.adapters.timeline.kinds import AWAY, BACK, Kind
from ktui.adapters.timeline.shelf import Shelf
from ktui.adapters.timeline.steps import NO_TIES, Ties
from ktui.adapters.topics import BrokerShare

HOLD_S: Final = {SourceName.METADATA_LOG: 1.5, SourceName.ZOOKEEPER: 2.0, SourceName.POLL: 2.5}
"""How long a change waits to be told with its cause: leaders may drop a dead follower before its session ends."""
ADOPT_S: Final = 10.0
"""What leaders and replicas did so long before their broker was found to be away was because of it."""
GRACE_S: Final = 5.0
"""So long after a return there may still come what the absence did."""
REBALANCE_S: Final = 330.0
"""Controllers give leadership back every 300 s (leader.imbalance.check.interval.seconds)."""
GAP_S: Final = 2.0
"""Changes without a known cause are one story while they follow each other within this time…"""
LONGEST_S: Final = 60.0
"""…but no longer than this."""

Listener = Callable[[Part], None]
MOVING: Final = Ties(is_moving=True)
PARTITIONS: Final = "partitions"
TOPICS: Final = "topics"
REASSIGNMENT: Final = "reassignment"
BROKER: Final = "broker"
CONTROLLER: Final = "controller"


class Casebook:
    """Used by one thread. `clock` measures how long something is held back."""

    def __init__(self, clock: Callable[[], float], limit_bytes: int) -> None:
        self.shelf = Shelf(limit_bytes)
        self.listeners: list[Listener] = []
        self._clock = clock
        self._seq = 0
        self._next_id = 1
        self._brokers: dict[int, Case] = {}
        self._moves: dict[str, Case] = {}
        self._loose: dict[str, Case] = {}
        self._waiting: list[tuple[Case, Held]] = []

    # -- what is told -----------------------------------------------------------------------------------

    def _tell(self, case: Case, held: Held) -> None:
        held.due = None
        held.part = told(held.part, self._seq + 1, case.cause_for(held))
        self._seq += held.part.size
        case.frozen = None
        self.shelf.changed(case)
        for listener in self.listeners:
            listener(held.part)

    def _tell_waiting(self, is_ready: Callable[[Case, Held], bool]) -> None:
        ready: list[tuple[Case, Held]] = []
        left: list[tuple[Case, Held]] = []
        for pair in self._waiting:
            (ready if is_ready(*pair) else left).append(pair)
        self._waiting = left
        for case, held in ready:
            self._tell(case, held)

    @property
    def due(self) -> float | None:
        """When the next change must be told, on the clock."""
        return min((held.due for _, held in self._waiting if held.due is not None), default=None)

    def settle(self) -> None:
        """Tell what has waited long enough."""
        if self._waiting:
            now = self._clock()
            self._tell_waiting(lambda case, held: held.due is None or held.due <= now)
        self.shelf.trim()

    # -- single entries ---------------------------------------------------------------------------------

    def add(self, entry: Entry, group: str, *, joins_s: float = 0.0) -> Case:
        """An entry without a cause; it joins the last case of its group that is not older than `joins_s`."""
        case = self._loose.get(group)
        at = entry.stamp.seen_at
        if case is None or joins_s <= 0 or at - case.last_seen_at > joins_s or not self.shelf.holds(case):
            case = self._loose[group] = self._new(group)
        held = Held(entry)
        self._put(case, held)
        self._tell(case, held)
        return case

    def open(self, entry: Entry, group: str) -> None:
        """The head of a case that goes on until `close`."""
        case = self.add(entry, group)
        case.head, case.is_open = case.held[0], True
        case.frozen = None

    def close(self, entry: Entry, group: str) -> None:
        """The end of a case that was opened; a case of its own when it was not."""
        case = self._loose.pop(group, None)
        if case is None or not case.is_open or not self.shelf.holds(case):
            self.add(entry, group)
            return
        held = Held(entry, is_end=True)
        self._put(case, held)
        case.is_open, case.healed_at = False, entry.at
        self._tell(case, held)

    def is_open(self, group: str) -> bool:
        case = self._loose.get(group)
        return case is not None and case.is_open

    def add_to(self, entry: Entry, ties: Ties, group: str, opened: str) -> None:
        """An entry that the open case `opened` or a broker may have caused; else one of its own."""
        held = Held(entry, ties, self._clock() + HOLD_S[entry.stamp.source])
        case = self._loose.get(opened) if self.is_open(opened) else None
        case = case or self._answerable(ties, entry.stamp.seen_at)
        waits = case is None and ties != NO_TIES
        case = case or self._loose_case(group, entry.stamp.seen_at, -1.0)
        self._put(case, held)
        if waits:
            self._waiting.append((case, held))
        else:
            self._tell(case, held)

    # -- brokers ----------------------------------------------------------------------------------------

    def broker(self, entry: Entry, state: BrokerState) -> None:
        """A broker went or came; `state` is how it is now."""
        broker, at = entry.broker, entry.stamp.seen_at
        assert broker is not None
        case = self._brokers.get(broker)
        if case is None or not case.is_away or not self.shelf.holds(case):
            if case is not None:
                case.is_open, case.frozen = False, None
                self.shelf.changed(case)
            case = self._brokers[broker] = self._new(BROKER)
            case.is_open = True
        case.is_away = state is not BrokerState.UP
        held = Held(entry)
        self._put(case, held)
        if case.head is None:
            case.head = held
        elif entry.kind in BACK:
            case.back = held
        self._tell(case, held)
        self._adopt(case, broker, at, away=entry.kind in AWAY, back=entry.kind in BACK)
        self._tell_waiting(lambda owner, _: owner is case)

    def _adopt(self, case: Case, broker: int, at: float, *, away: bool, back: bool) -> None:
        """What has just been seen without a cause had this one."""
        adopted: set[int] = set()
        for group in (PARTITIONS, CONTROLLER):
            loose = self._loose.get(group)
            if loose is None or loose.is_open or not self.shelf.holds(loose):
                continue
            for held in list(loose.held):
                is_its = (away and broker in held.ties.away) or (back and broker in held.ties.back)
                if is_its and at - held.part.stamp.seen_at <= ADOPT_S:
                    held.is_return = not away
                    loose.remove(held)
                    self._put(case, held)
                    adopted.add(id(held))
            if loose.held:
                self.shelf.changed(loose)
            else:
                self.shelf.remove(loose)
                del self._loose[group]
        if adopted:
            self._waiting = [(case if id(h) in adopted else c, h) for c, h in self._waiting]

    def heal(self, shares: Mapping[int, BrokerShare]) -> None:
        """End the cases whose broker is back and in sync everywhere."""
        for broker, case in self._brokers.items():
            if case.is_open and not case.is_away:
                share = shares.get(broker)
                if share is None or share.in_sync >= share.replicas:
                    case.is_open, case.healed_at, case.frozen = False, case.last_at, None
                    self.shelf.changed(case)

    # -- partitions -------------------------------------------------------------------------------------

    def changes(self, packed: Iterable[tuple[Ties, Changes]]) -> None:
        """Rows of one event by what may have caused them."""
        for ties, changes in sorted(packed, key=lambda pair: pair[0] != MOVING):
            if ties == MOVING:
                self._moved(changes)
            elif ties == NO_TIES:
                self._topics_changed(changes)
            else:
                self._partitions_changed(ties, changes)

    def _partitions_changed(self, ties: Ties, changes: Changes) -> None:
        at = changes.stamp.seen_at
        held = Held(changes, ties, self._clock() + HOLD_S[changes.stamp.source])
        case = self._answerable(ties, at) or (self._moves.get(changes.topics[0]) if ties.is_moving else None)
        waits = False
        if case is None:
            case = self._returning(ties, at)
            held.is_return = case is not None
            # A broker whose replicas come back before its own word for it does: that is still to come.
            waits = case is None or case.is_away
        case = case or self._loose_case(PARTITIONS, at, GAP_S)
        self._put(case, held)
        if waits:
            self._waiting.append((case, held))
        else:
            self._tell(case, held)

    def _answerable(self, ties: Ties, at: float) -> Case | None:
        """The case of a broker that is away, or was until a moment ago."""
        for broker in ties.away:
            case = self._brokers.get(broker)
            if case is not None and self.shelf.holds(case):
                returned = case.back or case.head
                is_fresh = returned is not None and at - returned.part.stamp.seen_at <= GRACE_S
                if case.is_away or (case.is_open and is_fresh):
                    return case
        return None

    def _returning(self, ties: Ties, at: float) -> Case | None:
        """The case of a broker that came back, or shows signs of it."""
        for broker in ties.back:
            case = self._brokers.get(broker)
            if case is None or not self.shelf.holds(case):
                continue
            if case.is_open:
                return case
            returned = case.back or case.head
            if ties.away and returned is not None and at - returned.part.stamp.seen_at <= REBALANCE_S:
                return case
        return None

    def _topics_changed(self, changes: Changes) -> None:
        case = self._loose_case(TOPICS, changes.stamp.seen_at, GAP_S / 2)
        held = Held(changes)
        self._put(case, held)
        self._tell(case, held)

    def _moved(self, changes: Changes) -> None:
        """Reassignments began or ended."""
        begins = Kind.REASSIGNMENT_STARTED in changes.counts
        case = None if begins else self._moves.get(changes.topics[0])
        if case is None:
            case = self._loose_case(REASSIGNMENT, changes.stamp.seen_at, GAP_S)
        held = Held(changes)
        if begins:
            self._moves = {name: other for name, other in self._moves.items() if other.is_open}
            case.head, case.is_open = case.head or held, True
            self._moves.update(dict.fromkeys(changes.topics, case))
        self._put(case, held)
        self._tell(case, held)
        left = case.counts[Kind.REASSIGNMENT_STARTED] - case.counts[Kind.REASSIGNMENT_FINISHED]
        if case.is_open and left <= 0:
            case.is_open, case.healed_at, case.frozen = False, changes.at, None

    # -- cases ------------------------------------------------------------------------------------------

    def _loose_case(self, group: str, at: float, gap_s: float) -> Case:
        case = self._loose.get(group)
        if (
            case is None
            or not self.shelf.holds(case)
            or at - case.last_seen_at > gap_s
            or at - case.first_seen_at > LONGEST_S
        ):
            case = self._loose[group] = self._new(group)
        return case

    def _new(self, group: str) -> Case:
        case = Case(self._next_id, group)
        self._next_id += 1
        return case

    def _put(self, case: Case, held: Held) -> None:
        case.add(held)
        self.shelf.changed(case)
