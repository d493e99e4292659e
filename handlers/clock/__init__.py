"""What the clock does by itself: requests due transitions, posts their notices, and watches for what happened
meanwhile.

Deliberately absent: the heartbeat (``bot.heartbeat`` calls in here), and any way around the gate.
"""
