"""What is wrong with the cluster as a whole, a sentence each: controller, brokers, log directories, versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.adapters.topics import BrokerShare
from ktui.tui.present.deletion import waiting_words
from ktui.tui.present.formats import age, counted, ids, size_in_words
from ktui.tui.present.sanitise import safe
from ktui.tui.present.verdict import ALARM_SIGN
from ktui.tui.present.words import STATE_SIGN, STATE_TONE, STATE_WORD
from ktui.widgets.cells import Line, Run, Tone

BROKERS_SHOWN: Final = 4
DELETIONS_SHOWN: Final = 3
NEARLY_FULL: Final = 0.05
"""A log directory with less than this share of free space."""


def alarms(snapshot: ClusterSnapshot, now: float) -> tuple[Line, ...]:
    return (
        *_controller(snapshot),
        *_brokers(snapshot, now),
        *_deletions(snapshot),
        *_directories(snapshot),
        *_versions(snapshot),
    )


def _alarm(words: str, rest: str, tone: Tone = Tone.BAD, sign: str = ALARM_SIGN) -> Line:
    return (Run(f"{sign} {words}", tone), Run(f"  {rest}"))


def _controller(snapshot: ClusterSnapshot) -> Iterator[Line]:
    if snapshot.has_no_controller:
        yield _alarm("no controller", safe(snapshot.controller_reason or ""))


def _brokers(snapshot: ClusterSnapshot, now: float) -> Iterator[Line]:
    concerned = [broker for broker in snapshot.brokers if broker.state is not BrokerState.UP]
    for broker in concerned[:BROKERS_SHOWN]:
        yield _broker(broker, snapshot.shares.get(broker.id, BrokerShare()), now)
    left = len(concerned) - BROKERS_SHOWN
    if left > 0:
        yield _alarm(f"{counted(left, 'more broker')} not up", ids(b.id for b in concerned[BROKERS_SHOWN:]))


def _broker(broker: Broker, share: BrokerShare, now: float) -> Line:
    since = "" if broker.since is None else f" for {age(now - broker.since)}"
    out = share.replicas - share.in_sync
    words = f"broker {broker.id} {STATE_WORD[broker.state]}{since}"
    rest = f"{counted(share.replicas, 'replica')}, {out:,} out of sync, {counted(share.leaders, 'leader')}"
    return _alarm(words, rest, STATE_TONE[broker.state], STATE_SIGN[broker.state])


def _deletions(snapshot: ClusterSnapshot) -> Iterator[Line]:
    """Those that wait for something; the others are gone in a moment."""
    waiting = [
        (topic, reason)
        for topic in snapshot.topics.deleting
        if (reason := waiting_words(topic, snapshot)) is not None
    ]
    for topic, reason in waiting[:DELETIONS_SHOWN]:
        yield _alarm(f"deletion of {safe(topic.name)} queued", reason, Tone.WARN)
    left = len(waiting) - DELETIONS_SHOWN
    if left > 0:
        yield _alarm(f"{counted(left, 'more deletion')} queued", "", Tone.WARN)


def _directories(snapshot: ClusterSnapshot) -> Iterator[Line]:
    for broker, directories in sorted(snapshot.sizes.directories.items()):
        for directory in directories:
            where = f"broker {broker}: {safe(directory.path)}"
            if directory.error:
                yield _alarm("log directory failed", f"{where}: {safe(directory.error)}")
            elif directory.total_bytes and directory.usable_bytes is not None:
                free = directory.usable_bytes / directory.total_bytes
                if free < NEARLY_FULL:
                    left = f"{size_in_words(directory.usable_bytes)} free ({100 * free:.0f}%)"
                    yield _alarm("log directory nearly full", f"{where}: {left}", Tone.WARN)


def _versions(snapshot: ClusterSnapshot) -> Iterator[Line]:
    by_version: dict[str, list[int]] = {}
    for broker in snapshot.brokers:
        if broker.version is not None and broker.state is BrokerState.UP:
            by_version.setdefault(broker.version, []).append(broker.id)
    if len(by_version) > 1:
        said = (f"{safe(version)} on {ids(brokers)}" for version, brokers in sorted(by_version.items()))
        yield _alarm("brokers of mixed versions", "; ".join(said), Tone.WARN)
