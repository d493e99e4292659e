"""Times as people say them, and wall time made into instants."""
