"""The local stand-in for Slack and AWS, against which the real bot runs on a laptop.

Deliberately absent: any import of ``bot``, ``handlers`` or ``policies``. The playground starts the bot as a
user would, as a process with environment variables, so nothing here can reach inside it.
"""
