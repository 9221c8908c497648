"""Counters over HTTP: what answers, what does not, and what is something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ktui.adapters.errors import BadAnswer, BadSettings, NoAnswer
from ktui.adapters.kafka.exact_rates import CountersAt
from tests.adapters.rates.test_metrics_text import STRIMZI


class Handler(BaseHTTPRequestHandler):
    """By path; `hold` keeps an answer back."""

    hold = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/hangs":
            self.hold.wait(20)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        status = {"/metrics": 200, "/empty": 200, "/hangs": 200}.get(self.path, 404)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(STRIMZI.encode() if self.path == "/metrics" else b"# nothing\n")

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": 403}')

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def place() -> Iterator[str]:
    Handler.hold.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    Handler.hold.set()
    server.shutdown()
    server.server_close()


async def test_counters_are_fetched(place: str) -> None:
    counters = await CountersAt(f"{place}/metrics").fetch()
    assert counters.topic_bytes_in["orders"] == 1000
    assert counters.handler_idle == 0.97


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("/missing", NoAnswer, "HTTP 404"),
        ("/moved", NoAnswer, "HTTP 302"),
        ("/empty", BadAnswer, "tells neither"),
        ("/jolokia", BadAnswer, "not an answer of Jolokia"),
    ],
)
async def test_other_answers_are_errors_with_a_sentence(
    place: str, path: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await CountersAt(place + path).fetch()


async def test_nobody_there() -> None:
    with pytest.raises(NoAnswer, match="refused"):
        await CountersAt("http://127.0.0.1:1/metrics").fetch()


async def test_a_silent_address_holds_nobody_and_is_not_asked_twice(place: str) -> None:
    counters = CountersAt(f"{place}/hangs")
    before = threading.active_count()
    for _ in range(3):
        with pytest.raises(NoAnswer, match=r"within 0\.05 s"):
            await counters.fetch(timeout_s=0.05)
    assert threading.active_count() <= before + 2
    Handler.hold.set()
    with pytest.raises(BadAnswer):
        await counters.fetch()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/metrics", "host:9090", "http:///metrics", ""]
)
def test_addresses_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(BadSettings, match="needed is http"):
        CountersAt(url)
