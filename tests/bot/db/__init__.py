"""Tests of the database side, on SQLite and on a real PostgreSQL."""
