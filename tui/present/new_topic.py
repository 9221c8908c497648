"""What is typed into the form of a new topic: checked while it is typed, and turned into what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.operate.names import collision_fault, name_fault
from ktui.adapters.operate.spec import CreateTopic, check_create, parse_assignment, parse_configs
from ktui.tui.present.formats import counted

BROKERS_DEFAULT: Final = "brokers' default"
POLICIES: Final = (BROKERS_DEFAULT, "delete", "compact", "compact,delete")
MIN_ISR: Final = "min.insync.replicas"
RETENTION: Final = "retention.ms"
CLEANUP: Final = "cleanup.policy"
_UNITS_MS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

Values = Mapping[str, str]


def parse_duration(text: str) -> str:
    """`7d`, `36h`, `90m`, `10s`, `500ms` or `forever` as milliseconds; ValueError otherwise."""
    bare = text.strip().lower()
    if bare == "forever":
        return "-1"
    digits = bare.rstrip("dhms")
    unit = bare[len(digits) :]
    if not digits.isascii() or not digits.isdigit() or unit not in _UNITS_MS:
        raise ValueError("write 7d, 36h, 90m, 10s, 500ms or forever")
    return str(int(digits) * _UNITS_MS[unit])


def spec_of(values: Values, *, default_min_isr: int | None = None) -> CreateTopic:
    """What the values ask for; BadSettings or ValueError for what `check` would have found."""
    configs = parse_configs(line for line in values["configs"].splitlines() if line.strip())
    if values["min_isr"].strip() and values["min_isr"].strip() != str(default_min_isr):
        configs[MIN_ISR] = values["min_isr"].strip()
    if values["retention"].strip():
        configs[RETENTION] = parse_duration(values["retention"])
    if values["cleanup"] != BROKERS_DEFAULT:
        configs[CLEANUP] = values["cleanup"]
    name, by_hand = values["name"].strip(), values["assignment"].strip()
    if by_hand:
        return CreateTopic(name, configs=configs, assignment=parse_assignment(by_hand))
    return CreateTopic(name, _number(values["partitions"]), _number(values["replicas"]), configs)


def _number(text: str) -> int | None:
    bare = text.strip()
    return int(bare) if bare else None


def check(values: Values, snapshot: ClusterSnapshot) -> dict[str, str]:
    """What is wrong, a sentence by field."""
    found = {
        "name": _name_error(values["name"].strip(), snapshot),
        "partitions": _count_error(values["partitions"]),
        "replicas": _count_error(values["replicas"]) or _replicas_error(values["replicas"], snapshot),
        "min_isr": _count_error(values["min_isr"]) or _min_isr_error(values),
        "retention": _duration_error(values["retention"]),
        "configs": _configs_error(values),
        "assignment": _assignment_error(values["assignment"], snapshot),
    }
    return {key: sentence for key, sentence in found.items() if sentence}


def _name_error(name: str, snapshot: ClusterSnapshot) -> str:
    fault = name_fault(name) if name else None
    if fault is not None:
        return fault
    if name and snapshot.topics.get(name) is not None:
        return "There is a topic of this name already."
    alike = (other for chunk in snapshot.topics.chunks for other in chunk.names if len(other) == len(name))
    return collision_fault(name, alike) or ""


def _count_error(text: str) -> str:
    bare = text.strip()
    if not bare or not bare.removeprefix("-").isdecimal():
        return ""
    return "" if int(bare) >= 1 else "must be at least 1"


def _replicas_error(text: str, snapshot: ClusterSnapshot) -> str:
    if not snapshot.brokers_loaded or not text.strip().isdecimal():
        return ""
    up = sum(1 for broker in snapshot.brokers if broker.state is BrokerState.UP)
    return f"only {counted(up, 'broker')} {'is' if up == 1 else 'are'} up" if int(text) > up else ""


def _min_isr_error(values: Values) -> str:
    asked, replicas = values["min_isr"].strip(), values["replicas"].strip()
    if not asked.isdecimal() or not replicas.isdecimal() or int(asked) <= int(replicas):
        return ""
    return f"above the replication factor {int(replicas)}: acks=all could never write"


def _duration_error(text: str) -> str:
    if not text.strip():
        return ""
    try:
        parse_duration(text)
    except ValueError as error:
        return str(error)
    return ""


def _assignment_error(text: str, snapshot: ClusterSnapshot) -> str:
    if not text.strip():
        return ""
    try:
        assignment = parse_assignment(text)
        check_create(CreateTopic("name", assignment=assignment))
    except BadSettings as error:
        return str(error)
    known = {broker.id for broker in snapshot.brokers}
    unknown = sorted({broker for row in assignment for broker in row} - known)
    return f"there is no broker {unknown[0]}" if unknown and snapshot.brokers_loaded else ""


def _configs_error(values: Values) -> str:
    try:
        configs = parse_configs(line for line in values["configs"].splitlines() if line.strip())
    except BadSettings as error:
        return str(error)
    doubled = {MIN_ISR: values["min_isr"], RETENTION: values["retention"]}
    for key, text in doubled.items():
        if key in configs and text.strip():
            return f"{key} has a field of its own above"
    if CLEANUP in configs and values["cleanup"] != BROKERS_DEFAULT:
        return f"{CLEANUP} has a field of its own above"
    return ""
