"""Widgets for any terminal application: plain values in, messages out. They know nothing of Kafka."""
