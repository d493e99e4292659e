"""Kinds of step that operations share: each has one outside effect, and knows how to look at and recover it.

Deliberately absent: loops, sleeps and retries. ``handlers.gate.advance`` is the only loop.
"""
