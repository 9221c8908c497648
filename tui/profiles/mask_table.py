"""The tables `masks` and `key_masks` of a profile: what of which topics must not be seen."""

from __future__ import annotations

from collections.abc import Iterator

from ktui.adapters.serde.masking import MaskRule
from ktui.adapters.serde.shapes import Part
from ktui.tui.profiles.values import Table


def mask_rules(profile: Table) -> tuple[MaskRule, ...]:
    """By pattern of a topic: true for the whole, or a list of paths such as `.card.number`. BadSettings."""
    return (*_rules(profile, "masks", Part.VALUE), *_rules(profile, "key_masks", Part.KEY))


def _rules(profile: Table, name: str, part: Part) -> Iterator[MaskRule]:
    table = profile.table_of(name)
    for topic, what in table.values.items() if table is not None else ():
        if what is True:
            yield MaskRule(topic, None, part)
        elif isinstance(what, list) and what and all(isinstance(path, str) and path for path in what):
            yield from (MaskRule(topic, path, part) for path in what)
        elif table is not None:
            raise table.bad(topic, 'must be true, or a list of paths such as [".card.number"]')
