"""Which cluster: the screen that comes first when none was named, and when another one is wanted."""
