"""Requests, plans and entries for tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from handlers.ports.store import CatalogState, Closing, Opening
from handlers.words.plan import Plan, Step
from handlers.words.request import Request
from policies.access.decision import Decision, allow, refuse
from policies.access.people import ClockActor, SlackPerson
from policies.record.evidence import Entry
from policies.record.lifecycle import State
from policies.schedule.claims import Claim, ClaimKey
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.service.environment import ClusterPick, Environment, Tier

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
DEV = SlackPerson("T0HOME", "U0DEV", "Dev")
PLAN = Plan(
    doing="restarting",
    steps=(
        Step("deploy", on="orders-api", arguments={"revision": "orders-api:7", "tasks": [1, 2]}),
        Step("follow", on="orders-api", after=(0,)),
    ),
    before={"desired": 2, "revision": "orders-api:7"},
    notes=("one task at a time",),
)
STAGING = Environment(
    name="staging",
    tier=Tier.NONPRODUCTION,
    account="111111111111",
    region="eu-central-1",
    pick=ClusterPick("staging"),
    channel="C0STAGING",
)
OFFICE = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=NOW, set_by="Olu")
_numbers = count(1)


def later(**kw: float) -> datetime:
    return NOW + timedelta(**kw)


def entry(**kw: Any) -> Entry:
    given = {
        "at": NOW,
        "kind": "started",
        "actor": DEV.id,
        "actor_name": DEV.name,
        "source": "slash",
        "operation": "restart",
        "environment": "staging",
        "target": "orders-api",
    }
    return Entry(**{**given, **kw})


def opening(**kw: Any) -> Opening:
    """A new opening, with another id and another delivery each time."""
    number = next(_numbers)
    given = {"id": f"op-{number}", "environment": "staging", "target": "orders-api", "now": NOW, **kw}
    delivery, offer = given.pop("delivery", f"delivery-{number}"), given.pop("offer", "")
    request = Request(
        id=f"request-{number}",
        delivery=delivery,
        actor=DEV,
        source="button" if offer else "slash",
        operation="restart",
        environment=given["environment"],
        target=given["target"],
        channel="C0OPS",
        offer=offer,
    )
    rest = {
        "request": request,
        "operation": "restart",
        "conflicts": "deployment",
        "plan": PLAN,
        "arguments": {"why": "stuck — “really” \u0000"},
        "message_channel": "C0STAGING",
        "entry": entry(
            at=given["now"],
            operation_id=given["id"],
            environment=given["environment"],
            target=given["target"],
        ),
    }
    return Opening(**{**rest, **given})


def closing(state: State = State.SUCCEEDED, **kw: Any) -> Closing:
    now = later(seconds=40)
    end = entry(kind="closed", at=now, outcome=state.value, seconds=40.0)
    return Closing(
        **{"state": state, "summary": "healthy", "entry": end, "after": {"desired": 2}, "now": now, **kw}
    )


def yes(state: CatalogState) -> Decision:
    return allow("access.grant", "developer on staging")


def no(state: CatalogState) -> Decision:
    return refuse("access.role", "needs developer")


def named(name: str, **kw: Any) -> Environment:
    return replace(STAGING, name=name, **kw)


def override(**kw: Any) -> Override:
    """A new override, with an id of its own: staging up for four hours, set by Dev."""
    given = {
        "id": f"override-{next(_numbers):04}",
        "environment": "staging",
        "state": "up",
        "since": NOW,
        "until": later(hours=4),
        "reason": "smoke test — “really” \u0000",
        "actor": DEV.id,
        "actor_name": DEV.name,
    }
    return Override(**{**given, **kw})


def claim(**kw: Any) -> Claim:
    """The stop of staging on the evening of ``NOW``, postponed."""
    key = {"environment": "staging", "day": date(2026, 3, 2), "rule": "Mon-Fri 08:00-20:00", "action": "stop"}
    named = ClaimKey(**{name: kw.pop(name, usual) for name, usual in key.items()})
    given = {"instant": later(hours=9), "state": "postponed", "at": NOW, "reason": "a deployment — “web”"}
    return Claim(named, **{**given, **kw})


def clocked(wanted: Claim, **kw: Any) -> Opening:
    """An opening by the clock for the whole environment, without a message, that makes this claim."""
    given = {"target": "*", "operation": "stop", "message_channel": "", "claim": wanted, **kw}
    made = opening(**given)
    return replace(made, request=replace(made.request, actor=ClockActor(), source="clock"))
