"""Rules, users and quotas as rows; what a principal may do with a topic as marks, and why as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ktui.adapters.access.evaluate import OPERATIONS, Answer, Verdict, verdicts
from ktui.adapters.access.model import (
    ANY_HOST,
    ANY_NAME,
    ANY_PRINCIPAL,
    AclEntry,
    Pattern,
    Permission,
    Quota,
    ResourceKind,
    ScramUser,
)
from ktui.adapters.access.operation import Operation
from ktui.tui.present.formats import number, rate, size
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Align, ColumnSpec, Line, Run, Tone, line
from ktui.widgets.rows import Row

ACL_COLUMNS: Final = (
    ColumnSpec("principal", "PRINCIPAL", 22, min_width=14),
    ColumnSpec("permission", "RULE", 6),
    ColumnSpec("operation", "OPERATION", 16, min_width=13),
    ColumnSpec("kind", "ON", 15, min_width=8),
    ColumnSpec("name", "NAME", 20, grow=True, min_width=12),
    ColumnSpec("host", "FROM HOST", 16, min_width=9, rank=1),
)
ACL_SORTS: Final = ("principal", "name")
USER_COLUMNS: Final = (
    ColumnSpec("user", "USER", 30, grow=True, min_width=16),
    ColumnSpec("mechanisms", "MECHANISMS (ITERATIONS)", 50, min_width=24),
)
QUOTA_COLUMNS: Final = (
    ColumnSpec("entity", "WHOSE", 36, grow=True, min_width=20),
    ColumnSpec("limits", "LIMITS", 60, grow=True, min_width=30),
)
DEFAULT: Final = "(default)"
_MARKS: Final = {
    Answer.ALLOWED: Run("✓", Tone.GOOD),
    Answer.DENIED: Run("✕", Tone.BAD),
    Answer.NOT_ALLOWED: Run("-", Tone.MUTED),
    Answer.NO_RULE: Run("?", Tone.MUTED),
}
_SHORT: Final = {
    Operation.DESCRIBE: "DESC",
    Operation.READ: "READ",
    Operation.WRITE: "WRITE",
    Operation.CREATE: "CREATE",
    Operation.DELETE: "DELETE",
    Operation.ALTER: "ALTER",
    Operation.DESCRIBE_CONFIGS: "CFG R",
    Operation.ALTER_CONFIGS: "CFG W",
}
TOPIC_COLUMNS: Final = (
    ColumnSpec("principal", "PRINCIPAL", 24, grow=True, min_width=14),
    *(ColumnSpec(which, _SHORT[which], 6, Align.RIGHT) for which in OPERATIONS[ResourceKind.TOPIC]),
)
LEGEND: Final = "✓ allowed   ✕ denied by a rule   - no rule allows it   enter: why"
SUPER_USERS: Final = "super.users may do everything; who they are is not told to clients."


def acl_rows(entries: Iterable[AclEntry], matches: Callable[[str], bool], column: str) -> list[Row]:
    """The key of a row is the rule itself."""
    shown = [entry for entry in entries if matches(entry.principal) or matches(entry.name)]
    if column == "name":
        shown.sort(key=lambda entry: (entry.kind, entry.name, entry))
    return [_acl_row(entry) for entry in shown]


def _acl_row(entry: AclEntry) -> Row:
    is_denial = entry.permission == Permission.DENY
    cells = (
        Run(safe(entry.principal)),
        Run(safe(entry.permission), Tone.BAD if is_denial else Tone.NORMAL),
        Run(safe(entry.operation)),
        Run(safe(entry.kind), Tone.MUTED),
        name_cell(entry),
        Run("anywhere" if entry.host == ANY_HOST else safe(entry.host), Tone.MUTED),
    )
    return Row(entry, cells)


def name_cell(entry: AclEntry) -> Line:
    """A prefix ends in `…`; `*` stands for all."""
    if entry.kind == ResourceKind.CLUSTER:
        return (Run("", Tone.MUTED),)
    if entry.pattern == Pattern.PREFIXED:
        return (Run(safe(entry.name)), Run("…", Tone.ACCENT))
    return (Run("all" if entry.name == ANY_NAME else safe(entry.name), Tone.NORMAL),)


def user_rows(users: Iterable[ScramUser], matches: Callable[[str], bool]) -> list[Row]:
    return [
        Row(user.name, (Run(safe(user.name)), Run(mechanisms_text(user), Tone.MUTED)))
        for user in users
        if matches(user.name)
    ]


def mechanisms_text(user: ScramUser) -> str:
    return ", ".join(f"{safe(name)} ({number(count)})" for name, count in sorted(user.mechanisms.items()))


def quota_rows(quotas: Iterable[Quota], matches: Callable[[str], bool]) -> list[Row]:
    return [
        Row(text, (Run(text), Run(limits_text(quota), Tone.MUTED)))
        for quota in quotas
        if matches(text := entity_text(quota))
    ]


def entity_text(quota: Quota) -> str:
    """`user alice, client-id (default)`"""
    return ", ".join(f"{safe(kind)} {DEFAULT if n is None else safe(n)}" for kind, n in quota.entity.items())


def limits_text(quota: Quota) -> str:
    return ", ".join(f"{safe(key)} {_limit(key, value)}" for key, value in quota.limits.items())


def _limit(key: str, value: float) -> str:
    if key.endswith("byte_rate"):
        return f"{size(round(value))}/s"
    if key.endswith("percentage"):
        return f"{value:g}%"
    return f"{rate(value)}/s" if key.endswith("rate") else f"{value:g}"


def principals_about(entries: Iterable[AclEntry], topic: str) -> list[str]:
    """Whom rules about the topic name; everybody last."""
    named = {entry.principal for entry in entries if entry.covers(ResourceKind.TOPIC, topic)}
    return [*sorted(named - {ANY_PRINCIPAL}), *sorted(named & {ANY_PRINCIPAL})]


def topic_rows(entries: Sequence[AclEntry], topic: str, matches: Callable[[str], bool]) -> list[Row]:
    """A row a principal, with a mark for each operation; the key is the principal."""
    return [
        Row(principal, (_principal(principal), *_marks(entries, principal, topic)))
        for principal in principals_about(entries, topic)
        if matches(principal)
    ]


def _principal(principal: str) -> Run:
    if principal == ANY_PRINCIPAL:
        return Run("everybody else", Tone.MUTED)
    return Run(safe(principal))


def _marks(entries: Sequence[AclEntry], principal: str, topic: str) -> Iterable[Run]:
    told = verdicts(entries, principal, ResourceKind.TOPIC, topic)
    for verdict in told.values():
        mark = _MARKS[verdict.answer]
        yield Run(f"{mark.text}*", Tone.WARN) if verdict.elsewhere else mark


def why_lines(entries: Sequence[AclEntry], principal: str, topic: str) -> tuple[Line, ...]:
    """What may be done, and which rule decides, a line or two for each operation."""
    lines: list[Line] = []
    for which, verdict in verdicts(entries, principal, ResourceKind.TOPIC, topic).items():
        lines.append(
            line(_MARKS[verdict.answer], Run(f" {which.value:<16} "), Run(sentence(verdict), Tone.MUTED))
        )
    lines += [(), line(Run(SUPER_USERS, Tone.MUTED))]
    if any(entry.kind == ResourceKind.CLUSTER and entry.concerns(principal) for entry in entries):
        lines.append(line(Run("Create and Delete may also be had on the Cluster.", Tone.MUTED)))
    return tuple(lines)


def sentence(verdict: Verdict) -> str:
    return safe(verdict.sentence)


def absence(error: Exception | None, *, no_authorizer: bool, what: str) -> str:
    """What stands where no row does."""
    if no_authorizer:
        return "No authorizer is configured: everybody may do everything."
    if error is not None:
        return f"{what} could not be read: {safe(str(error))}."
    return "Reading…"
