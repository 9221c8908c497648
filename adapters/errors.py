"""The errors of this package: each has a sentence for people; foreign errors are translated at the border."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Step(StrEnum):
    """How far a connection came."""

    NAME = "name"
    CONNECT = "connect"
    TLS = "TLS"
    SASL = "SASL"
    PROTOCOL = "protocol"
    PERMISSION = "permission"


class AdapterError(Exception):
    """Something outside the process failed in a way that is expected now and then."""

    is_retriable = True


class ConnectFailed(AdapterError):
    """No connection to an address: says which address, at which step, and why."""

    def __init__(self, address: str, step: Step, reason: str) -> None:
        super().__init__(f"{address}: {step}: {reason}")
        self.address = address
        self.step = step
        self.reason = reason


class AdvertisedNameFailed(ConnectFailed):
    """The bootstrap address answered, but a name that the cluster advertises cannot be reached."""

    def __init__(self, failure: ConnectFailed, *, broker: int, bootstrap: str) -> None:
        super().__init__(failure.address, failure.step, failure.reason)
        self.broker = broker
        what = failure.reason if failure.step is Step.NAME else f"cannot be reached: {failure.reason}"
        name = f"the advertised name {failure.address} of broker {broker}"
        self.args = (f"bootstrap {bootstrap} answered, but {name} {what}",)


class NobodyReached(ConnectFailed):
    """No address of several could be reached: each with its step and reason, in one line."""

    def __init__(self, failures: Sequence[ConnectFailed]) -> None:
        first = failures[0]
        super().__init__(", ".join(failure.address for failure in failures), first.step, first.reason)
        self.failures = tuple(failures)
        shown = [str(failure) for failure in failures[:4]]
        if len(failures) > len(shown):
            shown.append(f"and {len(failures) - len(shown)} more")
        self.args = ("no address can be reached: " + "; ".join(shown),)


class NoAnswer(AdapterError):
    """A connected peer did not answer in time, or the connection broke while waiting."""


class ConnectionBroke(NoAnswer):
    """The connection broke after a request was sent: whether it took effect is not known."""


class NotSupported(AdapterError):
    """The server does not know this request or not in any version that we know."""

    is_retriable = False


class Refused(AdapterError):
    """The cluster answered with an error code."""

    def __init__(self, code: int, name: str, message: str | None = None) -> None:
        super().__init__(message or name.replace("_", " ").lower())
        self.code = code
        self.name = name


class NotPermitted(Refused):
    """The principal lacks a right; the text names it as far as it is known."""

    is_retriable = False


class BadAnswer(AdapterError):
    """Bytes that are not what the protocol says."""


class BadSettings(AdapterError):
    """A file, an option or a value that cannot be used: says which and why."""

    is_retriable = False


class WrongCluster(AdapterError):
    """The cluster's id is not the expected one."""

    is_retriable = False


class GuardRefused(AdapterError):
    """A guard of ours refused a change before anything was sent; `guard` is its short name."""

    is_retriable = False

    def __init__(self, guard: str, sentence: str) -> None:
        super().__init__(sentence)
        self.guard = guard


class UnknownOutcome(AdapterError):
    """A change was sent, the connection broke, and whether it took effect could not be established."""

    is_retriable = False
