"""Where the picture comes from, where it is not the brokers alone."""

from __future__ import annotations

from typing import Final

from ktui.adapters.events import SourceName
from ktui.adapters.model import ClusterSnapshot

METADATA_LOG: Final = "metadata log"
"""The fault of it."""
FOLLOWED: Final = "the metadata log (needs ClusterAction: its holder can act as anyone)"
ASKED: Final = "brokers, asked again and again: the metadata log cannot be read"


def told_by(snapshot: ClusterSnapshot) -> str | None:
    """In words; None: nobody wants the metadata log."""
    if any(fault.what == METADATA_LOG for fault in snapshot.faults):
        return ASKED
    return FOLLOWED if SourceName.METADATA_LOG in snapshot.sources else None
