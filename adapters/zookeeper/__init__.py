"""ZooKeeper, read only: session, decoding of znodes, and the source of metadata of ZooKeeper-mode clusters."""
