"""Record a stream of events to a file, and play it back: see `frames` for the format."""
