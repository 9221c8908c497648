from __future__ import annotations

from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigType, ConfigValue
from ktui.tui.present.settings_help import about

KNOWN = {
    value.name: value
    for value in (
        ConfigValue(
            "retention.ms",
            "5",
            ConfigSource.TOPIC,
            False,
            False,
            ConfigType.LONG,
            "How <b>long</b>\x1b to  keep.",
        ),
        ConfigValue("retention.bytes", None, ConfigSource.DEFAULT, False, False),
        ConfigValue("a.password", "x", ConfigSource.STATIC, True, False, ConfigType.PASSWORD, "Secret."),
    )
}


def test_a_known_setting_with_its_value_type_and_the_brokers_words() -> None:
    assert about("retention.ms", KNOWN) == "retention.ms is 5 (topic), a long. How long\\x1b to keep."
    assert about("retention.bytes", KNOWN) == "retention.bytes is (none) (default)."
    assert about("a.password", KNOWN) == "a.password is *** (static), a password. Secret."


def test_the_names_that_begin_so() -> None:
    assert about("ret", KNOWN) == "retention.ms, retention.bytes"
    assert about("zzz", KNOWN) == "No setting begins with zzz."
    assert about("", KNOWN) == ""
    assert about("zzz", {}) == ""
