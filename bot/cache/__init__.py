"""Redis and Valkey: the keys of a cache, counted and deleted by pattern.

Deliberately absent: AWS (``bot.aws`` finds the address and the password), and every command but SCAN, UNLINK,
DBSIZE, CLUSTER SLOTS, AUTH and SELECT.
"""
