"""What a broker says of a setting, for forms in which it is typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ktui.tui.present.sanitise import safe

if TYPE_CHECKING:
    from ktui.adapters.kafka.asks.config_values import ConfigValue

_TAG: Final = re.compile(r"<[^>]{1,200}>")
_MOST: Final = 300
_MOST_NAMES: Final = 6
Known = Mapping[str, "ConfigValue"]


def about(key: str, known: Known) -> str:
    """Its value of now, its type and the broker's words; or the names that begin so; empty where nothing is known."""
    value = known.get(key)
    if value is None:
        near = [name for name in known if key and name.startswith(key)]
        if not near:
            return f"No setting begins with {safe(key)}." if key and known else ""
        more = ", …" if len(near) > _MOST_NAMES else ""
        return f"{', '.join(map(safe, near[:_MOST_NAMES]))}{more}"
    now = "***" if value.is_sensitive else safe(value.value or "(none)")
    kind = f", a {value.type.value}" if value.type is not None else ""
    words = safe(" ".join(_TAG.sub("", value.documentation or "").split()))
    return f"{safe(key)} is {now} ({value.source.value}){kind}. {words[:_MOST]}".strip()
