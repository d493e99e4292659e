"""The database's schema, step by step (Alembic). Found as an installed package; there is no alembic.ini.

``bot.db.migrate`` hands in the connection and the tables. Deliberately absent: imports of the application,
so that an old migration never changes with it, and Alembic's batch mode, which drops triggers on SQLite.
"""
