"""The databases the tests of this folder run on."""

from tests.databases import (  # noqa: F401
    database_url,
    empty_database_url,
    empty_postgres_url,
    empty_sqlite_url,
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_template,
    sqlite_url,
)
