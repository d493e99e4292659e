"""The catalog is read again only after somebody changed it."""

from __future__ import annotations

from bot.db.database import database
from handlers.ports.store import CatalogChange
from tests.contracts.values import STAGING


def test_a_catalog_that_was_read_is_kept_until_anybody_changes_the_catalog(database_url: str) -> None:
    one, two = (database(database_url, holder=name, lease_seconds=30) for name in ("one", "two"))
    one.catalog.write(CatalogChange((STAGING,)))
    first = two.catalog.read()
    assert two.catalog.read() is first
    one.catalog.write(CatalogChange(put_settings={"colour": "blue"}))
    assert two.catalog.read().settings == {"colour": "blue"}
    one.dispose()
    two.dispose()
