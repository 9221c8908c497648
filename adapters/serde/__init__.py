"""Bytes of keys and values as text: plain forms, and those that a schema registry describes."""
