"""The real bot process in the playground: the paths that users take and each row of *What can happen*.

Deliberately absent: anything that reaches into the bot. Orders go through the playground's control API; the
audit log is read from the database, as anybody who has its address may do.
"""
