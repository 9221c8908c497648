"""Throughput from the brokers' own answers: a store of its own, beside the model of the cluster."""
