"""What `ktui broker unregister` does: through the operator, as the console does."""

from __future__ import annotations

from ktui.adapters.once import open_cluster
from ktui.adapters.operate.choosing import replicas_on
from ktui.adapters.operate.operation import Known
from ktui.adapters.operate.operations.unregister_broker import UnregisterBroker
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import carry_out


async def unregister(target: Target, broker_id: int, confirmed: str | None) -> int:
    async with open_cluster(target) as cluster:
        snapshot = await cluster.snapshot()
        known = Known(replicas_on=replicas_on(snapshot))
        return await carry_out(
            cluster.operator, UnregisterBroker(broker_id), known=known, confirmed=confirmed
        )
