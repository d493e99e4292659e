"""A message is found by where it stands without a look at every message there is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from bot.db.database import database

PLACES = ("ts", "detail_ts", "told_by")
"""Where an operation is told: its message, the detail in its thread, the message of something else."""


def test_each_place_of_a_message_is_looked_up_in_an_index(database_url: str) -> None:
    db, asked = database(database_url, holder="one", lease_seconds=30), list[tuple[str, Any]]()
    event.listen(db.store.engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    assert db.messages.at("C0STAGING", "1.1") == []
    ((statement, parameters),) = [(s, p) for s, p in asked if s.startswith("SELECT messages.")]
    sqlite = db.store.engine.name == "sqlite"
    with db.store.read() as connection:
        if not sqlite:  # an empty table is read as a whole whatever indexes it has
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        explain = f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {statement}"
        found = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain, parameters))
    db.store.engine.dispose()
    assert [place for place in PLACES if f"messages_{place}_idx" in found] == list(PLACES), found
