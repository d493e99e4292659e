"""The nouns that every room of this ring speaks, typed: request, operation, result, plan, step, trouble.

Deliberately absent: anything that acts, and every import from a room above.
"""
