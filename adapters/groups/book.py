"""What has been heard of groups, and the picture made of it. No I/O; used from one thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from heapq import merge
from typing import Final

from ktui.adapters.groups.lag import Sample, Series
from ktui.adapters.groups.model import (
    GroupDetail,
    GroupListed,
    GroupPart,
    GroupSeen,
    PartKey,
    TopicReaders,
)
from ktui.adapters.groups.view import EMPTY_GROUPS, GroupsView
from ktui.adapters.model import Fault

KEPT: Final = 500
"""Groups whose details are kept after they went out of sight."""


class GroupBook:
    """`view` is replaced when something is new."""

    def __init__(self) -> None:
        self.view: GroupsView = EMPTY_GROUPS
        self.seen: dict[str, GroupSeen | None] = {}
        self.offsets: dict[str, Mapping[PartKey, int] | None] = {}
        self.ends: dict[PartKey, int] = {}
        self._series: dict[str, dict[PartKey, Series]] = {}
        self._lists: dict[int, tuple[GroupListed, ...]] = {}
        self._faults: dict[tuple[str, str], Fault] = {}
        self._unheard: set[int] = set()

    # The list

    def take_list(self, broker: int, groups: tuple[GroupListed, ...], expected: Collection[int]) -> None:
        """`expected`: the brokers that are up; what others coordinated is coordinated by one of these now."""
        self._unheard.discard(broker)
        self._show_lists({**self._lists, broker: tuple(sorted(groups, key=_name))}, expected)

    def fail_list(self, broker: int, fault: Fault, expected: Collection[int]) -> None:
        """Its groups stay as they were last seen."""
        self._unheard.add(broker)
        self.put_fault(fault)
        self._show_lists({broker: (), **self._lists}, expected)

    def has_list(self, broker: int) -> bool:
        """Whether it ever told its groups."""
        return broker in self._lists and broker not in self._unheard

    def coordinated_by(self, broker: int) -> tuple[GroupListed, ...]:
        return self._lists.get(broker, ())

    def _show_lists(self, lists: Mapping[int, tuple[GroupListed, ...]], expected: Collection[int]) -> None:
        kept = {broker: groups for broker, groups in lists.items() if broker in expected}
        self._unheard &= set(expected)
        is_listed = set(expected) <= kept.keys()
        stale = frozenset(self._unheard)
        is_same = kept == self._lists and is_listed == self.view.is_listed
        self._lists = kept
        if is_same and stale == self.view.stale_coordinators:
            return
        by_name: dict[str, GroupListed] = {}
        for group in merge(*kept.values(), key=_name):
            known = by_name.get(group.name)
            # Where two brokers list it, it has moved: the one that still answers is right.
            if known is None or known.coordinator in stale:
                by_name[group.name] = group
        self._show(
            listed=tuple(by_name.values()), by_name=by_name, is_listed=is_listed, stale_coordinators=stale
        )

    # Details

    def take_group(
        self,
        name: str,
        seen: GroupSeen | None,
        offsets: Mapping[PartKey, int] | None,
        reason: str | None,
        read_at: float,
    ) -> None:
        """What its coordinator says; the ends follow."""
        self.seen[name], self.offsets[name] = seen, offsets
        self._show_details([name], reason=reason, read_at=read_at)

    def take_ends(
        self, names: Iterable[str], ends: Mapping[PartKey, tuple[int, float]], asked: Collection[PartKey]
    ) -> None:
        """End offsets with `time.monotonic()` of each; what was asked for and is absent is not known now."""
        for key in asked:
            if key not in ends:
                self.ends.pop(key, None)
        self.ends |= {key: end for key, (end, _) in ends.items()}
        concerned = []
        for name in names:
            committed = self.offsets.get(name) or {}
            series = self._series.setdefault(name, {})
            for key in committed.keys() & ends.keys():
                end, at = ends[key]
                series.setdefault(key, Series()).add(Sample(at, committed[key], end))
            if not committed.keys().isdisjoint(asked) or self.held_keys(name) & set(asked):
                concerned.append(name)
        self._show_details(concerned)

    def held_keys(self, name: str) -> set[PartKey]:
        """The partitions that members of the group hold."""
        seen = self.seen.get(name)
        if seen is None:
            return set()
        return {
            (topic, index)
            for member in seen.members
            for topic, indexes in (member.assigned or {}).items()
            for index in indexes
        }

    def keys_of(self, name: str) -> set[PartKey]:
        """Every partition that it committed or holds."""
        return {*(self.offsets.get(name) or {}), *self.held_keys(name)}

    def _show_details(
        self, names: Iterable[str], *, reason: str | None = None, read_at: float | None = None
    ) -> None:
        details = dict(self.view.details)
        for name in names:
            before = details.pop(name, GroupDetail(name))
            if read_at is not None:
                before = replace(before, reason=reason, read_at=read_at)
            details[name] = replace(before, seen=self.seen.get(name), parts=self._parts(name))
        while len(details) > KEPT:
            oldest = next(iter(details))
            del details[oldest]
            for kept in (self.seen, self.offsets, self._series):
                kept.pop(oldest, None)
        self._show(details=details)

    def _parts(self, name: str) -> tuple[GroupPart, ...] | None:
        committed, seen = self.offsets.get(name), self.seen.get(name)
        if committed is None and seen is None:
            return None
        series = self._series.get(name, {})
        return tuple(self._part(key, committed, seen, series.get(key)) for key in sorted(self.keys_of(name)))

    def _part(
        self,
        key: PartKey,
        committed: Mapping[PartKey, int] | None,
        seen: GroupSeen | None,
        series: Series | None,
    ) -> GroupPart:
        owner = seen.owner(key) if seen is not None else None
        is_held = owner is not None or (seen is not None and any(m.assigned is None for m in seen.members))
        offset = (committed or {}).get(key)
        is_judged = series is not None and offset is not None and key in self.ends
        return GroupPart(
            *key,
            offset,
            self.ends.get(key),
            owner,
            series.trend if series is not None and is_judged else None,
            series.status(is_held=is_held) if series is not None and is_judged else None,
        )

    # The rest

    def take_readers(self, readers: TopicReaders | None) -> None:
        self._show(readers=readers)

    def put_fault(self, fault: Fault) -> None:
        known = self._faults.get((fault.what, fault.where))
        if known is not None and known.reason == fault.reason:
            return
        self._faults[fault.what, fault.where] = fault
        self._show(faults=tuple(self._faults.values()))

    def clear_fault(self, what: str, where: str) -> None:
        if self._faults.pop((what, where), None) is not None:
            self._show(faults=tuple(self._faults.values()))

    def _show(self, **changed: object) -> None:
        self.view = replace(self.view, revision=self.view.revision + 1, **changed)  # type: ignore[arg-type]


def _name(group: GroupListed) -> str:
    return group.name
