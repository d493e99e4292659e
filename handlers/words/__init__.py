"""The shared, typed vocabulary of this ring: request, operation, result, plan, step, trouble.

Deliberately absent: anything that acts, and every import from a room above.
"""
