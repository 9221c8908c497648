"""A throttle taken off that a move has left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ktui.adapters.errors import Refused
from ktui.adapters.kafka.operations import Operation as AclOperation
from ktui.adapters.operate.change import YES, Change, Confirmation, Need, Subject, SubjectKind
from ktui.adapters.operate.extras import extra
from ktui.adapters.operate.moving import running_moves
from ktui.adapters.operate.operation import Course, Operation, Scene
from ktui.adapters.operate.plan import Draft, Outcome, OutcomeState, Plan
from ktui.adapters.operate.throttle import look_at, take_off


@dataclass(frozen=True, slots=True)
class ClearThrottle(Change):
    """What is on these topics and brokers; which brokers is found out while it is planned."""

    topics: tuple[str, ...] = ()
    brokers: tuple[int, ...] = ()


class ClearThrottleOperation(Operation[ClearThrottle]):
    name = "clear-throttle"
    change = ClearThrottle
    done = "changed"

    def subject(self, change: ClearThrottle) -> Subject:
        return Subject(SubjectKind.CLUSTER)

    def needs(self, change: ClearThrottle) -> tuple[Need, ...]:
        return (Need.cluster(AclOperation.ALTER_CONFIGS),)

    def confirmation(self, change: ClearThrottle) -> Confirmation:
        return YES

    def words(self, change: ClearThrottle) -> tuple[str, ...]:
        return ("partition", "reassignments", "--clear-throttle")

    async def plan(self, scene: Scene, change: ClearThrottle) -> Draft:
        seen = await look_at(scene.ground, change.topics)
        if not seen.is_on:
            raise Refused(0, "NOTHING_TO_DO", "Nothing to do: no broker is throttled.")
        running = await extra(running_moves(scene.ground, scene.target.timeout_s), {})
        warnings: list[str] = []
        if running:
            warnings.append(
                f"{len(running)} partitions are still being moved: they go on without a throttle."
            )
        if seen.unread:
            warnings.append(f"Broker {seen.unread[0]} could not be asked.")
        return Draft(
            ClearThrottle(seen.topics, tuple(sorted(seen.brokers))),
            request="IncrementalAlterConfigs: the settings of the throttle deleted",
            undo="Set the same rates again.",
            receiver="each of these brokers; for topics the controller",
            facts=(
                *(
                    f"broker {broker}   {rate:,} bytes a second → none"
                    for broker, rate in sorted(seen.brokers.items())
                ),
                *(f"topic {topic}   throttled replicas → none" for topic in seen.topics),
            ),
            warnings=tuple(warnings),
        )

    def parameters(self, plan: Plan, change: ClearThrottle) -> Mapping[str, object]:
        return {"brokers": list(change.brokers), "topics": list(change.topics)}

    async def apply(self, course: Course, plan: Plan, change: ClearThrottle) -> Outcome:
        course.sent(plan)
        failed = await take_off(course.ground, change.brokers, change.topics, course.timeout_s)
        if failed and len(failed) == len(change.brokers) + len(change.topics):
            raise Refused(0, "NOT_CHANGED", f"The throttle was not taken off: {failed[0]}.")
        if failed:
            text = f"The throttle was taken off, but not from {'; '.join(failed)}."
            return Outcome(OutcomeState.INCOMPLETE, text)
        return Outcome(OutcomeState.DONE, "The throttle was taken off.")
