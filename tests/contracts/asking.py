"""Questions that the store's suites ask again and again."""

from __future__ import annotations

from typing import Any

from handlers.ports.store import (
    AuditQuery,
    Opened,
    OperationRecord,
)
from tests.contracts.values import (
    opening,
    yes,
)

EVERYTHING = AuditQuery()


def opened(store: Any, **kw: Any) -> OperationRecord:
    result = store.operations.open(opening(**kw), yes)
    assert isinstance(result, Opened), result
    return result.record


def kinds(store: Any) -> list[str]:
    """The kinds of all entries, oldest first."""
    return [row.entry.kind for row in reversed(store.audit.entries(EVERYTHING))]
