"""The playground's environments, as a person first finds them, and the four weeks behind them.

The present is as it would be without those weeks, except for the age of ``demo-acme`` and ``pr-142``, the two
environments that nobody owns any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from playground.clock import ZONE

WEEKS = 28
"""The days of history."""

MEDIUM = {"cpu": 512, "memory": 1024}
LARGE = {"cpu": 1024, "memory": 2048}
STAGING: list[dict[str, Any]] = [
    {
        "name": "orders-api",
        "desired": 2,
        "load_balancer": True,
        "image": "orders-api:v2.7.1",
        "variables": {"DATABASE_URL": "postgres://staging-db/orders", "NEW_CART": "on"},
        "needs": ["DATABASE_URL"],
        "before": {
            "image": "orders-api:v2.7.0",
            "variables": {"DATABASE_URL": "postgres://staging-db/orders", "OLD_CART": "on"},
        },
        **MEDIUM,
    },
    {
        "name": "web",
        "desired": 2,
        "load_balancer": True,
        "image": "web:latest",
        "scaling": {"min": 1, "max": 4},
        "parameters": {"NEW_CHECKOUT": "/staging/flags/new-checkout"},
    },
    {"name": "worker", "desired": 1, "image": "worker:v2.7.1", "sidecar": "envoy"},
    {"name": "billing-api", "desired": 1, "health_check": True, "image": "billing-api:v0.9.4"},
    {
        "name": "broken-api",
        "desired": 2,
        "image": "broken-api:v1.0.0",
        "breaker": "on",
        "behave": {"exit": 1},
    },
]
QA_EU: list[dict[str, Any]] = [
    {
        "name": "api",
        "desired": 2,
        "load_balancer": True,
        "image": "api:v1.42.0",
        "immutable": True,
        "scaling": {"min": 2, "max": 4},
    },
    {
        "name": "search",
        "desired": 1,
        "health_check": True,
        "image": "search:v3.3.0",
        "pinned": True,
        "logs": "INFREQUENT_ACCESS",
        **MEDIUM,
    },
    {"name": "worker", "desired": 1, "image": "worker:v2.7.1", "logs": "awsfirelens"},
]
PR_142: list[dict[str, Any]] = [
    {"name": "web", "desired": 1, "load_balancer": True, "image": "web:pr-142"},
    {"name": "orders-api", "desired": 1, "image": "orders-api:pr-142"},
]
DEV_ALEX: list[dict[str, Any]] = [
    {"name": "dev-alex-web", "desired": 1, "load_balancer": True, "image": "web:latest"},
    {"name": "dev-alex-orders-api", "desired": 1, "health_check": True, "image": "orders-api:latest"},
]
DEMO_ACME: list[dict[str, Any]] = [
    {
        "name": "demo-acme-web",
        "desired": 2,
        "load_balancer": True,
        "image": "web:latest",
        "strategy": "BLUE_GREEN",
        "breaker": "rollback",
    },
    {"name": "demo-acme-orders-api", "desired": 1, "image": "orders-api:v2.7.1", "controller": "CODE_DEPLOY"},
    {"name": "demo-acme-worker", "desired": 1, "image": "worker:v2.7.1"},
]
PRODUCTION: list[dict[str, Any]] = [
    {
        "name": "orders-api",
        "desired": 3,
        "load_balancer": True,
        "health_check": True,
        "image": "orders-api:v2.6.0",
        "breaker": "rollback",
        **LARGE,
    },
    {
        "name": "web",
        "desired": 3,
        "load_balancer": True,
        "image": "web:v5.0.2",
        "breaker": "rollback",
        **MEDIUM,
    },
    {"name": "worker", "desired": 2, "image": "worker:v2.6.0", "breaker": "rollback"},
]
TASKS: tuple[dict[str, Any], ...] = (
    {
        "do": "definition.register",
        "family": "staging-migrate",
        "container": "migrate",
        "image": "orders-api:v2.7.1",
        "command": ["python", "manage.py", "migrate"],
        "seconds": 8,
        "log": [
            "applying 0041_orders_index … ok",
            "applying 0042_customers_email … ok",
            "2 migrations applied",
        ],
    },
    {
        "do": "definition.register",
        "family": "staging-backfill",
        "container": "backfill",
        "image": "orders-api:v2.7.1",
        "command": ["python", "manage.py", "backfill"],
        "seconds": 5,
        "exit": 1,
        "log": [
            "connecting with user=app password=playground-not-a-secret",
            "Traceback (most recent call last):",
            '  File "/app/backfill.py", line 31, in <module>',
            "psycopg.errors.UndefinedColumn: column orders.region does not exist",
        ],
    },
)
"""What the catalog approves for staging: a migration that succeeds, and a backfill that exits with 1."""

APPCONFIG = {"application": "orders1", "environment": "stage01", "profile": "flags01"}
CONFIGURATION: dict[str, Any] = {
    "version": "1",
    "flags": {"express-pay": {"name": "express-pay"}, "gift-cards": {"name": "gift-cards"}},
    "values": {
        "express-pay": {"enabled": False, "provider": "acme"},
        "gift-cards": {"enabled": True},
    },
}
"""What staging's configuration profile has deployed; the catalog names one of its flags."""

ORPHAN: dict[str, Any] = {"age_days": 43, "by": "rex", "idle_days": 38, **LARGE}
"""A service deployed by somebody who has left; its requests ended soon afterwards."""
MERGED: dict[str, Any] = {"age_days": 41, "by": "rex", "idle_days": 36, **MEDIUM}
NO_OWNER = {"owner": "Rex"}
BRANCH = {"branch": "feature/142-new-basket", "pull-request": "142", "pull-request-state": "merged"}


def orders(now: datetime) -> tuple[dict[str, Any], ...]:
    """Return the orders that make the world a person finds ``now``, and its past."""
    return (*_standing(), *_past(now))


def _standing() -> tuple[dict[str, Any], ...]:
    """Return the orders for the present. ``demo-acme`` comes first, because ``web:latest`` was another image
    when it was deployed.
    """
    return (
        _environment("demo-acme", [_old(spec, ORPHAN, NO_OWNER) for spec in DEMO_ACME], cluster="nonprod"),
        {"do": "push", "repository": "web", "tag": "latest", "hours_ago": 6},
        {"do": "parameter.put", "name": "/staging/flags/new-checkout", "value": "false"},
        {"do": "parameter.put", "name": "/staging/flags/dark-mode", "value": "enabled"},
        {"do": "appconfig.create", **APPCONFIG, "content": CONFIGURATION, "of": "staging"},
        _environment("staging", STAGING),
        {"do": "database.create", "id": "staging-db", "environment": "staging", "engine": "postgres"},
        {
            "do": "cache.create",
            "id": "staging-sessions",
            "environment": "staging",
            "nodes": 2,
            "age_hours": 72,
        },
        _environment("qa-eu", QA_EU),
        {"do": "predictive_scaling", "cluster": "qa-eu", "service": "api", "policy": "weekday-peaks"},
        _environment("pr-142", [_old(spec, MERGED, BRANCH) for spec in PR_142]),
        _environment("dev-alex", DEV_ALEX, cluster="nonprod"),
        _environment("production", PRODUCTION),
        {"do": "push", "repository": "web", "tag": "latest"},
        *TASKS,
    )


def _past(now: datetime) -> tuple[dict[str, Any], ...]:
    """Return the orders for the past: staging by its schedule, the others around the clock. ``demo-acme`` and
    ``pr-142`` are older than four weeks anyway.
    """
    always = [{"do": "history", "cluster": name, "days": WEEKS} for name in ("qa-eu", "production")]
    alex = [
        {"do": "history", "cluster": "nonprod", "service": spec["name"], "days": WEEKS} for spec in DEV_ALEX
    ]
    office = {"do": "history", "cluster": "staging", "days": WEEKS, "office": True, "database": "staging-db"}
    clusters = ("staging", "qa-eu", "pr-142", "nonprod", "production")
    return (
        office,
        *always,
        *alex,
        busy_weekend(now),
        *({"do": "insights", "cluster": name} for name in clusters),
        {"do": "optimizer"},
        {"do": "leftovers"},
        {"do": "tags.activate", "keys": ["environment", "aws:ecs:clusterName"], "days": 2 * WEEKS},
        {"do": "billing", "overhead_days": WEEKS, "credit": "1.50"},
    )


def busy_weekend(now: datetime) -> dict[str, Any]:
    """Return the anomaly: qa-eu's search ran with six tasks and not one, from Thursday to Sunday of the last
    whole week, because somebody scaled it for a test and forgot it over the weekend.
    """
    local = now.astimezone(ZONE)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    begin, end = monday - timedelta(days=4, hours=-10), monday - timedelta(hours=3)
    window = {"from": begin.isoformat(), "until": end.isoformat()}
    return {"do": "history", "cluster": "qa-eu", "service": "search", "tasks": 5, "said": True, **window}


def _environment(name: str, services: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return an order for an environment whose tags reach its tasks, as cost allocation on AWS requires."""
    told = [{"propagate": "SERVICE", "managed_tags": True} | spec for spec in services]
    return {"do": "environment.create", "name": name, "services": told, **more}


def _old(spec: dict[str, Any], age: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
    return spec | age | {"tags": tags}
