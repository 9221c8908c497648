"""UnregisterBroker (64, KRaft): the controllers forget a broker."""

from __future__ import annotations

from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.link import Link


async def unregister_broker(link: Link, broker_id: int) -> Told:
    """NotSupported by brokers that keep their metadata in ZooKeeper."""
    return Told.by(await exchange(link, Api.UNREGISTER_BROKER, {"broker_id": broker_id}))
