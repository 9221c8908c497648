"""Every change to a cluster: a plan, the guard, the audit line, the request, and the outcome."""
