"""Fetches a broker's counters over HTTP, in a thread that may hang without anybody noticing."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from ktui.adapters.daemon_thread import start
from ktui.adapters.errors import AdapterError, BadAnswer, BadSettings, NoAnswer
from ktui.adapters.rates.exact import Counters
from ktui.adapters.rates.metrics_text import jolokia_request, parse_jolokia, parse_prometheus

TIMEOUT_S: Final = 4.0
MOST_BYTES: Final = 30_000_000


def check_url(url: str) -> None:
    """BadSettings for an address that cannot be asked."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSettings(f"metrics address {url}: needed is http://HOST:PORT/… or https://HOST:PORT/…")


class CountersAt:
    """One address. A question that is not answered in time goes on in its thread, and no second one is begun."""

    def __init__(self, url: str) -> None:
        """BadSettings. An address with /jolokia in it is asked as Jolokia, others for text."""
        check_url(url)
        self._url = url
        self._open: asyncio.Future[Counters | Exception] | None = None

    async def fetch(self, *, timeout_s: float = TIMEOUT_S) -> Counters:
        """NoAnswer, BadAnswer."""
        if self._open is None:
            self._open = start(lambda: _read(self._url), f"metrics of {self._url}")
        await asyncio.wait([self._open], timeout=timeout_s)
        if not self._open.done():
            raise NoAnswer(f"{self._url}: no answer within {timeout_s:g} s")
        outcome, self._open = self._open.result(), None
        if isinstance(outcome, AdapterError):
            raise outcome
        if isinstance(outcome, Exception):
            raise NoAnswer(f"{self._url}: {_reason(outcome)}") from outcome
        return outcome


def _read(url: str) -> Counters:
    is_jolokia = "/jolokia" in urlsplit(url).path
    request = urllib.request.Request(
        url, headers={"Accept": "application/json" if is_jolokia else "text/plain"}
    )
    if is_jolokia:
        request.data = jolokia_request()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT_S) as answer:
            data = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        with error:
            raise NoAnswer(f"{url}: HTTP {error.code} {error.reason}") from None
    if len(data) > MOST_BYTES:
        raise BadAnswer(f"{url}: the answer is larger than {MOST_BYTES // 1_000_000} MB")
    text = data.decode(errors="replace")
    try:
        counters = parse_jolokia(text) if is_jolokia else parse_prometheus(text.splitlines())
    except ValueError as error:
        raise BadAnswer(f"{url}: {error}") from error
    if counters == Counters():
        raise BadAnswer(f"{url}: tells neither bytes in and out nor how idle the request handlers are")
    return counters


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Another place than the one that was named is not asked."""

    def redirect_request(self, *arguments: object, **named: object) -> None:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
