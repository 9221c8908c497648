"""What `ktui config set` and `delete` do: through the operator, as the console does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ktui.adapters.once import open_cluster
from ktui.adapters.operate.configs import ConfigOwner
from ktui.adapters.operate.operations.alter_config import AlterConfig
from ktui.adapters.operate.spec import parse_configs
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import carry_out, validate


def sets_of(pairs: Sequence[str]) -> Mapping[str, str]:
    """BadSettings names the pair that is wrong."""
    return parse_configs(pairs)


async def change_config(
    target: Target, owner: ConfigOwner, sets: Mapping[str, str], deletes: Sequence[str], *, is_dry_run: bool
) -> int:
    change = AlterConfig(owner, sets, tuple(deletes))
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        if is_dry_run:
            return await validate(cluster.operator, change, could=f"{owner.text} could be changed so")
        return await carry_out(cluster.operator, change)
