"""The jars: fetched once, checked always, from where the user says."""

from __future__ import annotations

import gc
import hashlib
import http.server
import multiprocessing
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ktui.adapters.sandbox import jars, locked_jars
from ktui.adapters.sandbox.errors import ExtraMissing, SandboxError
from ktui.adapters.sandbox.locked_jars import RELEASES, LockedJar
from ktui.adapters.sandbox.locked_jars import locked_jars as jars_of

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _without_leftovers() -> Iterator[None]:
    """The resolver leaves responses open: they end here, where that is known, and not in somebody else's test."""
    yield
    gc.collect()


CONTENT = {name: f"jar {name}".encode() * 1000 for name in ("a", "b", "c")}
JARS = tuple(
    LockedJar("org.example", name, "1.0", hashlib.sha256(content).hexdigest())
    for name, content in CONTENT.items()
)


@dataclass
class Repository:
    """A Maven repository on this machine."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    content: dict[str, bytes] = field(default_factory=lambda: dict(CONTENT))

    @property
    def asked_for_jars(self) -> list[str]:
        return [path for path in self.asked if path.endswith(".jar")]


@pytest.fixture
def repository() -> Iterator[Repository]:
    found = Repository()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            content = found.content.get(self.path.split("/")[-3]) if self.path.endswith(".jar") else None
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings of the resolver name the repository."""
    file = tmp_path / "jgo.conf"
    file.write_text(f"[repositories]\ncentral = {repository.url}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(file))
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(jars, "locked_jars", lambda release: JARS)
    monkeypatch.setattr(jars, "_PAUSES_S", (0.0, 0.0))
    return file


@pytest.mark.usefixtures("settings")
def test_fetched_once_checked_and_found_without_the_network(repository: Repository) -> None:
    said: list[str] = []
    paths = jars.class_path("kafka", said.append)
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())
    assert len(repository.asked_for_jars) == 3
    assert said[0] == "fetching kafka: 3 jars"
    assert said[-1].startswith("kafka is complete and checked")
    assert not [path for path in jars.cache_folder().iterdir() if path.name.startswith(".incoming")]
    repository.content.clear()
    assert jars.class_path("kafka", said.append) == paths


@pytest.mark.usefixtures("settings")
def test_a_changed_file_is_fetched_again(repository: Repository) -> None:
    first, *_ = jars.class_path("kafka", lambda _: None)
    first.write_bytes(b"spoiled")
    jars.class_path("kafka", lambda _: None)
    assert first.read_bytes() == CONTENT["a"]
    assert len(repository.asked_for_jars) == 4


@pytest.mark.usefixtures("settings")
def test_what_is_not_in_the_lock_file_never_reaches_the_cache(repository: Repository) -> None:
    repository.content["b"] = b"something else"
    with pytest.raises(SandboxError, match=r"org\.example:b:1\.0 could not be fetched: .*sha256 differs"):
        jars.class_path("kafka", lambda _: None)
    assert not (jars.cache_folder() / JARS[1].path).exists()


@pytest.mark.usefixtures("settings")
def test_a_repository_without_the_jar_is_one_sentence(repository: Repository) -> None:
    del repository.content["c"]
    with pytest.raises(
        SandboxError, match=r"org\.example:c:1\.0 could not be fetched: .*not found"
    ) as caught:
        jars.class_path("kafka", lambda _: None)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("settings")
def test_the_users_maven_folder_is_looked_into_first(repository: Repository, tmp_path: Path) -> None:
    for jar, content in zip(JARS, CONTENT.values(), strict=True):
        path = tmp_path / "m2" / jar.path
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    (tmp_path / "m2" / JARS[0].path).write_bytes(b"spoiled")
    paths = jars.class_path("kafka", lambda _: None)
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())
    assert [path for path in repository.asked_for_jars if "/b/" in path or "/c/" in path] == []


def test_two_processes_at_once_fetch_once(
    repository: Repository, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=jars.class_path, args=("kafka", len)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert len(repository.asked_for_jars) == 3


@pytest.mark.usefixtures("settings")
def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'kafka-ktui\[sandbox\]'"):
        jars.class_path("kafka", lambda _: None)


@pytest.mark.parametrize("release", RELEASES.values())
def test_the_lock_files_name_whole_releases(release: str) -> None:
    found = jars_of(release)
    version = release.removeprefix("kafka-")
    assert f"org.apache.kafka:kafka_2.13:{version}" in {jar.coordinate for jar in found}
    assert all(len(jar.sha256) == 64 for jar in found)
    assert len({jar.path for jar in found}) == len(found) >= 45
    assert any("slf4j-simple" in str(jar.path) or "slf4j-reload4j" in str(jar.path) for jar in found)


def test_lock_files_name_no_registry() -> None:
    for file in (Path(locked_jars.__file__).parent / "locks").iterdir():
        assert "://" not in file.read_text()
