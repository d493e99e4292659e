"""What a person may not do: only they are told, in the right words, and the log has the true reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.stage import ADA, DEV, GENERAL, NIA, OLU, VIC, Stage, kinds_of
from tests.scenarios.world import API


@pytest.mark.everywhere
@pytest.mark.parametrize("user", [DEV, NIA], ids=["somebody-with-grants", "somebody-without"])
def test_an_environment_without_a_grant_is_answered_as_if_it_did_not_exist(stage: Stage, user: str) -> None:
    there, not_there = "demo-acme", "demo-acmo"
    stage.types(user, f"/env restart {there} demo-acme-web")
    without_grant = stage.hears(user, there)
    stage.types(user, f"/env restart {not_there} demo-acme-web")
    unknown = stage.hears(user, not_there)
    assert without_grant.words.replace(there, "NAME") == unknown.words.replace(not_there, "NAME")
    for told in (without_grant, unknown):
        stage.nobody_else_sees(told)
    (first,), (second,) = stage.audit(there), stage.audit(not_there)
    assert (first.kind, first.rule, first.reason) == ("refused", "access.no-grant", f"no grant on `{there}`")
    assert (second.kind, second.rule) == ("refused", "access.unknown-environment")
    assert second.reason == f"there is no environment `{not_there}`"


def test_only_environments_that_a_person_has_a_grant_on_are_named(stage: Stage) -> None:
    stage.types(VIC, "/env status stagin", channel=GENERAL)
    told = stage.hears(VIC, "Did you mean `staging`?", channel=GENERAL)
    assert "`t-001`" in told.words
    assert not [name for name in ("qa-eu", "demo-acme", "production", "q-001") if name in told.words]


@pytest.mark.everywhere
def test_a_refused_role_is_told_what_is_needed_what_it_has_and_who_can_grant_it(stage: Stage) -> None:
    place = stage.environment()
    stage.types(VIC, f"/env restart {place} api")
    told = stage.hears(VIC, f"needs developer on `{place}`; you have viewer", "Ada Ames can grant it")
    stage.nobody_else_sees(told)
    (entry,) = stage.audit(place)
    assert (entry.kind, entry.rule, entry.actor_name) == ("refused", "access.role", "Vic Vega")
    assert stage.public(place) == []
    assert stage.world.deploys(place) == 0


@pytest.mark.everywhere
def test_production_is_closed_even_with_a_grant_and_says_how_it_is_opened(stage: Stage) -> None:
    before = stage.world.deploys("production", "orders-api")
    stage.types(ADA, "/env restart production orders-api")
    told = stage.hears(ADA, "production is closed to `restart`", "open_to", "lamplighter apply")
    stage.nobody_else_sees(told)
    (entry,) = stage.audit("production")
    assert (entry.kind, entry.rule) == ("refused", "safeguards.production")
    assert stage.world.deploys("production", "orders-api") == before


def test_production_does_not_exist_for_an_operator_on_every_pattern(stage: Stage) -> None:
    stage.types(OLU, "/env restart production web")
    stage.hears(OLU, "There is no environment `production` here for you")
    (entry,) = stage.audit("production")
    assert entry.rule == "access.no-grant"


def test_a_production_service_that_is_tagged_as_another_environment_stays_production(stage: Stage) -> None:
    stage.world.order("service.tag", cluster="production", service="worker", tags={"environment": "dev-alex"})
    before = stage.world.deploys("production", "worker")
    stage.types(OLU, "/env restart dev-alex worker")
    stage.hears(OLU, "There is no service `worker` in `dev-alex`")
    stage.types(ADA, "/env restart production worker")
    stage.hears(ADA, "production is closed")
    stage.world.order(
        "service.tag", cluster="production", service="worker", tags={"environment": "production"}
    )
    assert stage.world.deploys("production", "worker") == before
    assert kinds_of(stage.audit("production")) == ["refused"]


def _mixed(one: str) -> str:
    """Return the cluster that both environments look through."""
    return f"mixed{one[1:]}"


def _disputed(stage: Stage) -> tuple[str, str]:
    """Create two environments that claim the same service by different tags."""
    one, other = stage.names.fresh("q"), stage.names.fresh("r")
    service: dict[str, Any] = {**API, "tags": {"environment": one, "team": other}}
    stage.world.create(one, service, cluster=_mixed(one))
    return one, other


def test_a_disputed_service_is_refused_naming_both_to_somebody_who_sees_both(stage: Stage) -> None:
    one, other = _disputed(stage)
    stage.types(OLU, f"/env restart {one} api")
    told = stage.hears(OLU, f"`api` is claimed by `{one}` and `{other}`")
    stage.nobody_else_sees(told)
    (entry,) = stage.audit(one)
    assert (entry.kind, entry.rule) == ("refused", "safeguards.disputed")
    assert stage.world.asked("ecs.UpdateService", _mixed(one)) == []


def test_a_disputed_service_hides_an_environment_that_the_person_may_not_see(stage: Stage) -> None:
    one, other = _disputed(stage)
    stage.types(DEV, f"/env restart {one} api")
    told = stage.hears(DEV, "`api` is also claimed by another environment")
    assert other not in told.words
    (entry,) = stage.audit(one)
    assert entry.rule == "safeguards.disputed"
    assert other in entry.reason, "the log has the true reason"
    assert stage.world.asked("ecs.UpdateService", _mixed(one)) == []


@pytest.mark.everywhere
def test_a_stop_whose_role_lacks_a_permission_does_not_begin(stage: Stage) -> None:
    place = stage.environment()
    stage.world.order("role.deny", role=f"lamplighter-{place}", actions=["ecs:UpdateService"])
    stage.types(OLU, f"/env stop {place}")
    told = stage.hears(OLU, f"`{place}` is not stopped", "lacks `ecs:UpdateService` on `api`")
    stage.nobody_else_sees(told)
    (entry,) = stage.audit(place)
    assert (entry.kind, entry.rule, entry.actor_name) == ("refused", "safeguards.permissions", "Olu Obi")
    assert stage.world.changes(place)["UpdateService"] == 0
    stage.world.order("role.allow", role=f"lamplighter-{place}")
    stage.types(OLU, f"/env stop {place}")
    stage.presses(OLU, stage.hears(OLU, f"Stop `{place}`?"), "Stop it")
    assert stage.closed(place).outcome == "succeeded"


def test_a_stop_names_beforehand_the_predictive_policy_that_may_start_it_again(stage: Stage) -> None:
    place = stage.environment({"name": "api", "scaling": {"min": 1, "max": 3}})
    stage.world.order("predictive_scaling", cluster=place, service="api", policy="weekday-peaks")
    stage.types(OLU, f"/env stop {place}")
    asked = stage.hears(OLU, f"Stop `{place}`?", "`api` has predictive scaling (`weekday-peaks`)")
    stage.nobody_else_sees(asked)
    assert stage.audit(place) == [], "nothing begins before the answer"
