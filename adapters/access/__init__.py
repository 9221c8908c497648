"""Access rules, users and quotas as values, and what rules mean for a principal. Pure."""
