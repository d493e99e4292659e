"""What a week came to, which channel may be shown it, and posting it there once: the command, the button and
the clock share this. Deliberately absent: when a digest is due, and every sentence of it.
"""
