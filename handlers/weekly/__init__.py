"""Reads what a week came to, decides which channel may be shown it, and posts it there once. The command, the
button and the clock share this. Deliberately absent: when a digest is due, and every sentence of it.
"""
