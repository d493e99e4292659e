"""The same suite runs on the fakes of AWS and on the real adapters over the simulated world.

The world is our own reading of ECS; against a real account this proves nothing yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.logs import LogSpan
from handlers.words.errors import Absent, Denied, Trouble, Unanswered
from policies.cost.fargate import ARM, TaskSize
from policies.logs.routes import STANDARD, Group
from tests.contracts.aws_bench import REGISTRY, Bench
from tests.contracts.aws_benches import bench
from tests.contracts.world_once import stage_once

__all__ = ["bench", "stage_once"]
REGION = "eu-central-1"


def test_members_are_the_services_that_nobody_else_claims(bench: Bench) -> None:
    bench.service("web")
    bench.service("api")
    bench.disputed("shared")

    members = bench.scope.services.members()

    assert {service.name for service in members.own} == {"api", "web"}
    assert list(members.disputed) == ["shared"]
    assert "other" in members.disputed["shared"]


def test_summaries_come_in_the_order_asked_without_the_absent_and_the_disputed(bench: Bench) -> None:
    for name in ("api", "web", "worker"):
        bench.service(name)
    bench.disputed("shared")

    found = bench.scope.services.summaries(["worker", "shared", "none", "api"])

    assert [f.name for f in found] == ["worker", "api"]
    assert all((f.desired, f.running) == (2, 2) for f in found)
    assert not any(f.tasks or f.images or f.targets or f.service_deployment for f in found)


def test_summaries_with_tasks_hold_what_each_services_own_facts_would(bench: Bench) -> None:
    bench.service("web", desired=3)
    bench.service("api", desired=1)

    web, api = bench.scope.services.summaries(["web", "api"], tasks=True)

    for found in (web, api):
        alone = bench.scope.services.facts(found.name)
        assert {t.id for t in found.tasks} == {t.id for t in alone.tasks}
        assert (found.images, set(found.targets)) == (alone.images, set(alone.targets))
    assert (len(web.tasks), len(api.tasks)) == (3, 1)


def test_sizes_are_what_a_task_is_billed_by(bench: Bench) -> None:
    small, large = TaskSize("api", 0.5, 1, ARM), TaskSize("web", 2, 4)
    for size in (large, small):
        bench.sized(size)
    bench.disputed("shared")

    assert bench.scope.services.sizes(["api", "none", "web", "shared"]) == (small, large)


def test_an_empty_question_has_an_empty_answer(bench: Bench) -> None:
    assert bench.scope.services.summaries([]) == ()
    assert bench.scope.services.members().own == ()


def test_facts_hold_tasks_targets_and_images_of_the_one_service(bench: Bench) -> None:
    bench.service("web", desired=3)
    bench.service("api", desired=1)

    facts = bench.scope.services.facts("web")

    assert facts.primary is not None
    assert (facts.primary.status, facts.primary.rollout) == ("PRIMARY", "COMPLETED")
    assert [t.deployment for t in facts.tasks if t.running] == [facts.primary.id] * 3
    assert {t.ip for t in facts.tasks} == {t.ip for t in facts.targets if t.state == "healthy"}
    assert [(i.container, i.tag) for i in facts.images] == [("web", "latest")]
    assert set(facts.digests) == {"web"}
    assert facts.at.tzinfo is not None


@pytest.mark.parametrize("name", ["none", "", "shared"])
def test_a_missing_or_foreign_service_is_absent_to_every_method(bench: Bench, name: str) -> None:
    bench.disputed("shared")

    with pytest.raises(Absent):
        bench.scope.services.facts(name)
    with pytest.raises(Absent):
        bench.scope.services.deploy(name)


def test_a_service_is_read_by_its_arn_whichever_environment_owns_the_service(bench: Bench) -> None:
    bench.service("web")
    bench.disputed("shared")
    own = bench.scope.services.facts("web")
    arn = own.arn

    again = bench.scope.services.facts_of(arn)
    assert (again.name, again.deployments, again.tasks) == (own.name, own.deployments, own.tasks)
    lost = bench.scope.services.facts_of(arn.replace("/web", "/shared"))
    assert lost.name == "shared" and lost.tasks


@pytest.mark.parametrize(
    "changed", [("/web", "/gone"), (":eu-central-1:", ":eu-west-1:"), (":123456789012:", ":210987654321:")]
)
def test_a_service_that_is_deleted_or_elsewhere_is_absent_by_its_arn_too(
    bench: Bench, changed: tuple[str, str]
) -> None:
    bench.service("web")
    with pytest.raises(Absent):
        bench.scope.services.facts_of(bench.scope.services.facts("web").arn.replace(*changed))


def test_a_deployment_replaces_the_primary_and_the_receipt_names_it(bench: Bench) -> None:
    bench.service("web")
    before = bench.scope.services.facts("web")

    receipt = bench.scope.services.deploy("web")

    after = bench.scope.services.facts("web", receipt.service_deployment)
    assert before.primary is not None and after.primary is not None
    assert receipt.request_id
    assert receipt.deployment == after.primary.id != before.primary.id
    assert receipt.revision == after.revision == before.revision
    assert receipt.service_deployment == after.current_deployment != before.current_deployment
    assert after.service_deployment is not None
    assert after.service_deployment.arn == receipt.service_deployment


def test_a_refused_deployment_changes_nothing(bench: Bench) -> None:
    bench.service("web")
    bench.refuse_deploy()
    before = bench.scope.services.facts("web").primary

    with pytest.raises(Denied):
        bench.scope.services.deploy("web")

    after = bench.scope.services.facts("web").primary
    assert before is not None and after is not None and after.id == before.id


def test_a_lost_answer_is_unanswered_and_the_deployment_can_be_found(bench: Bench) -> None:
    bench.service("web")
    before = bench.scope.services.facts("web")
    bench.lose_deploys_answer()

    with pytest.raises(Unanswered):
        bench.scope.services.deploy("web")

    known = {d.id for d in before.deployments}
    after = bench.scope.services.facts("web")
    assert len([d for d in after.deployments if d.id not in known]) == 1


def test_a_service_deployment_nobody_knows_is_none(bench: Bench) -> None:
    bench.service("web")
    arn = bench.scope.services.facts("web").arn.replace(":service/", ":service-deployment/") + "/999"

    assert bench.scope.services.facts("web", arn).service_deployment is None


def test_a_stopped_task_stops_and_says_why(bench: Bench) -> None:
    bench.service("web")
    first, second = bench.scope.services.facts("web").tasks[:2]

    receipt = bench.scope.tasks.stop(first.id, "restarted by Dev")

    after = {task.id: task for task in bench.scope.services.facts("web").tasks}
    assert receipt.request_id
    assert (after[first.id].stop_code, after[first.id].stopped_reason) == (
        "UserInitiated",
        "restarted by Dev",
    )
    assert not after[second.id].stop_code


def test_a_task_that_no_service_started_is_one_off_while_it_runs(bench: Bench) -> None:
    bench.service("web")
    assert bench.scope.tasks.one_off() == ()
    id_ = bench.run_alone("web", by="ci")

    [found] = bench.scope.tasks.one_off()

    assert (found.id, found.started_by, found.ours) == (id_, "ci", True)
    assert found.family.endswith("-web") and found.since is not None and found.since.tzinfo is not None
    bench.move()
    assert bench.scope.tasks.one_off() == ()


@pytest.mark.parametrize("task", ["0" * 32, "", "not a task"])
def test_a_task_that_is_not_there_is_absent(bench: Bench, task: str) -> None:
    bench.service("web")

    with pytest.raises(Absent):
        bench.scope.tasks.stop(task, "because")


def test_digests_are_those_that_tags_point_at_now_and_other_images_are_left_out(bench: Bench) -> None:
    old = bench.push("contract/web", "v1")
    other = bench.push("contract/web", "v2")
    images = [f"{REGISTRY}/contract/web:{tag}" for tag in ("v1", "v2", "v3")]

    found = bench.scope.images.digests([*images, "nginx:latest", f"{REGISTRY}/contract/none:v1"])
    assert found == {images[0]: old, images[1]: other}

    new = bench.push("contract/web", "v1")
    assert bench.scope.images.digests(images[:1]) == {images[0]: new}
    assert bench.scope.images.digests([]) == {}


def test_the_last_lines_are_the_newest_oldest_first(bench: Bench) -> None:
    bench.write("/contract/lines", "app/web/1", "one", "two", "three")
    logs = bench.scope.logs

    assert logs.last_lines("/contract/lines", "app/web/1", 2) == ("two", "three")
    assert logs.last_lines("/contract/lines", "app/web/1", 20) == ("one", "two", "three")


def test_a_stream_or_group_that_is_not_there_has_no_lines(bench: Bench) -> None:
    bench.write("/contract/other", "app/web/1", "one")

    assert bench.scope.logs.last_lines("/contract/other", "app/web/2", 5) == ()
    assert bench.scope.logs.last_lines("/contract/none", "app/web/1", 5) == ()


def _span(bench: Bench, group: str, *streams: str, limit: int = 50) -> LogSpan:
    around = timedelta(minutes=1)
    return LogSpan(Group(group, REGION, streams), bench.scope.now - around, bench.scope.now + around, limit)


def test_events_come_newest_first_and_in_pages(bench: Bench) -> None:
    bench.write("/contract/pages", "app/web/1", "one", "two", "three")
    bench.write("/contract/pages", "app/web/2", "elsewhere")
    span = _span(bench, "/contract/pages", "app/web/1", limit=2)

    first = bench.scope.logs.page(span)
    second = bench.scope.logs.page(span, first.token)

    assert [e.text for e in first.events] == ["three", "two"]
    assert [e.text for e in second.events] == ["one"]
    assert (bool(first.token), second.token) == (True, "")
    assert {e.stream for e in (*first.events, *second.events)} == {"app/web/1"}


def test_every_event_has_an_id_of_its_own_that_stays_the_same(bench: Bench) -> None:
    bench.write("/contract/ids", "app/web/1", "same", "same", "other")
    bench.write("/contract/ids", "app/web/2", "same")
    span = _span(bench, "/contract/ids", "app/web/1", "app/web/2")
    first, second = (bench.scope.logs.page(span).events for _ in range(2))
    assert [e.id for e in first] == [e.id for e in second]
    assert len({e.id for e in first} - {""}) == 4


def test_both_ends_of_a_span_are_included(bench: Bench) -> None:
    bench.write("/contract/ends", "app/web/1", "one", "two", "three")
    logs, span = bench.scope.logs, _span(bench, "/contract/ends", "app/web/1")
    three, two, one = logs.page(span).events
    assert logs.page(replace(span, since=one.at, until=two.at)).events == (two, one)
    assert three.at > two.at > one.at


def test_a_missing_stream_is_empty_alone_and_absent_among_several(bench: Bench) -> None:
    bench.write("/contract/missing", "app/web/1", "one")
    logs = bench.scope.logs

    assert logs.page(_span(bench, "/contract/missing", "app/web/none")).events == ()
    with pytest.raises(Absent):
        logs.page(_span(bench, "/contract/missing", "app/web/1", "app/web/none"))


def test_the_class_of_a_group_is_known_and_a_group_that_is_not_there_is_absent(bench: Bench) -> None:
    bench.write("/contract/class", "app/web/1", "one")
    bench.write("/contract/class-of-another", "app/web/1", "one")

    assert bench.scope.logs.log_class(Group("/contract/class", REGION, ())) == STANDARD
    with pytest.raises(Absent):
        bench.scope.logs.log_class(Group("/contract/clas", REGION, ()))


def test_each_revision_says_where_its_containers_log(bench: Bench) -> None:
    bench.service("web")
    revision = bench.scope.services.facts("web").tasks[0].revision
    (route,) = bench.scope.services.log_routes("web", [revision])[revision]
    assert (route.container, route.prefix, route.unreadable) == ("web", "app", None)


def test_every_error_is_a_trouble_with_a_sentence(bench: Bench) -> None:
    with pytest.raises(Trouble) as caught:
        bench.scope.services.facts("none")
    assert caught.value.sentence.endswith(".")
