"""Can the role that ``serve`` uses remove or change evidence?"""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.checks.check import Check
from bot.db.database import Database
from bot.db.privileges import rights


def evidence(db: Database) -> Iterator[Check]:
    """Check the role's rights on PostgreSQL. SQLite has no roles: whoever can write its file can write all of
    it.
    """
    with db.store.read() as connection:
        found = rights(connection)
    if found is None:
        return
    if found.owns:
        said = f"the role {found.role} owns the audit log, so `serve` with it could rewrite all of it"
        yield Check("evidence", None, said, "let `serve` use a role of its own: docs/operate.md has the SQL")
    elif found.excess:
        said = f"the role {found.role} can do too much: it {'; it '.join(e.said for e in found.excess)}"
        yield Check("evidence", False, said, f"as the owner: {' '.join(e.sql for e in found.excess)}")
    else:
        said = f"the role {found.role} can add to the audit log, and neither change nor remove any of it"
        yield Check("evidence", True, said)
