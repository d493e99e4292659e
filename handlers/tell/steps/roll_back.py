"""Composes what is said while a service goes back, and how that ended."""

from __future__ import annotations

from datetime import timedelta

from policies.service.facts import ServiceFacts
from policies.times.instants import words

ADOPTED = "the answer to the rollback was lost; its effect was found"
LOOKING = "looking whether the rollback was begun"
NEVER_STOPPED = "AWS never began the rollback; nothing was done."
TOO_LATE = "its deployment had succeeded before it could be stopped, so nothing was rolled back"
OVERTAKEN = "another deployment, which somebody else made, took its place"


def changed_meanwhile(service: str, runs: str) -> str:
    return f"`{service}` was set to `{runs}` meanwhile, so nothing was rolled back."


def runs_again(revision: str, judged: str) -> str:
    """*`staging-orders-api:7`: healthy after 38 s*."""
    return f"`{revision}`: {judged}"


def returned(revision: str, newer: str, why: str) -> str:
    because = f": {why}" if why else ""
    return f"`{revision}` did not come up, and ECS went back to `{newer}`{because}"


def went_back(revision: str) -> str:
    return f"`{revision}` runs again, with the images that it had"


def could_not(why: str) -> str:
    return f"ECS could not roll the deployment back{f': {why}' if why else ''}"


def going_back(facts: ServiceFacts, *, started: bool) -> str:
    if not started:
        return "ECS does not show the rollback yet"
    if facts.running > facts.desired:
        return f"{facts.running} tasks running, {facts.desired} wanted"
    return f"{facts.running} of {facts.desired} tasks running"


def slow(after: timedelta) -> str:
    return f"ECS is still rolling back after {words(after)}"
