"""Groups as values: who reads, how far behind, and what may be said of it. Pure; a store of its own."""
