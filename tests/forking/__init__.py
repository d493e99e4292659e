"""Starting the bot and the playground by forking a process that has imported them already.

Importing is most of a start. What is forked is a process as any other: a pid, a session, an environment and
files of its own, killed by real signals and waited for. Decision 17 says what was weighed.
Deliberately absent: anything that the bot or the playground would have to know of.
"""
