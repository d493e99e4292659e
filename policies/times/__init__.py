"""Times as people say them, and wall times turned into instants."""
