"""Deployments by people and CI count; deployments by this bot and by AWS do not."""

from __future__ import annotations

from datetime import datetime

from policies.cost.sightings import ServiceSeen
from policies.orphans.changes import Change, Changes, last, seen
from policies.orphans.evidence import Last
from tests.policies.orphans.make import NOW, ago


def service(
    name: str = "web", at: datetime | None = None, *, by: str = "ecs-svc/1", revision: str = "web:7"
) -> ServiceSeen:
    return ServiceSeen(name, 1, 1, deployment=by, deployed=at, revision=revision)


def look(before: Changes, *services: ServiceSeen, ours: tuple[str, ...] = ()) -> Last | None:
    return last(seen(before, services, ours, now=NOW))


def test_the_first_deployment_seen_counts_as_a_change_by_people() -> None:
    assert look(Changes(), service(at=ago(40))) == Last(ago(40), ago(40))


def test_the_latest_change_of_several_services_counts() -> None:
    found = look(Changes(), service(at=ago(40)), service("api", ago(9), revision="api:2"))
    assert found is not None
    assert found.at == ago(9)


def test_a_restart_by_this_bot_is_no_change() -> None:
    before = Changes({"web": Change("web:7", ago(50), ago(60))})
    assert look(before, service(at=ago(1), by="ecs-svc/2"), ours=("ecs-svc/2",)) == Last(ago(60), ago(60))


def test_a_deployment_before_the_bots_first_is_unknown_if_nobody_looked() -> None:
    assert look(Changes(), service(at=ago(1), by="ecs-svc/2"), ours=("ecs-svc/2",)) == Last(None, NOW)


def test_a_repeat_of_the_same_revision_is_a_retirement() -> None:
    before = Changes({"web": Change("web:7", ago(50), ago(60))})
    assert look(before, service(at=ago(1), by="ecs-svc/2")) == Last(ago(60), ago(60))


def test_another_revision_is_a_change() -> None:
    before = Changes({"web": Change("web:7", ago(50), ago(60))})
    found = look(before, service(at=ago(1), by="ecs-svc/2", revision="web:8"))
    assert found is not None
    assert found.at == ago(1)


def test_a_revision_that_this_bot_deployed_is_remembered_as_running() -> None:
    before = Changes({"web": Change("web:7", ago(50), ago(60))})
    made = seen(before, [service(at=ago(1), by="o", revision="web:8")], ["o"], now=NOW)
    assert made == Changes({"web": Change("web:8", ago(50), ago(60))})


def test_a_service_watched_only_since_the_last_change_hides_what_came_before() -> None:
    before = Changes({"web": Change("web:7", ago(90), ago(60)), "api": Change("api:2", ago(20))})
    seen_now = (service(at=ago(60)), service("api", ago(5), by="ours", revision="api:2"))
    assert look(before, *seen_now, ours=("ours",)) == Last(None, ago(20))


def test_a_service_without_deployment_makes_the_last_change_unknown() -> None:
    assert look(Changes(), service()) is None
    assert look(Changes()) is None
    assert look(Changes(), service(at=ago(40)), service("api")) is None
    assert last(None) is None


def test_a_service_that_is_gone_is_forgotten() -> None:
    before = Changes({"old": Change("old:1", ago(90), ago(2))})
    assert look(before, service(at=ago(40))) == Last(ago(40), ago(40))
