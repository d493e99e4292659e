"""What is removed once it is old enough, by this one path and no other. ``evidence``: audit entries, through
a sealed checkpoint, by a person. ``working`` and ``ledger``: what has ended of operations, of the clock's
book and of the ledger, in small batches (``removing``), which do not touch evidence."""
