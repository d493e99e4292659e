"""Which rows of operations and of the clock's books may go: those that ended long ago and that nothing
refers to any more.

Nothing goes from an environment in which an operation runs: whatever that operation refers to (what it
retries, what it replaces) is of the same environment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, func, literal, not_, or_, select

from bot.db.messages import BEHIND
from bot.db.pruning.removal import FEW, Keep, Removal
from bot.db.tables import (
    budget_warnings,
    claims,
    digests,
    findings,
    live_posts,
    messages,
    notices,
    operation_steps,
    operations,
    overrides,
    saved_capacity,
)
from policies.orphans.keeping import LONGEST
from policies.record.lifecycle import State
from policies.schedule.claims import OVERRIDE
from policies.schedule.transitions import AT_THE_LATEST

LEAST = AT_THE_LATEST + timedelta(days=1)
"""So far back the clock looks, and a margin: whatever is asked for, nothing younger goes."""

WEEKS = timedelta(days=21)
"""A digest's row is the claim on its week: it stays until no clock can come back to that week."""


HELD = LONGEST
"""An answer to a finding may be in force this long: a finding that is gone and comes back within that time
is not asked about."""


def of_work(keep: Keep, now: datetime) -> tuple[Removal, ...]:
    before = now - max(keep.work, LEAST)
    return (
        Removal(claims, _claim_goes(claims, before), claims.c.instant),
        Removal(overrides, _override_goes(before, now), overrides.c.until),
        Removal(live_posts, live_posts.c.over & (live_posts.c.at < before), live_posts.c.at),
        Removal(notices, notices.c.closed & (notices.c.stop_at < before), notices.c.stop_at),
        Removal(digests, digests.c.at < now - max(keep.work, WEEKS), digests.c.at),
        Removal(
            operations,
            _operation_goes(before),
            operations.c.closed_at,
            most=FEW,
            parts=(operation_steps, messages),
        ),
        Removal(budget_warnings, budget_warnings.c.month < before.date(), budget_warnings.c.at),
        Removal(findings, findings.c.gone < now - max(keep.work, HELD), findings.c.gone),
    )


def _operation_goes(before: datetime) -> ColumnElement[bool]:
    """Not those that a remaining claim, a message that is behind or followed, or a stop's saved capacity
    refers to."""
    this, told = operations.c, or_(BEHIND, messages.c.live)
    claim = claims.alias()
    return and_(
        this.state != State.RUNNING,
        this.closed_at < before,
        _quiet(this.environment),
        this.id.not_in(select(saved_capacity.c.stop_id)),
        ~exists().where(messages.c.operation_id == this.id, told),
        ~exists().where(messages.c.joined == this.id, told),
        ~exists().where(claim.c.operation_id == this.id, not_(_claim_goes(claim, before))),
    )


def _claim_goes(table: FromClause, before: datetime) -> ColumnElement[bool]:
    """Not one of a transition of which a claim is postponed: its retries have its environment, day and
    action."""
    this, other = table.c, claims.alias()
    return and_(
        this.instant < before,
        this.at < before,
        _quiet(this.environment),
        ~exists().where(
            other.c.environment == this.environment,
            other.c.day == this.day,
            other.c.action == this.action,
            other.c.state == "postponed",
        ),
    )


def _override_goes(before: datetime, now: datetime) -> ColumnElement[bool]:
    """One whose planned end is past. None of an environment in which another is in force or to come, which
    may have taken its place; none whose end is the transition of a claim that stays."""
    this, held, claim = overrides.c, overrides.alias(), claims.alias()
    ended = held.c.ended_at
    in_force = and_(held.c.until > now, or_(ended.is_(None), ended > now))
    rule = literal(OVERRIDE) + this.id
    return and_(
        this.until < before,
        _quiet(this.environment),
        ~exists().where(held.c.environment == this.environment, in_force),
        ~exists().where(
            claim.c.environment == this.environment,
            func.substr(claim.c.rule, 1, func.length(rule)) == rule,
            not_(_claim_goes(claim, before)),
        ),
    )


def _quiet(environment: ColumnElement[Any]) -> ColumnElement[bool]:
    """No operation runs there."""
    running = operations.alias()
    return environment.not_in(select(running.c.environment).where(running.c.state == State.RUNNING))
