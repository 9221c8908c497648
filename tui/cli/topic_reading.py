"""What `ktui topic list` and `ktui topic describe` ask and print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ktui.adapters.health import PartitionClass
from ktui.adapters.kafka.measure import measure_rates
from ktui.adapters.kafka.topic_details import TopicDetails, fetch_topic_details
from ktui.adapters.model import ClusterSnapshot, Fault
from ktui.adapters.once import open_cluster
from ktui.adapters.target import Target
from ktui.adapters.topics import Topic
from ktui.tui.cli.colour import takes_colour
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.cli.printing import print_json, print_lines, tell_faults
from ktui.tui.cli.status_json import Problem, status_document, worst_first
from ktui.tui.cli.topic_json import describe_document, list_document
from ktui.tui.cli.topic_text import describe_lines, list_lines, problem_lines
from ktui.tui.present.sanitise import safe


@dataclass(frozen=True, slots=True)
class Question:
    """What `topic list` was asked for."""

    under_replicated: bool = False
    unavailable: bool = False
    under_min_isr: bool = False
    at_min_isr: bool = False
    exclude_internal: bool = False
    as_json: bool = False
    rates_s: float | None = None
    """So long rates are measured; None: not at all."""

    @property
    def is_about_partitions(self) -> bool:
        return self.under_replicated or self.unavailable or self.under_min_isr or self.at_min_isr

    def wants(self, problem: Problem) -> bool:
        """Whether a partition that is not OK was asked for."""
        topic, row, which = problem
        if self.exclude_internal and topic.is_internal:
            return False
        return (
            (self.under_replicated and len(row.isr) < len(row.replicas))
            or (self.unavailable and which is PartitionClass.OFFLINE)
            or (self.under_min_isr and which is PartitionClass.UNDER_MIN_ISR)
            or (self.at_min_isr and which is PartitionClass.AT_MIN_ISR)
        )


async def list_topics(target: Target, question: Question) -> int:
    """Print all topics, or the partitions that were asked for."""
    async with open_cluster(target, with_log_dirs=not question.is_about_partitions) as cluster:
        snapshot = await cluster.snapshot()
        rates = None
        if question.rates_s is not None:
            measured = await measure_rates(cluster.pool, snapshot, question.rates_s)
            rates = measured.topics
            snapshot = replace(snapshot, faults=_without_repeats(snapshot.faults, measured.faults))
    if question.is_about_partitions:
        _print_partitions(snapshot, question)
        return Exit.DONE
    topics = [topic for topic in snapshot.topics if not (question.exclude_internal and topic.is_internal)]
    if question.as_json:
        print_json(list_document(snapshot, topics, rates))
    else:
        print_lines(list_lines(snapshot, topics, rates, is_coloured=takes_colour()))
        tell_faults(snapshot.faults)
    return Exit.DONE


def _without_repeats(first: Iterable[Fault], second: Iterable[Fault]) -> tuple[Fault, ...]:
    """What could not be read twice is told once."""
    return tuple({(fault.what, fault.where): fault for fault in (*second, *first)}.values())


def _print_partitions(snapshot: ClusterSnapshot, question: Question) -> None:
    problems = [problem for problem in worst_first(snapshot) if question.wants(problem)]
    if not question.as_json:
        if problems:
            print_lines(problem_lines(problems, is_coloured=takes_colour()))
        tell_faults(snapshot.faults)
        return
    wanted = {(topic.name, row.index) for topic, row, _ in problems}
    names = {name for name, _ in wanted}
    document = list_document(snapshot, (topic for topic in snapshot.topics if topic.name in names))
    told = status_document(snapshot, limit=None)["problems"]
    document["problems"] = [one for one in told if (one["topic"], one["partition"]) in wanted]
    print_json(document)


async def describe_topics(target: Target, names: Sequence[str], *, as_json: bool) -> int:
    """Print the topics that there are, complain of those that there are not."""
    async with open_cluster(target, with_log_dirs=True) as cluster:
        snapshot = await cluster.snapshot()
        asked = list(dict.fromkeys(names))
        topics = [found for name in asked if (found := snapshot.topics.get(name)) is not None]
        described = [
            (topic, await fetch_topic_details(cluster.pool, topic, timeout_s=target.timeout_s))
            for topic in topics
        ]
    if as_json:
        print_json(describe_document(snapshot, described))
    else:
        _print_described(snapshot, described)
    missing = [name for name in asked if name not in {topic.name for topic in topics}]
    for name in missing:
        complain(f"There is no topic {safe(name)}, or this principal may not see it.")
    return Exit.REFUSED if missing else Exit.DONE


def _print_described(snapshot: ClusterSnapshot, described: Iterable[tuple[Topic, TopicDetails]]) -> None:
    faults = list(snapshot.faults)
    for topic, details in described:
        print_lines(describe_lines(snapshot, topic, details, is_coloured=takes_colour()))
        faults += details.faults
    tell_faults(faults)
