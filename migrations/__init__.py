"""The database's schema, step by step (Alembic). Alembic finds it as an installed package; there is no
alembic.ini.

``bot.db.migrate`` passes in the connection and the tables. Deliberately absent: imports of the application,
so that an old migration never changes with it, and Alembic's batch mode, which drops triggers on SQLite.
"""
