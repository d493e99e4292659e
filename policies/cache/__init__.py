"""Which keys of a cache may be deleted by a pattern, and at which address.

Deliberately absent: connections and passwords, which are ``bot.cache``'s and ``bot.aws``'s.
"""
