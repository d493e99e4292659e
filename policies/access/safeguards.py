"""Rules that hold whoever asks: closed environments, disputed services, what cannot be deployed from here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from policies.access.decision import Allowed, Refused, allow, refuse
from policies.service.environment import Environment, Membership
from policies.service.facts import Deployment, ServiceFacts

_RUNNING_RELEASE = frozenset(
    {"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}
)
"""States in which a service deployment is still in flight (facts/ecs 2.3)."""
STUCK_AFTER = timedelta(minutes=30)
"""A rolling deployment of this age is stuck, and a new one is the way out; twice the deadline of our own."""
_NATIVE = frozenset({"BLUE_GREEN", "LINEAR", "CANARY"})
_CHANGES_OF = {
    "CODE_DEPLOY": "CodeDeploy deploys it, and ECS refuses a forced deployment. Start one in CodeDeploy",
    "EXTERNAL": "an external controller deploys it, and ECS refuses a forced deployment. Ask that controller",
}
"""The controllers that ECS itself deploys for (facts/ecs 2.1)."""

NEVER: Mapping[str, str] = {"flush": "Keys of a production cache are never deleted from here."}
"""Why production cannot be opened to these operations, whatever the catalog says."""

WAYS_BACK: Mapping[str, tuple[str, str]] = {
    "run": ("end", "Stop task"),
    "flag": ("withdraw", "Undo"),
    "keep": ("resume", "Undo"),
    "pause": ("resume", "Undo"),
}
"""By operation: another one that a button of its message asks for, and that button. Production must be open
to both for the button to do anything.
"""

STOPPED = "safeguards.stopped"
"""The rule that refuses to deploy a service of which no task is wanted."""
DISPUTED = "safeguards.disputed"
"""The rule that refuses a change of a service which more than one environment claims."""


def closed(environment: Environment, operation_name: str) -> Allowed | Refused:
    """Production is closed, whatever the grant, unless its ``open_to`` in the catalog names the operation.
    To some it cannot be opened.
    """
    if not environment.production:
        return allow("safeguards.open", f"{environment.name} is not production")
    if why := NEVER.get(operation_name):
        return refuse("safeguards.production", f"`{environment.name}` is production. {why}")
    if operation_name in environment.open_to:
        return allow("safeguards.open-to", f"{environment.name} is open to {operation_name} in the catalog")
    return refuse(
        "safeguards.production",
        f"`{environment.name}` is production, and production is closed to `{operation_name}` for everybody. "
        f"It is opened in the catalog: add `{operation_name}` to `open_to` of `{environment.name}` "
        f"and run `lamplighter apply`.",
    )


def disputed(service: str, membership: Membership, seen_by: frozenset[str]) -> Allowed | Refused:
    """A service that several environments claim belongs to none of them, so nothing changes it.

    ``seen_by`` are the environments the asker may view; the claimants are named to nobody who may not view
    all of them. A claimant alone (a production cluster) is named under the same rule.
    """
    claims = membership.disputed.get(service)
    if claims is None:
        return allow("safeguards.undisputed", f"{service} is claimed once")
    named = " and ".join(f"`{name}`" for name in claims)
    reason = (
        f"`{service}` is claimed by {named}, so it belongs to neither and nothing was done. "
        f"An admin has to correct the catalog or the service's tags; `lamplighter apply` lists the overlap."
    )
    said = (
        f"`{service}` is also claimed by another environment, so it belongs to neither and nothing was done. "
        f"An admin has to correct the catalog or the service's tags."
    )
    return refuse(DISPUTED, reason, "" if seen_by.issuperset(claims) else said)


def deployable(facts: ServiceFacts, what: str) -> Allowed | Refused:
    """Can a forced deployment of this service be made from here, now? ``what``: *restart* or *redeploy*.

    Refused: services others deploy, daemons, Express services, one being deleted, one with no tasks wanted
    (a deployment of nothing succeeds and says nothing), and one whose deployment is still in flight: a
    second one would supersede it, so nobody could tell which of the two succeeded.
    """
    kind = _of_another_kind(facts, what)
    if kind is not None:
        return kind
    if facts.status != "ACTIVE":
        return refuse(
            "safeguards.inactive",
            f"`{facts.name}` is {facts.status or 'in an unknown state'} in ECS (it is being deleted or is "
            f"gone), so there is nothing to {what}.",
        )
    if facts.desired == 0:
        return refuse(
            STOPPED,
            f"`{facts.name}` is stopped (desired count 0); nothing to {what}. Scale it up first.",
        )
    return _in_flight(facts, what) or allow("safeguards.deployable", f"{facts.name} is deployed by ECS")


def _of_another_kind(facts: ServiceFacts, what: str) -> Refused | None:
    if facts.controller != "ECS":
        whose = _CHANGES_OF.get(
            facts.controller, f"its controller is {facts.controller}. Ask that controller"
        )
        return refuse("safeguards.controller", f"`{facts.name}` cannot be {what}ed here: {whose}.")
    if facts.express:
        return refuse(
            "safeguards.express",
            f"`{facts.name}` is an ECS Express service, which has an API of its own; it is only read here. "
            f"{what.capitalize()} it in the ECS console.",
        )
    if facts.scheduling == "DAEMON":
        return refuse(
            "safeguards.daemon",
            f"`{facts.name}` is a daemon: one task on every instance, which others may rest on. It is only "
            f"read here. {what.capitalize()} it in the ECS console.",
        )
    return None


def _in_flight(facts: ServiceFacts, what: str) -> Refused | None:
    """The deployment that is still running, if there is one and it is not a rolling one that is stuck."""
    release, primary = facts.service_deployment, facts.primary
    native = facts.strategy in _NATIVE
    if release is not None and facts.current_deployment in ("", release.arn):
        if release.status not in _RUNNING_RELEASE or (not native and _stuck(facts, release.created_at)):
            return None
        stage = f", stage {release.stage}" if release.stage else ""
        held = ", paused until somebody continues it" if release.paused else ""
        return _busy(facts, f"`{_short(release.arn)}` ({release.status}{stage}{held})", what)
    if native or primary is None or primary.rollout != "IN_PROGRESS" or _stuck(facts, primary.created_at):
        return None
    return _busy(facts, f"`{_short(primary.id)}` ({_progress(primary)})", what)


def _stuck(facts: ServiceFacts, began: datetime) -> bool:
    """With the circuit breaker off a broken deployment stays in progress for ever (facts/ecs 2.4); refusing
    then would lock the service for good. Native deployments may rightly pause for a day."""
    return facts.at - began > STUCK_AFTER


def _busy(facts: ServiceFacts, named: str, what: str) -> Refused:
    return refuse(
        "safeguards.in-flight",
        f"Deployment {named} of `{facts.name}` is still in progress, and another would supersede it. "
        f"{what.capitalize()} when it has ended, or stop it in the ECS console.",
    )


def _progress(deployment: Deployment) -> str:
    return f"IN_PROGRESS, {deployment.running} of {deployment.desired} tasks running"


def _short(name: str) -> str:
    """The last part of an ARN; an id of the older form (``ecs-svc/…``) stays whole."""
    return name.rsplit("/", 1)[-1] if name.startswith("arn:") else name
