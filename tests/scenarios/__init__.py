"""The real bot process in the playground: the paths a user takes and each row of *What can happen*.

Deliberately absent: anything that reaches into the bot. Orders go through the playground's control API; the
audit log is read from the database, as whoever has its address may.
"""
