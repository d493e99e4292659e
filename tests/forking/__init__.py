"""Starts the bot and the playground by forking a process that has imported them already.

Importing is most of a start. A fork is a process like any other: it has its own pid, session, environment and
files, real signals kill it, and somebody waits for it. Decision 18 says what was weighed. Deliberately
absent: anything that the bot or the playground would have to know about.
"""
