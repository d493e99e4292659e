"""Makers of evidence, as short as the cases need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from policies.cost.money import MILLION
from policies.orphans.answers import Answer, Reply
from policies.orphans.evidence import Evidence, Judged, Last, Measured, Owner, Rest, Standing
from policies.orphans.findings import Finding

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
EVER = NOW - timedelta(days=400)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def last(days: float) -> Last:
    """Something done that many days ago, in records that reach back far longer."""
    return Last(ago(days), EVER)


def never(days: float) -> Last:
    """Something not done in that many days, which is as far as the records reach."""
    return Last(None, ago(days))


def measured(value: int, *, days: int = 14, until: float = 0) -> Measured:
    return Measured(value, days, ago(until))


WANTED = Evidence(
    "staging",
    NOW,
    deployed=last(3),
    acted=last(1),
    image=ago(4),
    requests=measured(48_000),
    cpu=measured(3_400),
    optimizer=Judged(idle=False, at=ago(1)),
    owner=Owner(Standing.THERE, "Olu", "U0OLU"),
    made_for="",
    rest=Rest(),
    monthly=200 * MILLION,
)
ORPHAN = Evidence(
    "pr-142",
    NOW,
    deployed=last(63),
    acted=never(41),
    image=ago(120),
    requests=measured(0),
    cpu=measured(20),
    optimizer=Judged(idle=True, at=ago(2)),
    owner=Owner(Standing.DEACTIVATED, "Rex", "U0REX"),
    made_for="pull request 142",
    rest=Rest(),
    monthly=62 * MILLION,
)
QUIET = Evidence("quiet", NOW, deployed=last(20), acted=last(20))
"""Evidence of an environment that is old enough, and of which nothing else is known."""


def quiet(**known: Any) -> Evidence:
    return replace(QUIET, **known)


def finding(subject: str = "pr-142", **known: Any) -> Finding:
    made = Finding(subject, ago(10), ago(0), evidence=replace(ORPHAN, environment=subject))
    return replace(made, **known)


def answer(reply: Reply = Reply.KEPT, **known: Any) -> Answer:
    until = known.pop("until", NOW + timedelta(days=30))
    made = Answer("op-1", reply, NOW, "slack:T0HOME:U0DEV", "Dev", until)
    return replace(made, **known)
