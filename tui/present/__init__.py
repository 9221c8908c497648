"""From a snapshot and what the viewer chose to rows and lines: pure functions, no terminal."""
