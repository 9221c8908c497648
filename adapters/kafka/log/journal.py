"""What one batch touched besides the topics."""

from __future__ import annotations

from dataclasses import dataclass, field

Resource = tuple[str, str]
"""Type and name of what has a configuration."""


@dataclass(slots=True)
class Journal:
    """Filled while a batch is applied."""

    has_new_brokers: bool = False
    has_new_leader: bool = False
    has_new_mode: bool = False
    has_new_defaults: bool = False
    """Whether what applies to every topic may be other than before."""
    features: dict[str, int] = field(default_factory=dict)
    configs: dict[Resource, dict[str, str | None]] = field(default_factory=dict)
    acls_added: list[str] = field(default_factory=list)
    acls_removed: list[str] = field(default_factory=list)
