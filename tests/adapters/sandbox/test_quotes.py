"""The lines of a log that say why."""

from __future__ import annotations

from pathlib import Path

from ktui.adapters.sandbox.quotes import quote, size_of, written

LOG = """\
INFO starting
ERROR Exiting Kafka due to fatal exception
org.apache.kafka.common.config.ConfigException: Invalid value x
\tat org.apache.kafka.Foo.bar(Foo.java:1)
\t... 12 more
INFO shutting down
"""


def test_errors_are_quoted_without_their_stacks(tmp_path: Path) -> None:
    log = tmp_path / "broker-1.log"
    log.write_text(LOG)
    lines = quote(log).splitlines()
    assert [line.strip() for line in lines if line] == [
        "ERROR Exiting Kafka due to fatal exception",
        "org.apache.kafka.common.config.ConfigException: Invalid value x",
        f"(all of it: {log})",
    ]


def test_without_errors_the_end_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(50)))
    assert "line 49" in quote(log)
    assert "line 39" not in quote(log)


def test_what_an_earlier_start_wrote_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("ERROR of yesterday\n")
    since = size_of(log)
    with log.open("a") as file:
        file.write("ERROR of today\n")
    assert "yesterday" not in quote(log, since)
    assert written(log, since) == "ERROR of today\n"


def test_no_log_is_no_text(tmp_path: Path) -> None:
    assert written(tmp_path / "none") == ""
    assert size_of(tmp_path / "none") == 0
