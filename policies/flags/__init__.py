"""Feature flags: which one is meant, whether it is on, and whether it may be switched from here."""
