"""Rules that hold for whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from policies.access.decision import Allowed, Refused
from policies.access.safeguards import STUCK_AFTER, closed, deployable, disputed
from policies.service.environment import LiveService, Membership, Tier
from tests.policies.make import OURS, after, deployment, environment, facts, release

PRODUCTION = environment("production", tier=Tier.PRODUCTION)
SETTLED = facts(deployments=(deployment(rollout="COMPLETED"),))
TWO = Membership((), {"api": ("production", "staging")})


def test_production_is_closed_and_the_refusal_says_how_to_open_it() -> None:
    made = closed(PRODUCTION, "restart")
    assert not isinstance(made, Allowed)
    assert "production is closed" in made.told
    assert "`open_to`" in made.told
    assert "lamplighter apply" in made.told


def test_production_is_open_to_what_the_catalog_names_and_to_nothing_else() -> None:
    place = environment("production", tier=Tier.PRODUCTION, open_to=frozenset({"restart"}))
    assert isinstance(closed(place, "restart"), Allowed)
    assert not isinstance(closed(place, "redeploy"), Allowed)


def test_production_cannot_be_opened_to_a_flush_and_nobody_is_told_how_to() -> None:
    for open_to in (frozenset[str](), frozenset({"flush", "restart"})):
        made = closed(environment("production", tier=Tier.PRODUCTION, open_to=open_to), "flush")
        assert isinstance(made, Refused)
        assert made.rule == "safeguards.production"
        assert "never deleted from here" in made.told
        assert "open_to" not in made.told
    assert isinstance(closed(environment(), "flush"), Allowed)


def test_an_environment_of_unknown_tier_is_closed() -> None:
    assert not isinstance(closed(environment(tier="stage"), "restart"), Allowed)


def test_other_environments_are_open() -> None:
    assert isinstance(closed(environment(), "restart"), Allowed)


def test_a_disputed_service_names_both_to_those_who_may_see_both() -> None:
    made = disputed("api", TWO, frozenset({"production", "staging", "qa"}))
    assert not isinstance(made, Allowed)
    assert "`production` and `staging`" in made.told


@pytest.mark.parametrize("seen_by", [frozenset({"staging"}), frozenset({"production"}), frozenset[str]()])
def test_to_others_a_dispute_names_no_environment_but_the_true_reason_does(seen_by: frozenset[str]) -> None:
    made = disputed("api", TWO, seen_by)
    assert not isinstance(made, Allowed)
    assert "production" not in made.told
    assert "staging" not in made.told
    assert "`production` and `staging`" in made.reason


def test_a_service_that_is_claimed_once_is_not_disputed() -> None:
    own = Membership((LiveService("api", "c", "arn"),), {})
    assert isinstance(disputed("api", own, frozenset()), Allowed)


def test_a_settled_rolling_service_can_be_deployed() -> None:
    assert isinstance(deployable(SETTLED, "restart"), Allowed)


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"controller": "CODE_DEPLOY"}, "safeguards.controller", "in CodeDeploy"),
        ({"controller": "EXTERNAL"}, "safeguards.controller", "external controller"),
        ({"controller": "NEW_KIND"}, "safeguards.controller", "NEW_KIND"),
        ({"express": True}, "safeguards.express", "Express"),
        ({"scheduling": "DAEMON"}, "safeguards.daemon", "daemon"),
        ({"status": "DRAINING"}, "safeguards.inactive", "DRAINING"),
        ({"status": "INACTIVE"}, "safeguards.inactive", "INACTIVE"),
        ({"status": ""}, "safeguards.inactive", "unknown state"),
        ({"desired": 0}, "safeguards.stopped", "nothing to restart"),
        ({"deployments": (deployment(),)}, "safeguards.in-flight", OURS),
        ({"service_deployment": release()}, "safeguards.in-flight", "`abc` (IN_PROGRESS)"),
        (
            {"service_deployment": release("ROLLBACK_IN_PROGRESS")},
            "safeguards.in-flight",
            "ROLLBACK_IN_PROGRESS",
        ),
        (
            {"strategy": "CANARY", "service_deployment": release(stage="BAKE_TIME", paused=True)},
            "safeguards.in-flight",
            "stage BAKE_TIME, paused",
        ),
    ],
)
def test_a_service_that_cannot_be_deployed_from_here_says_why(
    changes: dict[str, Any], rule: str, said: str
) -> None:
    made = deployable(facts(**{"deployments": SETTLED.deployments} | changes), "restart")
    assert isinstance(made, Refused)
    assert made.rule == rule
    assert said in made.told


@pytest.mark.parametrize("status", ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"])
def test_a_deployment_that_has_ended_does_not_block_another(status: str) -> None:
    assert isinstance(deployable(facts(service_deployment=release(status)), "restart"), Allowed)


def test_a_failed_rollout_may_be_replaced() -> None:
    assert isinstance(deployable(facts(deployments=(deployment(rollout="FAILED"),)), "redeploy"), Allowed)


def test_a_stuck_rolling_deployment_may_be_replaced_but_a_native_one_may_not() -> None:
    late = after(0) + STUCK_AFTER
    for found in (facts(at=late), facts(at=late, service_deployment=release())):
        assert not isinstance(deployable(found, "restart"), Allowed)
    late += timedelta(seconds=1)
    for found in (facts(at=late), facts(at=late, service_deployment=release())):
        assert isinstance(deployable(found, "restart"), Allowed)
    native = facts(at=late, strategy="BLUE_GREEN", service_deployment=release(paused=True))
    assert not isinstance(deployable(native, "restart"), Allowed)
