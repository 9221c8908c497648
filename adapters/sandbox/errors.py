"""The errors of the sandbox; each is a sentence for people, some with lines of a log below it."""

from __future__ import annotations

from ktui.adapters.errors import AdapterError


class SandboxError(AdapterError):
    """A sandbox could not do what was asked."""

    is_retriable = False


class ExtraMissing(SandboxError):
    """A package of the extra `sandbox` is needed and not installed."""

    def __init__(self, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs the extra packages: pip install 'kafka-ktui[sandbox]'")


class NodeFailed(SandboxError):
    """A node ended, or does not serve; carries the part of its log that says why."""

    def __init__(self, name: str, what: str, *, quote: str, is_port_taken: bool = False) -> None:
        super().__init__(f"{name} {what}{quote}")
        self.name = name
        self.is_port_taken = is_port_taken
