"""One question to a node in each module: typed, with the refusal as an error."""
