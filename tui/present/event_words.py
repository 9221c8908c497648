"""Entries and stories of the timeline in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ktui.adapters.timeline.entries import Entry, Value
from ktui.adapters.timeline.kinds import OF_ISR, OF_LEADERS, OF_MOVES, OF_TOPICS, Kind
from ktui.adapters.timeline.story import Story
from ktui.tui.present.formats import age, counted, ids
from ktui.tui.present.sanitise import safe
from ktui.tui.present.times import Times
from ktui.widgets.cells import Tone

OBSERVED: Final = "≈"
"""Before a time that is known only from two looks."""
NAMED: Final = 3
"""More topics than these are counted."""

LOOKED_AT: Final = 100

_OF_BROKERS: Final = {
    Kind.BROKER_JOINED: "joined",
    Kind.BROKER_LEFT: "left",
    Kind.BROKER_RESTARTED: "restarted",
    Kind.BROKER_FENCED: "fenced",
    Kind.BROKER_UNFENCED: "unfenced",
    Kind.BROKER_SHUTTING_DOWN: "shutting down",
}
_COUNTED: Final = {
    Kind.UNCLEAN_ELECTION: ("UNCLEAN election", "UNCLEAN elections"),
    Kind.LEADER_LOST: ("leader lost", "leaders lost"),
    Kind.LEADER_MOVED: ("leader moved", "leaders moved"),
    Kind.ISR_SHRANK: ("ISR shrink", "ISR shrinks"),
    Kind.ISR_EXPANDED: ("ISR expansion", "ISR expansions"),
    Kind.CONTROLLER_MOVED: ("controller moved", "controller moves"),
    Kind.REASSIGNMENT_STARTED: ("partition moving", "partitions moving"),
    Kind.TOPIC_CREATED: ("topic created", "topics created"),
    Kind.TOPIC_DELETED: ("topic deleted", "topics deleted"),
    Kind.PARTITIONS_ADDED: ("topic with more partitions", "topics with more partitions"),
    Kind.CONFIG_CHANGED: ("setting changed", "settings changed"),
    Kind.ACL_CHANGED: ("access rule changed", "access rules changed"),
    Kind.FEATURE_CHANGED: ("feature changed", "features changed"),
}
"""How many of what, in this order, worst first."""
_BAD: Final = {Kind.UNCLEAN_ELECTION, Kind.LEADER_LOST, Kind.QUORUM_LOST}
_WARN: Final = {
    Kind.BROKER_LEFT, Kind.BROKER_FENCED, Kind.ISR_SHRANK, Kind.SOURCE_STALE, Kind.GAP,
}  # fmt: skip


def entry_tone(kind: Kind) -> Tone:
    return Tone.BAD if kind in _BAD else Tone.WARN if kind in _WARN else Tone.NORMAL


def story_tone(story: Story) -> Tone:
    """Bad while it goes on and somebody may be waiting; calm once it is healed."""
    if Kind.UNCLEAN_ELECTION in story.counts:
        return Tone.BAD
    if not story.is_open and story.healed_at is not None:
        return Tone.NORMAL
    tones = {entry_tone(kind) for kind in story.counts}
    return next((tone for tone in (Tone.BAD, Tone.WARN) if tone in tones), Tone.NORMAL)


def subject(entry: Entry) -> str:
    """`payments-3`, `broker 2`, or nothing."""
    if entry.topic is not None:
        name = safe(entry.topic)
        return name if entry.partition is None else f"{name}-{entry.partition}"
    return "" if entry.broker is None else f"broker {entry.broker}"


def deed(entry: Entry) -> str:
    """What happened to the subject."""
    kind, detail = entry.kind, safe(entry.detail or "")
    if kind in _OF_BROKERS:
        return _with(_OF_BROKERS[kind], detail)
    if kind in OF_LEADERS:
        word = "UNCLEAN leader" if kind is Kind.UNCLEAN_ELECTION else "leader"
        return _with(f"{word} {_change(entry)}", detail)
    if kind in OF_ISR:
        return f"ISR {_change(entry)}"
    if kind in OF_MOVES:
        return f"{'being moved' if kind is Kind.REASSIGNMENT_STARTED else 'moved'} {_change(entry)}"
    if kind in OF_TOPICS:
        words = {Kind.TOPIC_CREATED: "topic created", Kind.TOPIC_DELETED: "topic deleted"}
        return f"partitions {_change(entry)}" if kind not in words else _with(words[kind], detail)
    return _deed_of_the_rest(entry, detail)


def _deed_of_the_rest(entry: Entry, detail: str) -> str:
    match entry.kind:
        case Kind.CONTROLLER_MOVED:
            return _with(f"controller {_change(entry)}", detail)
        case Kind.QUORUM_LOST:
            return f"quorum lost, it was led by {_text(entry.before)}"
        case Kind.QUORUM_REGAINED:
            return _with(f"quorum regained, led by {_text(entry.after)}", detail)
        case Kind.TOPIC_RECREATED:
            return f"topic recreated, id {_change(entry)}"
        case Kind.CONFIG_CHANGED:
            return f"{detail} {_setting(entry)}"
        case Kind.ACL_CHANGED:
            return f"rule {'added' if entry.after is not None else 'removed'}: {_text(entry.after or entry.before)}"
        case Kind.FEATURE_CHANGED:
            return f"feature {detail} {_change(entry)}"
        case Kind.SOURCE_STALE:
            return f"stale: {detail}"
        case Kind.SOURCE_RESUMED:
            return f"{detail} works again"
        case _:
            return f"history not whole: {detail}"


def _with(words: str, detail: str) -> str:
    return f"{words}  {detail}" if detail else words


def _change(entry: Entry) -> str:
    before = _text(entry.before) if entry.before is not None else None
    if before is None and entry.kind not in OF_LEADERS:
        return f"→ {_text(entry.after)}"
    return f"{before or 'none'} → {_text(entry.after)}"


def _setting(entry: Entry) -> str:
    if entry.after is None:
        return "taken off"
    before = "" if entry.before is None else f"{_text(entry.before)} → "
    return f"= {before}{_text(entry.after)}"


def _text(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ids(value).replace(" ", "") or "nobody"
    return safe(str(value))


def time_words(entry: Entry, times: Times, now: float) -> str:
    """When it happened, with a mark where that is not known exactly."""
    return f"{OBSERVED if entry.is_observed else ' '}{times.exact(entry.at, now)}"


# -- stories --------------------------------------------------------------------------------------------


def title(story: Story) -> str:
    """The cause, or what happened where no cause is known."""
    head = story.head
    if head is None:
        if story.size == 1 and not story.dropped:
            return _single(story.entry(0))
        return ", ".join(_counts(story.counts)) or "changes"
    if head.kind in _OF_BROKERS:
        return f"broker {head.broker} {_broker_word(story, head)}"
    if head.kind is Kind.REASSIGNMENT_STARTED:
        word = "reassignment" if story.counts[Kind.REASSIGNMENT_STARTED] > 1 else f"{subject(head)} moved"
        return word
    return _single(head)


def _single(entry: Entry) -> str:
    about = subject(entry)
    return f"{about}  {deed(entry)}" if about else deed(entry)


def _broker_word(story: Story, head: Entry) -> str:
    back = story.back
    was_planned = head.kind is Kind.BROKER_SHUTTING_DOWN
    if was_planned and back is not None:
        return _OF_BROKERS[Kind.BROKER_RESTARTED]
    if head.kind is Kind.BROKER_FENCED and Kind.BROKER_RESTARTED in story.counts:
        return _OF_BROKERS[Kind.BROKER_RESTARTED]
    if head.kind is Kind.BROKER_FENCED and Kind.BROKER_LEFT in story.counts:
        return _OF_BROKERS[Kind.BROKER_LEFT]
    return _OF_BROKERS[head.kind]


def _counts(counts: Mapping[Kind, int]) -> Iterator[str]:
    for kind, (one, many) in _COUNTED.items():
        if counts.get(kind):
            yield counted(counts[kind], one, many)


def consequences(story: Story) -> str:
    """How many of what followed: `312 leaders moved, 918 ISR shrinks`."""
    if story.head is None:
        if story.size == 1 and not story.dropped:
            return ""
        return _named(story)
    counts = dict(story.counts)
    if story.head.kind in _OF_BROKERS and counts.get(Kind.ISR_SHRANK):
        counts.pop(Kind.ISR_EXPANDED, None)
    if story.counts.get(Kind.REASSIGNMENT_STARTED) == 1:
        counts.pop(Kind.REASSIGNMENT_STARTED, None)
    if story.head.kind is Kind.CONTROLLER_MOVED:
        counts.pop(Kind.CONTROLLER_MOVED, None)
    return ", ".join(_counts(counts))


def _named(story: Story) -> str:
    """The topics of a story without a cause: `of orders, payments`; only the first of many."""
    names: dict[str, None] = {}
    for part in story.parts[:LOOKED_AT]:
        names.update(dict.fromkeys(part.topics[: NAMED + 1]))
        if len(names) > NAMED:
            break
    shown = ", ".join(map(safe, list(names)[:NAMED]))
    return f"of {shown}{', …' if len(names) > NAMED else ''}" if shown else ""


def outcome(story: Story, now: float | None = None) -> str:
    """`healed after 41s`, or, while it goes on, `open, 41s` (only `open` without a clock)."""
    if story.healed_at is not None:
        took = story.healed_at - story.started_at
        if story.head is not None and story.head.kind is Kind.REASSIGNMENT_STARTED:
            return f"done after {age(took)}"
        has_hurt = story.size + story.dropped > 2 or story.back is not None
        return f"healed after {_seconds(took)}" if has_hurt else ""
    if not story.is_open:
        return ""
    return "open" if now is None else f"open, {age(now - story.started_at)}"


def short_outcome(story: Story, now: float) -> str:
    """The same in eleven cells: `healed 41s`, `open 3m`."""
    if story.healed_at is not None and outcome(story):
        word = "done" if story.head and story.head.kind is Kind.REASSIGNMENT_STARTED else "healed"
        return f"{word} {age(story.healed_at - story.started_at)}"
    return f"open {age(now - story.started_at)}" if story.is_open else ""


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s" if seconds < 100 else age(seconds)


def folded(story: Story) -> str:
    """`broker 2 left: 312 leaders moved, 918 ISR shrinks, healed after 41 s`."""
    rest = ", ".join(part for part in (consequences(story), outcome(story)) if part)
    if not rest:
        return title(story)
    return f"{title(story)}{'' if story.head is None else ':'} {rest}"
