"""Findings in a world, as a look would leave them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.ports.findings import Look
from policies.cost.money import MILLION
from policies.orphans.evidence import Evidence, Last, Measured, Owner, Standing
from policies.orphans.findings import Finding
from policies.orphans.owners import Owned
from policies.service.environment import Environment
from tests.handlers.world import ADA, TEAM, World, environment

LOST = environment("pr-142", owner="")
"""An environment without an owner in the catalog."""


def evidence(name: str, now: datetime, **known: Any) -> Evidence:
    def ago(days: float) -> datetime:
        return now - timedelta(days=days)

    made = Evidence(
        name,
        now,
        deployed=Last(ago(63), ago(63)),
        acted=Last(None, ago(41)),
        requests=Measured(0, 14, now),
        owner=Owner(Standing.MISSING),
        made_for="pull request 142",
        monthly=62 * MILLION,
        prices=("price list 2026-02-01", "price list 2026-03-01"),
    )
    return replace(made, **known)


def found(world: World, place: Environment = LOST, **known: Any) -> Finding:
    """Return a finding made a day ago and looked at now."""
    now, given = world.clock.at, known.pop("evidence", {})
    seen = evidence(place.name, now, **given)
    made = replace(Finding(place.name, now - timedelta(days=1), now, evidence=seen), **known)
    world.store.memory.findings[place.name] = made
    world.store.book.orphans.looks.put(Look(place.name, now, seen))
    return made


def now_of(world: World, place: Environment = LOST) -> Finding:
    return world.store.memory.findings[place.name]


def owned(world: World, user: str, name: str, place: Environment = LOST) -> None:
    world.store.book.orphans.owners.put(Owned(place.name, TEAM, user, name, ADA.id, "Ada", world.clock.at))
