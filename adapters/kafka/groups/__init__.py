"""Asks coordinators for groups, and only for those that somebody looks at."""
