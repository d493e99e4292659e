"""What the clock asks for: transitions that are due, their notices, what reality did meanwhile.

Deliberately absent: the heartbeat (``bot.heartbeat`` calls in here), and any way around the gate.
"""
