"""`config.toml`: the clusters that a person works with, and how the console looks to them."""
