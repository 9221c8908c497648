"""Asks what a change of a group or of access rules should be, and opens its dialog. Each runs in a worker."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ktui.adapters.access.model import ANY_HOST, CLUSTER_NAME, AclEntry, ResourceKind
from ktui.adapters.operate.operations.create_acls import CreateAcls
from ktui.adapters.operate.operations.delete_acls import DeleteAcls
from ktui.adapters.operate.operations.delete_group import DeleteGroup
from ktui.adapters.operate.operations.delete_group_offsets import DeleteGroupOffsets
from ktui.adapters.operate.operations.reset_offsets import Aim, ResetOffsets, parse_only
from ktui.adapters.tail.times import moment_ms
from ktui.tui.changes import Opener, show_change
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.group_forms import AIMS, ResetForm, RuleForm


async def _reset(app: Opener, chosen: Chosen) -> None:
    if chosen.group is None:
        app.say("There is no group here.")
        return
    now_ms = round(time.time() * 1000)
    values = await app.push_screen_wait(ResetForm(chosen.group, chosen.topic, now_ms))
    if values is None:
        return
    aim, text = AIMS[values["to"]], values["value"].strip()
    value = 0
    if aim is Aim.TIME:
        value = moment_ms(text, now_ms)
    elif aim in (Aim.OFFSET, Aim.SHIFT):
        value = int(text)
    only = tuple(parse_only(part.strip()) for part in values["topics"].split(";") if part.strip())
    await show_change(app, ResetOffsets(chosen.group, aim, value, only), "Set offsets", "Set")


async def _delete_group(app: Opener, chosen: Chosen) -> None:
    if chosen.group is None:
        app.say("There is no group here.")
        return
    await show_change(app, DeleteGroup(chosen.group), "Delete a group", "Delete")


async def _delete_offsets(app: Opener, chosen: Chosen) -> None:
    """On the topic under the cursor."""
    if chosen.group is None or chosen.topic is None:
        app.say("There is no topic of a group here.")
        return
    change = DeleteGroupOffsets(chosen.group, (chosen.topic,))
    await show_change(app, change, f"Delete the offsets on {chosen.topic}", "Delete")


async def _add_rule(app: Opener, chosen: Chosen) -> None:
    values = await app.push_screen_wait(RuleForm(chosen.topic))
    if values is None:
        return
    is_cluster = values["kind"] == ResourceKind.CLUSTER
    entry = AclEntry(
        values["principal"].strip(),
        values["kind"],
        CLUSTER_NAME if is_cluster else values["name"].strip(),
        values["pattern"],
        values["operation"],
        values["permission"],
        values["host"].strip() or ANY_HOST,
    )
    await show_change(app, CreateAcls((entry,)), "Make an access rule", "Make")


async def _delete_rule(app: Opener, chosen: Chosen) -> None:
    if chosen.rule is None:
        app.say("There is no rule here.")
        return
    await show_change(app, DeleteAcls((chosen.rule,)), "Delete an access rule", "Delete")


GROUP_OPENERS: Final[dict[str, Callable[[Opener, Chosen], Awaitable[Any]]]] = {
    "reset-offsets": _reset,
    "delete-group": _delete_group,
    "delete-offsets": _delete_offsets,
    "add-rule": _add_rule,
    "delete-rule": _delete_rule,
}
