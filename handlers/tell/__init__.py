"""Composes every message that people read, from values. Nothing else in handlers does.

Deliberately absent: any decision, any port, and the drawing of a message, which is the edge's.
"""
