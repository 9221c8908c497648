"""Real clusters of both kinds on this machine, and the faults to try on them."""
