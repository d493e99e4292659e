"""The local stand-in for Slack and AWS: the real bot runs against it on a laptop.

Deliberately absent: any import of ``bot``, ``handlers`` or ``policies``. The bot is started as a user
would start it, as a process with environment variables, so nothing here can reach inside it.
"""
