"""What happened in a cluster, in which order, and why: made from the events of the sources, one by one."""
