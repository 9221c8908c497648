"""Opens the form of a new topic and the dialog of a deletion, and shows what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from textual.screen import Screen

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.config_values import ConfigValue
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.configs import ConfigOwner, read_configs
from ktui.adapters.operate.definition import newest_definition
from ktui.adapters.operate.ground import Defaults
from ktui.adapters.operate.operation import NOTHING_KNOWN, Known
from ktui.adapters.operate.operations.delete_topics import MOST as MOST_DELETED
from ktui.adapters.operate.operations.delete_topics import DeleteTopics
from ktui.adapters.operate.operator import Paths
from ktui.adapters.operate.registry import operation_of
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.screens.change_dialog import ChangeDialog
from ktui.tui.screens.create_topic import CreateTopicForm, Model
from ktui.tui.screens.delete_topic import DeleteTopicDialog
from ktui.tui.screens.messages import Go, TopicGone
from ktui.tui.screens.produce import ProduceForm
from ktui.tui.screens.unlock import UnlockDialog

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

PATIENCE_S: Final = 3.0
"""For what the form would like to know before it opens."""
LOOK_S: Final = 0.05


class Opener(Protocol):
    """What is needed of the application."""

    @property
    def desk(self) -> Desk: ...

    async def push_screen_wait(self, screen: Screen[Any]) -> Any: ...
    def say(self, sentence: str) -> None: ...
    def remark(self, sentence: str) -> None: ...
    def show_header(self) -> None: ...
    def show_keys(self) -> None: ...
    def post_message(self, message: Any) -> bool: ...


async def show_change(
    app: Opener, change: Change, title: str, action: str, known: Known = NOTHING_KNOWN
) -> None:
    """The dialog of a change, unless it cannot be thought of at all. Runs in a worker."""
    try:
        operation_of(change).check(change)
    except AdapterError as error:
        app.say(str(error))
        return
    await app.push_screen_wait(ChangeDialog(app.desk, change, title, action=action, known=known))


async def create(app: Opener, name: str, like: str | None, *, again: CreateTopic | None = None) -> None:
    """Ask for what is offered as values, show the form, then the topic. Runs in a worker."""
    desk = app.desk
    if not desk.newest.brokers_loaded:
        app.say("There is no connection to the cluster yet.")
        return
    defaults, model, known = await asyncio.gather(_defaults(desk), _model(desk, like), _settings(desk))
    form = CreateTopicForm(desk, defaults, name=name, like=model, again=again, known=known)
    sent = await app.push_screen_wait(form)
    if sent is None or form.outcome is None:
        return
    created = sent["name"].strip()
    desk.feed.refresh()
    app.say(" ".join((form.outcome.sentence, *form.outcome.notes)))
    await _seen(desk, created)
    app.post_message(Go(Place(ScreenName.TOPIC, created)))


async def _seen(desk: Desk, name: str) -> None:
    """Wait until the topic is in the picture, but not for long."""
    looks = int(PATIENCE_S / LOOK_S)
    for _ in range(looks):
        if desk.newest.topics.get(name) is not None:
            return
        await asyncio.sleep(LOOK_S)


async def produce(app: Opener, topic: str) -> None:
    """Show the form, then where the record landed. Runs in a worker."""
    desk = app.desk
    if desk.newest.is_loaded and desk.newest.topics.get(topic) is None:
        app.say(f"There is no topic {topic} in this cluster.")
        return
    form = ProduceForm(desk, topic)
    if await app.push_screen_wait(form) is not None:
        app.say(form.sentence)


async def delete(app: Opener, names: tuple[str, ...]) -> None:
    """Show the dialog of one topic, or of several. Runs in a worker."""
    if len(names) > 1:
        await _delete_several(app, names)
        return
    desk, (name,) = app.desk, names
    if desk.newest.is_loaded and desk.newest.topics.get(name) is None:
        app.say(f"There is no topic {name} in this cluster.")
        return
    dialog = DeleteTopicDialog(desk, name)
    await app.push_screen_wait(dialog)
    if dialog.is_done:
        app.post_message(TopicGone(name))


async def _delete_several(app: Opener, names: tuple[str, ...]) -> None:
    change = DeleteTopics(tuple(DeleteTopic(name) for name in names))
    if len(names) > MOST_DELETED:
        app.say(f"{len(names)} topics are marked; at most {MOST_DELETED} are deleted at once.")
        return
    dialog = ChangeDialog(app.desk, change, f"Delete {len(names)} topics", action="Delete them all")
    await app.push_screen_wait(dialog)
    if dialog.is_done:
        for name in names:
            app.post_message(TopicGone(name))


async def recreate(app: Opener, name: str) -> None:
    """The form of a new topic with the values of one that was deleted here. Runs in a worker."""
    folder = Paths().definitions
    found = await asyncio.to_thread(newest_definition, folder, name or None, app.desk.newest.cluster_id)
    if found is None:
        app.say(f"There is no saved definition of {name or 'a topic of this cluster'} in {folder}.")
        return
    await create(app, found.name, None, again=found)


async def turn_lock(app: Opener) -> None:
    """Lock at once, or unlock behind a typed name. Runs in a worker."""
    settings = app.desk.settings
    if not settings.lock.is_locked:
        settings.lock.lock()
        app.remark("Changes are locked.")
    elif await app.push_screen_wait(UnlockDialog(settings.lock, settings.name, settings.environment)):
        app.remark("Changes are unlocked for a while; L locks them again.")
    app.show_header()
    app.show_keys()


async def _defaults(desk: Desk) -> Defaults:
    try:
        return await asyncio.wait_for(on_feed(desk.feed, _ask_defaults), PATIENCE_S)
    except (AdapterError, TimeoutError):
        return Defaults()


async def _settings(desk: Desk) -> Mapping[str, ConfigValue]:
    """What a topic can be set to, with the broker's words: read of any topic, for all have the same."""
    topic = next(iter(desk.newest.topics), None)
    if topic is None:
        return {}
    owner = ConfigOwner.topic(topic.name)

    async def ask(cluster: Cluster) -> Mapping[str, ConfigValue]:
        return await read_configs(cluster.operator.ground, owner, with_documentation=True)

    try:
        return await asyncio.wait_for(on_feed(desk.feed, ask), PATIENCE_S)
    except (AdapterError, TimeoutError):
        return {}


async def _ask_defaults(cluster: Cluster) -> Defaults:
    return await cluster.operator.defaults()


async def _model(desk: Desk, like: str | None) -> Model | None:
    topic = None if like is None else desk.newest.topics.get(like)
    if topic is None:
        return None
    from ktui.adapters.kafka.topic_details import fetch_topic_details

    try:
        details = await asyncio.wait_for(
            on_feed(
                desk.feed, lambda cluster: fetch_topic_details(cluster.pool, topic, timeout_s=PATIENCE_S)
            ),
            PATIENCE_S + 0.5,
        )
    except (AdapterError, TimeoutError):
        return Model(topic)
    overrides: Mapping[str, str] = {
        value.name: value.value
        for value in details.overrides
        if value.value is not None and not value.is_sensitive
    }
    return Model(topic, overrides)
