"""Everything outside the process: Kafka, ZooKeeper, the sandbox. Knows nothing of the terminal."""
