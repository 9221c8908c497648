"""Instants as clock times, local or UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Times:
    """How instants (seconds since the epoch) are written."""

    is_utc: bool = False
    zone: tzinfo | None = None
    """The local zone; None: this machine's."""

    def toggled(self) -> Times:
        return replace(self, is_utc=not self.is_utc)

    @property
    def name(self) -> str:
        return "UTC" if self.is_utc else "local time"

    def moment(self, at: float) -> datetime:
        if self.is_utc:
            return datetime.fromtimestamp(at, UTC)
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def short(self, at: float, now: float) -> str:
        """At most eight cells: `13:58:29` today, `Nov 12` this year, `2024-11` before."""
        moment, today = self.moment(at), self.moment(now)
        if moment.date() == today.date():
            return f"{moment:%H:%M:%S}"
        return f"{moment:%b %d}" if moment.year == today.year else f"{moment:%Y-%m}"

    def clock(self, at: float) -> str:
        """`13:58:29`, with a Z in UTC."""
        return f"{self.moment(at):%H:%M:%S}{'Z' if self.is_utc else ''}"

    def exact(self, at: float, now: float) -> str:
        """At most twelve cells: `13:58:29.002` today, `Nov 12 13:58` this year, `2024-11-12` before."""
        moment, today = self.moment(at), self.moment(now)
        if moment.date() == today.date():
            return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03}"
        return f"{moment:%b %d %H:%M}" if moment.year == today.year else f"{moment:%Y-%m-%d}"

    def full(self, at: float) -> str:
        """`2026-11-23 13:58:29 CET`."""
        return f"{self.moment(at):%Y-%m-%d %H:%M:%S %Z}"
