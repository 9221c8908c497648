"""ApiVersions (18): which requests a node takes, and which features it and the cluster have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ktui import __version__
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link, VersionRange


@dataclass(frozen=True, slots=True)
class ApiVersions:
    """What a node says of itself, and of the cluster's finalized features."""

    ranges: Mapping[int, VersionRange]
    """By api key."""
    supported_features: Mapping[str, VersionRange] = field(default_factory=dict)
    finalized_features: Mapping[str, int] = field(default_factory=dict)
    """The level of each feature; empty while the epoch is not known, when the levels mean nothing."""
    finalized_epoch: int | None = None
    """In KRaft mode an offset of the metadata log, moved by its idle records too."""
    is_ready_to_migrate: bool = False
    """A controller that is set up to take over from ZooKeeper."""


async def api_versions(link: Link) -> ApiVersions:
    """Ask anew; `link.versions()` is what was told when the connection was made."""
    request = {
        "client_software_name": "kafka-ktui",
        "client_software_version": re.sub(r"[^a-zA-Z0-9.-]", "-", __version__).strip("-."),
    }
    answer = await exchange(link, Api.API_VERSIONS, request)
    check(answer.error_code)
    epoch = getattr(answer, "finalized_features_epoch", -1)
    return ApiVersions(
        {key.api_key: VersionRange(key.min_version, key.max_version) for key in answer.api_keys},
        {
            feature.name: VersionRange(feature.min_version, feature.max_version)
            for feature in getattr(answer, "supported_features", ())
        },
        {feature.name: feature.max_version_level for feature in answer.finalized_features}
        if epoch >= 0
        else {},
        epoch if epoch >= 0 else None,
        getattr(answer, "zk_migration_ready", False),
    )
