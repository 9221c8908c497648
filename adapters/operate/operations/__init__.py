"""Every kind of change to a cluster, one a file; all of them are in `registry`."""
