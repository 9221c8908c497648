"""What `ktui config get` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ktui.adapters.errors import Refused
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue, ResourceType
from ktui.adapters.once import open_cluster
from ktui.adapters.operate.configs import SECRET, ConfigOwner, read_configs
from ktui.adapters.operate.looking import topic_there
from ktui.adapters.operate.sentences import INVALID_CONFIG
from ktui.adapters.target import Target
from ktui.tui.cli.carrying_out import say, say_all
from ktui.tui.cli.exits import Exit
from ktui.tui.cli.text_table import table_lines
from ktui.tui.present.sanitise import safe


async def get(
    target: Target,
    owner: ConfigOwner,
    keys: Sequence[str],
    *,
    is_all: bool,
    is_documented: bool,
    as_json: bool,
) -> int:
    async with open_cluster(target) as cluster:
        await cluster.snapshot()
        ground = cluster.operator.ground
        if owner.kind is ResourceType.TOPIC:
            await topic_there(ground, owner.name)
        values = await read_configs(ground, owner, with_documentation=is_documented)
    chosen = [value for value in values.values() if _is_asked(value, owner, keys, is_all=is_all)]
    missing = [key for key in keys if key not in values]
    if missing:
        raise Refused(INVALID_CONFIG, "INVALID_CONFIG", f"{owner.text} has no setting {missing[0]}.")
    if as_json:
        entries = [_entry(value, is_documented=is_documented) for value in chosen]
        say(json.dumps({"configs": entries}, ensure_ascii=False))
        return Exit.DONE
    if not chosen:
        say(f"Nothing is set on {owner.text}; --all shows what is in force.")
        return Exit.DONE
    titles = ("NAME", "VALUE", "SOURCE", *(("DOCUMENTATION",) if is_documented else ()))
    say_all(list(table_lines(titles, [_row(value, is_documented=is_documented) for value in chosen])))
    return Exit.DONE


def _is_asked(value: ConfigValue, owner: ConfigOwner, keys: Sequence[str], *, is_all: bool) -> bool:
    if keys:
        return value.name in keys
    if is_all:
        return True
    if value.source is owner.own_source:
        return True
    is_whole_broker = owner.own_source is ConfigSource.BROKER
    return is_whole_broker and value.source in (ConfigSource.BROKER_DEFAULT, ConfigSource.STATIC)


def _entry(value: ConfigValue, *, is_documented: bool) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": value.name,
        "value": None if value.is_sensitive else value.value,
        "source": value.source.value,
        "sensitive": value.is_sensitive,
        "read_only": value.is_read_only,
    }
    return entry | ({"documentation": value.documentation} if is_documented else {})


def _row(value: ConfigValue, *, is_documented: bool) -> tuple[str, ...]:
    text = SECRET if value.is_sensitive else safe(value.value or "")
    row = (safe(value.name), text, value.source.value)
    return (*row, safe(" ".join((value.documentation or "").split()))) if is_documented else row
