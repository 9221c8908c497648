"""Learning about a cluster by asking its brokers and controllers again and again, each question at its own pace."""
