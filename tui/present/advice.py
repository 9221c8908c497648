"""What to try when a connection fails at a step."""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import Step

ADVICE: Final = {
    Step.NAME: "check the name, or the name server of this machine",
    Step.CONNECT: "check the port, the firewall, and that the broker runs",
    Step.TLS: "check security.protocol and the trusted certificates (ssl.truststore.*, PEM)",
    Step.PROTOCOL: "check that this is a Kafka listener, and security.protocol",
    Step.SASL: "check sasl.mechanism, the name and the password",
    Step.PERMISSION: "ask for the right that is named",
}
