"""Claims: one row for each transition that was acted on, put off or passed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import claims
from policies.schedule.claims import Claim, ClaimKey

_OPEN = claims.c.state == "postponed"
"""The one state that something may still follow."""


class SqlClaims:
    """``handlers.ports.book.Claims``. One that is opened is written by the opening transaction
    (``bot.db.opening``)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def since(self, instant: datetime) -> Mapping[str, Sequence[Claim]]:
        """The claims of each environment, in the order of their edges."""
        order = (claims.c.instant, claims.c.rule, claims.c.action)
        query = select(claims).where(claims.c.instant >= instant).order_by(*order)
        found: dict[str, list[Claim]] = {}
        with self._store.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.environment, []).append(_claim(row))
        return found

    def record(self, given: Sequence[Claim]) -> None:
        """A gate transaction, so that it comes before an opening or after it. Raises ``ValueError`` on a
        claim that is *opened*: only an opening makes it so."""
        if any(claim.state == "opened" for claim in given):
            raise ValueError("only an opening writes a claim that is opened")
        if given:
            with self._store.gate_transaction() as connection:
                write_claims(connection, given)


def claimed_by(connection: Connection, key: ClaimKey) -> str | None:
    """The operation that this transition was opened as, empty if it was skipped; ``None`` if it is still
    to be claimed."""
    query = select(claims.c.operation_id).where(_of(key), ~_OPEN)
    return connection.execute(query).scalar_one_or_none()


def write_claims(connection: Connection, given: Sequence[Claim]) -> None:
    """Insert the claim; of those that exist only a postponed one is replaced."""
    put(connection, claims, [_row(claim) for claim in given], replacing=_OPEN)


def _of(key: ClaimKey) -> ColumnElement[bool]:
    return and_(
        claims.c.environment == key.environment,
        claims.c.day == key.day,
        claims.c.rule == key.rule,
        claims.c.action == key.action,
    )


def _row(claim: Claim) -> dict[str, Any]:
    return {
        "environment": claim.key.environment,
        "day": claim.key.day,
        "rule": claim.key.rule,
        "action": claim.key.action,
        "instant": claim.instant,
        "state": claim.state,
        "at": claim.at,
        "operation_id": claim.operation_id,
        "reason": claim.reason,
        "next_try": claim.next_try,
        "put_off_by": claim.put_off_by,
    }


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        key=ClaimKey(row.environment, row.day, row.rule, row.action),
        instant=row.instant,
        state=row.state,
        at=row.at,
        operation_id=row.operation_id,
        reason=row.reason,
        next_try=row.next_try,
        put_off_by=row.put_off_by,
    )
