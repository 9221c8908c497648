"""Asks what a change should be, where that is not clear from the key, and opens its dialog. Each runs in a worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.config_values import ConfigValue
from ktui.adapters.operate.choosing import moves_off, moves_to_factor, not_preferred, replicas_on
from ktui.adapters.operate.configs import ConfigOwner, read_configs
from ktui.adapters.operate.operation import Known
from ktui.adapters.operate.operations.add_partitions import AddPartitions
from ktui.adapters.operate.operations.alter_config import AlterConfig
from ktui.adapters.operate.operations.cancel_reassignment import CancelReassignment
from ktui.adapters.operate.operations.clear_throttle import ClearThrottle
from ktui.adapters.operate.operations.delete_records import DeleteRecords
from ktui.adapters.operate.operations.elect_leaders import ElectLeaders
from ktui.adapters.operate.operations.reassign import Reassign
from ktui.adapters.operate.operations.unregister_broker import UnregisterBroker
from ktui.adapters.tail.times import moment_ms
from ktui.tui.asking import on_feed
from ktui.tui.changes import PATIENCE_S, Opener, show_change
from ktui.tui.group_changes import GROUP_OPENERS
from ktui.tui.present.amounts import parse_bytes
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.edit_config import RESET, EditConfigForm
from ktui.tui.screens.small_forms import (
    OFF_BROKER,
    UP_TO_OFFSET,
    AddPartitionsForm,
    DeleteRecordsForm,
    MoveForm,
    numbers,
)

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster


async def open_change(app: Opener, name: str, chosen: Chosen) -> None:
    """The change of the command with this name, about what was chosen."""
    if not app.desk.newest.brokers_loaded:
        app.say("There is no connection to the cluster yet.")
        return
    await _OPENERS[name](app, chosen)


async def _add_partitions(app: Opener, chosen: Chosen) -> None:
    topic = app.desk.newest.topics.get(chosen.topic or "")
    if topic is None:
        app.say("There is no such topic in this cluster.")
        return
    values = await app.push_screen_wait(AddPartitionsForm(topic))
    if values is not None:
        await show_change(app, AddPartitions(topic.name, int(values["count"])), "More partitions", "Add")


async def _edit_config(app: Opener, chosen: Chosen) -> None:
    owner = _owner(chosen)
    if owner is None:
        app.say("There is nothing here whose settings could be changed.")
        return
    known = await _known_settings(app, owner)
    values = await app.push_screen_wait(EditConfigForm(owner.text, known, chosen.setting))
    if values is None:
        return
    key = values["key"].strip()
    if values["what"] == RESET:
        change = AlterConfig(owner, deletes=(key,))
    else:
        change = AlterConfig(owner, {key: values["value"].strip()})
    await show_change(app, change, "Change a setting", "Change")


def _owner(chosen: Chosen) -> ConfigOwner | None:
    if chosen.broker is not None:
        return ConfigOwner.broker(chosen.broker)
    return None if chosen.topic is None else ConfigOwner.topic(chosen.topic)


async def _known_settings(app: Opener, owner: ConfigOwner) -> Mapping[str, ConfigValue]:
    """With their documentation; nothing when they cannot be read in time: the form opens all the same."""

    async def ask(cluster: Cluster) -> Mapping[str, ConfigValue]:
        return await read_configs(cluster.operator.ground, owner, with_documentation=True)

    try:
        return await asyncio.wait_for(on_feed(app.desk.feed, ask), PATIENCE_S)
    except (AdapterError, TimeoutError):
        return {}


async def _delete_records(app: Opener, chosen: Chosen) -> None:
    if chosen.topic is None:
        app.say("There is no topic here.")
        return
    now_ms = round(time.time() * 1000)
    values = await app.push_screen_wait(DeleteRecordsForm(chosen.topic, now_ms))
    if values is None:
        return
    until, partitions = values["until"].strip(), numbers(values["partitions"]) or None
    if values["what"] == UP_TO_OFFSET:
        change = DeleteRecords(chosen.topic, int(until), partitions=partitions)
    else:
        change = DeleteRecords(chosen.topic, time_ms=moment_ms(until, now_ms), partitions=partitions)
    await show_change(app, change, "Delete the oldest records", "Delete")


async def _elect(app: Opener, chosen: Chosen) -> None:
    """What is marked or under the cursor; else all that another replica leads."""
    partitions = dict(chosen.partitions)
    if not partitions:
        partitions = not_preferred(app.desk.newest, chosen.topics or None)
    if not partitions:
        app.say("All partitions have their preferred leader, where that is in sync.")
        return
    await show_change(app, ElectLeaders(partitions), "Elect preferred leaders", "Elect")


async def _move(app: Opener, chosen: Chosen) -> None:
    topics = chosen.topics or tuple(chosen.partitions)
    values = await app.push_screen_wait(MoveForm(topics if chosen.broker is None else (), chosen.broker))
    if values is None:
        return
    names = tuple(name.strip() for name in values["topics"].split(",") if name.strip())
    number = int(values["number"])
    try:
        if values["how"] == OFF_BROKER:
            moves = moves_off(app.desk.newest, number, names or None)
        else:
            moves = moves_to_factor(app.desk.newest, names, number)
    except AdapterError as error:
        app.say(str(error))
        return
    await show_change(app, Reassign(moves, parse_bytes(values["throttle"])), "Move partitions", "Move")


async def _cancel_move(app: Opener, chosen: Chosen) -> None:
    await show_change(app, CancelReassignment(dict(chosen.partitions)), "Cancel moves", "Stop moving")


async def _clear_throttle(app: Opener, chosen: Chosen) -> None:
    del chosen
    topics = tuple(topic.name for topic in app.desk.newest.topics)
    await show_change(app, ClearThrottle(topics), "Take the throttle off", "Take off")


async def _unregister(app: Opener, chosen: Chosen) -> None:
    if chosen.broker is None:
        app.say("Which broker? :unregister ID")
        return
    known = Known(replicas_on=replicas_on(app.desk.newest))
    await show_change(app, UnregisterBroker(chosen.broker), "Unregister a broker", "Unregister", known)


_OPENERS: Final[dict[str, Callable[[Opener, Chosen], Awaitable[Any]]]] = {
    "add-partitions": _add_partitions,
    "edit-config": _edit_config,
    "delete-records": _delete_records,
    "elect": _elect,
    "move": _move,
    "cancel-move": _cancel_move,
    "clear-throttle": _clear_throttle,
    "unregister": _unregister,
    **GROUP_OPENERS,
}
OPENED: Final = frozenset(_OPENERS)
"""The commands that are opened from here."""
