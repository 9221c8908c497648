"""Brokers and controllers: connections, requests, and the source that polls them."""
