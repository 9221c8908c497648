"""One kind of change, from what is asked to what became of it: the base of everything in `operations/`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, TypeVar

from ktui.adapters.errors import BadAnswer, ConnectionBroke, NotSupported
from ktui.adapters.operate.change import NO_CONFIRMATION, Change, Confirmation, Need, Subject
from ktui.adapters.operate.ground import Answer, Ground, Identity
from ktui.adapters.operate.plan import Draft, Outcome, Plan, Progress, Stage
from ktui.adapters.operate.sentences import REQUEST_TIMED_OUT
from ktui.adapters.operate.watch import Patience
from ktui.adapters.target import Target

SERVER_SHARE: Final = 0.6
"""Of the time for a request, what the server may wait: its answer must come before we give up."""
C = TypeVar("C", bound=Change)
T = TypeVar("T")
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Known:
    """What whoever asks for a plan knows already, so that the cluster need not be asked."""

    topic_names: Iterable[str] = ()
    replicas_on: Mapping[int, int] = field(default_factory=dict)
    """Replicas by broker."""


NOTHING_KNOWN: Final = Known()


@dataclass(frozen=True, slots=True)
class Scene:
    """What planning works with. It asks only; nothing is sent that changes anything."""

    ground: Ground
    target: Target
    identity: Identity
    known: Known = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Course:
    """What applying needs besides the plan."""

    ground: Ground
    patience: Patience
    timeout_s: float
    """For the request itself."""
    report: Report

    def sent(self, plan: Plan) -> None:
        self.report(Progress(Stage.SENT, f"Sent to {plan.receiver}."))

    def waiting(self, sentence: str) -> None:
        self.report(Progress(Stage.WAITING, sentence))

    async def answer(self, sending: Awaitable[Answer]) -> tuple[Answer | None, str | None]:
        """The answer, or why there is none although the request was sent."""
        answer, lost = await self.told(sending)
        if answer is not None and answer.code == REQUEST_TIMED_OUT:
            return None, self._lost("The controller did not finish in the time it was given.")
        return answer, lost

    async def told(self, sending: Awaitable[T]) -> tuple[T | None, str | None]:
        """The same for an answer of any kind."""
        try:
            return await sending, None
        except (ConnectionBroke, BadAnswer) as error:
            return None, self._lost(f"The connection was lost before the answer came ({error}).")

    def _lost(self, sentence: str) -> str:
        self.report(Progress(Stage.LOST, f"{sentence} Unknown so far; checking."))
        return sentence


class Operation(ABC, Generic[C]):
    """Stateless; one object of each stands in the registry.

    An operation says what it is about, which rights it needs and what must be typed. Whether it may be made is
    decided by the gate alone (`Operator`), which also writes the audit: no operation can leave that out.
    """

    name: ClassVar[str]
    """In the audit and in the registry: `delete-topic`."""
    change: ClassVar[type[Change]]
    """The type of its changes."""
    done: ClassVar[str]
    """What was not done when it is refused: `deleted`."""
    spares_internal: ClassVar[bool] = True
    """Whether topics of Kafka's own are left alone by it."""

    def check(self, change: C) -> None:
        """BadSettings for a value that cannot be used, before anybody is asked."""
        del change

    @abstractmethod
    def subject(self, change: C) -> Subject: ...

    @abstractmethod
    def needs(self, change: C) -> tuple[Need, ...]:
        """Rights without which the cluster refuses it."""

    def confirmation(self, change: C) -> Confirmation:
        """What must be typed; nothing, unless a kind of change says otherwise."""
        del change
        return NO_CONFIRMATION

    @abstractmethod
    def words(self, change: C) -> tuple[str, ...]:
        """The `ktui` command that asks for the same, without `ktui` and the connection."""

    def kafka_words(self, change: C) -> tuple[str, ...]:
        """The command of Kafka's own tools, its program first; empty where they have none."""
        del change
        return ()

    @abstractmethod
    async def plan(self, scene: Scene, change: C) -> Draft:
        """Think it through. Refused when the cluster would refuse it anyway."""

    @abstractmethod
    def parameters(self, plan: Plan, change: C) -> Mapping[str, object]:
        """What the audit says of it; never a secret."""

    async def recheck(self, ground: Ground, change: C) -> None:
        """The last look before it is sent; Refused when it has become impossible."""

    async def validate(self, ground: Ground, change: C, timeout_s: float) -> Answer:
        """A dry run at the controller."""
        raise NotSupported(f"{self.name} cannot be tried without being done.")

    @abstractmethod
    async def apply(self, course: Course, plan: Plan, change: C) -> Outcome:
        """Send it and look until it has taken effect.

        Refused when the cluster said no; UnknownOutcome when it cannot be found out; any other AdapterError: not sent.
        """
