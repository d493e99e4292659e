"""Kinds of step that operations share: one outside effect each, with how to look at it and recover it.

Deliberately absent: loops, sleeps and retries. ``handlers.gate.advance`` is the only loop.
"""
