"""A dead broker forgotten by the controllers (KRaft). A broker that still lives is never unregistered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ktui.adapters.errors import Refused, UnknownOutcome
from ktui.adapters.kafka.asks.describe_cluster import describe_cluster
from ktui.adapters.kafka.asks.unregister_broker import unregister_broker
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.model import Mode
from ktui.adapters.operate.change import Change, Confirmation, Need, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.ground import Answer, Ground
from ktui.adapters.operate.looking import counted
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.sentences import refusal_error


@dataclass(frozen=True, slots=True)
class UnregisterBroker(Change):
    broker: int


class UnregisterBrokerOperation(Operation[UnregisterBroker]):
    name = "unregister-broker"
    change = UnregisterBroker
    done = "unregistered"

    def subject(self, change: UnregisterBroker) -> Subject:
        return Subject(SubjectKind.BROKER, (str(change.broker),))

    def needs(self, change: UnregisterBroker) -> tuple[Need, ...]:
        return (Need.cluster(AclOperation.ALTER),)

    def confirmation(self, change: UnregisterBroker) -> Confirmation:
        return Confirmation.name(str(change.broker))

    def words(self, change: UnregisterBroker) -> tuple[str, ...]:
        return ("broker", "unregister", str(change.broker), "--confirm", str(change.broker))

    def kafka_words(self, change: UnregisterBroker) -> tuple[str, ...]:
        return ("kafka-cluster.sh", "unregister", "--id", str(change.broker))

    async def plan(self, scene: Scene, change: UnregisterBroker) -> Draft:
        await self.recheck(scene.ground, change)
        return Draft(
            change,
            request=f"UnregisterBroker: {change.broker}",
            undo=f"Start broker {change.broker} again: it registers itself.",
            facts=(f"broker {change.broker}   not up   → not registered",),
            warnings=_warnings(change, scene.known.replicas_on.get(change.broker)),
        )

    def parameters(self, plan: Plan, change: UnregisterBroker) -> Mapping[str, object]:
        return {}

    async def recheck(self, ground: Ground, change: UnregisterBroker) -> None:
        """Refused when it is up, or is not registered, as far as that can be told."""
        identity = await ground.identity()
        undone = f"Broker {change.broker} was not unregistered"
        if identity.mode is Mode.ZOOKEEPER:
            text = f"{undone}: with ZooKeeper a broker is registered only as long as it lives."
            raise Refused(Code.UNSUPPORTED_VERSION, "UNSUPPORTED_VERSION", text)
        if change.broker in identity.brokers:
            text = f"{undone}: it is up. Stop it first, after its partitions have been moved off it."
            raise Refused(Code.INVALID_REQUEST, "INVALID_REQUEST", text)
        if await extra(_is_registered(ground, change.broker), None) is False:
            raise Refused(
                Code.BROKER_ID_NOT_REGISTERED, "BROKER_ID_NOT_REGISTERED", f"{undone}: it is not registered."
            )

    async def apply(self, course: Course, plan: Plan, change: UnregisterBroker) -> Outcome:
        course.sent(plan)

        async def send(link: Link) -> Answer:
            told = await unregister_broker(link, change.broker)
            return Answer(told.code, told.code_name, told.message)

        answer, lost = await course.answer(course.ground.answer_at_controller(send, course.timeout_s))
        if answer is not None and answer.code:
            raise refusal_error(
                answer, f"Broker {change.broker} was not unregistered", needs="Alter on Cluster"
            )
        is_registered = await _watch(course, change.broker)
        notes = () if lost is None else (lost,)
        if lost is not None and is_registered is not False:
            raise UnknownOutcome(f"{lost} Whether broker {change.broker} is still registered is not known.")
        if is_registered:
            text = f"The cluster took it, but broker {change.broker} is still registered."
            return Outcome(OutcomeState.INCOMPLETE, text, notes=notes)
        return Outcome(OutcomeState.DONE, f"Unregistered broker {change.broker}.", notes=notes)


async def _is_registered(ground: Ground, broker: int) -> bool | None:
    """None: brokers before 4.0 do not tell of those that are fenced."""
    described = await ground.at_any(describe_cluster)
    if not described.tells_fenced:
        return None
    return any(one.id == broker for one in described.brokers)


async def _watch(course: Course, broker: int) -> bool | None:
    deadline = course.patience.deadline()
    while True:
        is_registered = await extra(_is_registered(course.ground, broker), True)
        if not is_registered or not await course.patience.pause(deadline):
            return is_registered


def _warnings(change: UnregisterBroker, replicas: int | None) -> tuple[str, ...]:
    if replicas:
        return (
            f"{counted(replicas, 'replica')} still named on broker {change.broker}: they stay out of sync until they "
            "are moved to other brokers.",
        )
    return ()
