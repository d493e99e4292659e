"""The playground's environments, as the first thing a person finds."""

from __future__ import annotations

from typing import Any

STAGING: list[dict[str, Any]] = [
    {"name": "orders-api", "desired": 2, "load_balancer": True, "image": "orders-api:v2.7.1"},
    {
        "name": "web",
        "desired": 2,
        "load_balancer": True,
        "image": "web:latest",
        "scaling": {"min": 1, "max": 4},
    },
    {"name": "worker", "desired": 1, "image": "worker:v2.7.1"},
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
    {"name": "api", "desired": 2, "load_balancer": True, "image": "api:v1.42.0", "immutable": True},
    {"name": "search", "desired": 1, "health_check": True, "image": "search:v3.3.0", "pinned": True},
    {"name": "worker", "desired": 1, "image": "worker:v2.7.1"},
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
    },
    {"name": "web", "desired": 3, "load_balancer": True, "image": "web:v5.0.2", "breaker": "rollback"},
    {"name": "worker", "desired": 2, "image": "worker:v2.6.0", "breaker": "rollback"},
]

ORDERS: tuple[dict[str, Any], ...] = (
    {"do": "environment.create", "name": "staging", "services": STAGING},
    {"do": "database.create", "id": "staging-db", "environment": "staging", "engine": "postgres"},
    {"do": "environment.create", "name": "qa-eu", "services": QA_EU},
    {"do": "environment.create", "name": "pr-142", "services": PR_142},
    {"do": "environment.create", "name": "dev-alex", "cluster": "nonprod", "services": DEV_ALEX},
    {"do": "environment.create", "name": "demo-acme", "cluster": "nonprod", "services": DEMO_ACME},
    {"do": "environment.create", "name": "production", "services": PRODUCTION},
    {"do": "push", "repository": "web", "tag": "latest"},
)
"""The last one moves the tag of ``web`` away from what runs in staging."""
