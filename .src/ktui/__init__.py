"""A terminal console for Apache Kafka clusters of both kinds: ZooKeeper and KRaft."""

__version__ = "0.1.0"
