"""The views of the console, one for each question."""
