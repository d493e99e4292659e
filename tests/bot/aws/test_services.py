"""Membership, facts and the changes to services, against the simulated world."""

from __future__ import annotations

import itertools

import pytest

from bot.aws.throttle import Standing
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Denied, Rejected, Throttled, Trouble, Unanswered
from policies.access.people import ClockActor
from policies.service.environment import ClusterPick, TagPick, Tier
from tests.bot.aws.stage import DEV, Stage, environment
from tests.golden import Golden
from tests.waiting import until


def test_every_page_and_every_batch_of_a_large_cluster_is_read(stage: Stage) -> None:
    names = [f"service-{n:03d}" for n in range(123)]
    cluster = stage.cluster(*({"name": name, "desired": 0} for name in names))
    start = len(stage.traffic)
    scope = stage.bind(environment(cluster))

    assert sorted(s.name for s in scope.services.members().own) == names

    assert [r.get("maxResults") for r in stage.requests("ecs.ListServices", start)] == [100, 100]
    described = stage.requests("ecs.DescribeServices", start)
    assert [len(r["services"]) for r in described] == [10] * 12 + [3]
    assert all(r["include"] == ["TAGS"] for r in described)


def test_more_than_a_hundred_tasks_are_read_in_pages_and_batches(stage: Stage) -> None:
    cluster = stage.cluster({"name": "wide", "desired": 130})
    start = len(stage.traffic)

    facts = stage.bind(environment(cluster)).services.facts("wide", protection=True)

    assert [len(r["tasks"]) for r in stage.requests("ecs.GetTaskProtection", start)] == [100, 30]
    assert len({task.id for task in facts.tasks if task.running}) == 130
    assert [len(r["tasks"]) for r in stage.requests("ecs.DescribeTasks", start)] == [100, 30]
    listed = stage.requests("ecs.ListTasks", start)
    assert {r["desiredStatus"] for r in listed} == {"RUNNING", "STOPPED"}
    assert {(r["serviceName"], r["maxResults"]) for r in listed} == {("wide", 100)}


def test_a_service_that_two_environments_claim_belongs_to_neither(stage: Stage) -> None:
    start = len(stage.traffic)
    cluster = stage.cluster()
    stage.add(cluster, "web", team="red")
    stage.add(cluster, "api", team="blue")
    whole = environment("whole", ClusterPick(cluster))
    red = environment("red", TagPick((cluster,), "team", "red"))

    scopes = stage.scopes([whole, red])
    by_cluster, by_tag = (scopes.bind(where, DEV).services for where in (whole, red))

    assert [s.name for s in by_cluster.members().own] == ["api"]
    assert by_cluster.members().disputed == {"web": ("red", "whole")}
    assert by_tag.members().own == ()
    for services in (by_cluster, by_tag):
        with pytest.raises(Absent):
            services.facts("web")
        with pytest.raises(Absent):
            services.deploy("web")
        assert services.summaries(["web"]) == ()
    assert stage.requests("ecs.UpdateService", start) == []


def test_every_service_in_the_clusters_can_be_listed_whoever_claims_it(stage: Stage) -> None:
    cluster = stage.cluster()
    stage.add(cluster, "web", team="red")
    stage.add(cluster, "lost")
    red = environment("red", TagPick((cluster,), "team", "red"))

    assert {s.name for s in stage.scopes([red]).live(red, DEV)} == {"web", "lost"}


def test_a_service_in_a_production_cluster_is_production_whatever_its_tags_say(stage: Stage) -> None:
    cluster = stage.cluster()
    stage.add(cluster, "web", environment="staging")
    staging = environment("staging", TagPick((cluster,), "environment", "staging"))
    production = environment(
        "production", TagPick((cluster,), "environment", "production"), tier=Tier.PRODUCTION
    )

    members = stage.bind(staging, production).services.members()

    assert members.own == ()
    assert members.disputed == {"web": ("production", "staging")}


def test_a_service_re_tagged_a_moment_ago_is_nobodys_although_the_list_is_remembered(stage: Stage) -> None:
    cluster = stage.cluster()
    stage.add(cluster, "web", team="red")
    scope = stage.bind(environment("red", TagPick((cluster,), "team", "red")))
    assert len(scope.services.members().own) == 1

    stage.world.change({"do": "service.tag", "cluster": cluster, "service": "web", "tags": {"team": "b"}})

    with pytest.raises(Absent):
        scope.services.deploy("web")


@pytest.mark.parametrize("name", ["nothing", "", "*", "web ", "a/b", "x" * 300, "<!channel>"])
def test_a_name_without_a_service_is_absent(stage: Stage, name: str) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})))

    with pytest.raises(Absent):
        scope.services.facts(name)


def test_the_arn_of_a_service_is_not_a_name(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    scope = stage.bind(environment(cluster))

    with pytest.raises(Absent):
        scope.services.facts(scope.services.facts("web").arn)


def test_a_name_that_two_clusters_have_is_refused(stage: Stage) -> None:
    clusters = (stage.cluster(), stage.cluster())
    for cluster in clusters:
        stage.add(cluster, "web", team="red")
    scope = stage.bind(environment("red", TagPick(clusters, "team", "red")))

    with pytest.raises(Rejected, match=f"in each of {clusters[0]} and {clusters[1]}"):
        scope.services.deploy("web")
    assert len(scope.services.summaries(["web"])) == 2


def test_a_cluster_that_is_gone_is_absent(stage: Stage, golden: Golden) -> None:
    scope = stage.bind(environment("nowhere"))

    with pytest.raises(Absent) as caught:
        scope.services.members()
    assert caught.value.sentence == golden
    assert caught.value.code == "ClusterNotFoundException"
    assert caught.value.request_id


def test_credentials_that_lead_to_another_account_are_refused(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    scope = stage.bind(environment(cluster, account="999999999999", role_arn=""))

    with pytest.raises(Rejected, match="another AWS account") as caught:
        scope.services.members()
    assert "999999999999" not in caught.value.sentence


def test_facts_carry_everything_a_judgement_needs(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 2, "load_balancer": True, "image": "web:latest"})

    facts = stage.bind(environment(cluster)).services.facts("web")

    assert (facts.desired, facts.running, facts.status) == (2, 2, "ACTIVE")
    assert (facts.controller, facts.strategy, facts.scheduling) == ("ECS", "ROLLING", "REPLICA")
    assert facts.primary is not None
    assert (facts.primary.rollout, facts.primary.revision) == ("COMPLETED", facts.revision)
    assert {t.deployment for t in facts.tasks} == {facts.primary.id}
    assert {t.ip for t in facts.tasks} <= {t.ip for t in facts.targets if t.state == "healthy"}
    assert [(i.tag, i.log_group, i.log_prefix) for i in facts.images] == [
        ("latest", f"/ecs/{cluster}/web", "app")
    ]
    assert facts.service_deployment is not None
    assert facts.service_deployment.status == "SUCCESSFUL"
    assert facts.digests == {"web": facts.tasks[0].containers[0].digest}
    assert facts.at.tzinfo is not None


def test_daemon_code_deploy_and_blue_green_services_are_recognised(stage: Stage) -> None:
    cluster = stage.cluster(
        {"name": "agent", "scheduling": "DAEMON"},
        {"name": "legacy", "controller": "CODE_DEPLOY"},
        {"name": "green", "strategy": "BLUE_GREEN", "load_balancer": True, "breaker": "rollback"},
    )

    rows = stage.bind(environment(cluster)).services.summaries(["green", "absent", "legacy", "agent"])

    assert [(f.name, f.controller, f.strategy, f.scheduling, f.breaker) for f in rows] == [
        ("green", "ECS", "BLUE_GREEN", "REPLICA", True),
        ("legacy", "CODE_DEPLOY", "ROLLING", "REPLICA", False),
        ("agent", "ECS", "ROLLING", "DAEMON", False),
    ]
    assert len(rows[0].target_groups) == 2


def test_a_revision_is_read_once_and_remembered(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})))
    start = len(stage.traffic)

    first, second = scope.services.facts("web"), scope.services.facts("web")

    assert first.images == second.images != ()
    assert len(stage.requests("ecs.DescribeTaskDefinition", start)) == 1
    assert len(stage.requests("ecs.DescribeServiceRevisions", start)) == 1


def test_a_service_deployment_of_another_service_or_long_gone_is_not_shown(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"}, {"name": "api"})))
    other = scope.services.facts("api").current_deployment

    assert scope.services.facts("web", other).service_deployment is None
    assert scope.services.facts("web", f"{other[:-4]}0000").service_deployment is None


def test_a_restart_names_the_live_service_forces_and_sends_nothing_else(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    scope = stage.bind(environment(cluster))
    before = scope.services.facts("web")
    start = len(stage.traffic)

    receipt = scope.services.deploy("web")

    [sent] = stage.requests("ecs.UpdateService", start)
    assert sent == {
        "cluster": f"arn:aws:ecs:eu-central-1:123456789012:cluster/{cluster}",
        "service": before.arn,
        "forceNewDeployment": True,
    }
    after = scope.services.facts("web", receipt.service_deployment)
    assert after.primary is not None and before.primary is not None
    assert receipt.deployment == after.primary.id != before.primary.id
    assert receipt.revision == after.revision == before.revision
    assert after.service_deployment is not None
    [row] = [r for r in stage.traffic[start:] if r["method"] == "ecs.UpdateService"]
    assert receipt.request_id == row["request_id"]


def test_a_count_names_the_live_service_and_sends_nothing_else(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 2})
    scope = stage.bind(environment(cluster))
    before = scope.services.facts("web")
    start = len(stage.traffic)

    receipt = scope.services.set_desired("web", 0)

    [sent] = stage.requests("ecs.UpdateService", start)
    assert sent == {
        "cluster": f"arn:aws:ecs:eu-central-1:123456789012:cluster/{cluster}",
        "service": before.arn,
        "desiredCount": 0,
    }
    [row] = [r for r in stage.traffic[start:] if r["method"] == "ecs.UpdateService"]
    assert receipt.request_id == row["request_id"]
    assert receipt.deployment == before.deployments[0].id
    assert row["role"].endswith("/U0DEV")


def test_a_count_set_during_a_deployment_lets_the_deployment_go_on(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web", "desired": 2})))
    deployed = scope.services.deploy("web")

    receipt = scope.services.set_desired("web", 0)

    assert receipt.deployment == deployed.deployment


@pytest.mark.parametrize("phase", ["before_effect", "after_effect"])
@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "status", "status": 500}])
def test_a_lost_answer_to_a_restart_is_unanswered_and_never_sent_twice(
    stage: Stage, phase: str, fault: dict[str, object]
) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})))
    start = len(stage.traffic)
    stage.faults.order(method="ecs.UpdateService", phase=phase, **fault)

    with pytest.raises(Unanswered):
        scope.services.deploy("web")

    assert len(stage.requests("ecs.UpdateService", start)) == 1


def test_an_answer_that_takes_too_long_is_unanswered(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})), read_timeout=3.0)
    start = len(stage.traffic)
    held = stage.faults.order(method="ecs.UpdateService", kind="hold")

    with pytest.raises(Unanswered):
        scope.services.deploy("web")

    stage.faults.release(held.id)
    until("the order is seen", lambda: stage.requests("ecs.UpdateService", start), pause=0.01)
    assert len(stage.requests("ecs.UpdateService", start)) == 1


def test_a_failed_look_up_before_a_restart_leaves_no_doubt_about_the_restart(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})))
    start = len(stage.traffic)
    stage.faults.order(method="ecs.DescribeServices", kind="status", status=500, times=0)

    with pytest.raises(Trouble) as caught:
        scope.services.deploy("web")

    assert type(caught.value) is Trouble
    assert caught.value.retry_helps
    assert stage.requests("ecs.UpdateService", start) == []


def test_a_read_is_tried_again(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})))
    stage.faults.order(method="ecs.DescribeServices", kind="drop")

    assert scope.services.facts("web").name == "web"


@pytest.mark.parametrize(
    ("code", "kind", "retry_helps"),
    [("ThrottlingException", Throttled, True), ("AccessDeniedException", Denied, False)],
)
def test_a_refused_restart_says_so_and_is_sent_once(
    stage: Stage, code: str, kind: type[Trouble], retry_helps: bool
) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web"})))
    start = len(stage.traffic)
    stage.faults.order(method="ecs.UpdateService", kind="error", code=code)

    with pytest.raises(kind) as caught:
        scope.services.deploy("web")

    assert (caught.value.code, caught.value.retry_helps) == (code, retry_helps)
    assert "restart web" in caught.value.sentence
    assert caught.value.request_id
    assert len(stage.requests("ecs.UpdateService", start)) == 1


def test_a_change_that_got_late_by_slow_look_ups_is_not_sent_at_all(stage: Stage) -> None:
    where = environment(stage.cluster({"name": "web", "desired": 1}))
    late = itertools.count(step=25.0)  # each look at the clock comes 25 s after the previous one
    scope = stage.scopes([where], ticks=late.__next__).bind(where, DEV)
    [task] = stage.bind(where).services.facts("web").tasks
    start = len(stage.traffic)

    with pytest.raises(Trouble, match="too slow") as restarting:
        scope.services.deploy("web")
    with pytest.raises(Trouble, match="too slow") as stopping:
        scope.tasks.stop(task.id, "because")

    assert type(restarting.value) is type(stopping.value) is Trouble

    assert stage.requests("ecs.UpdateService", start) == stage.requests("ecs.StopTask", start) == []


def test_a_code_deploy_service_is_refused_in_awss_words(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "legacy", "controller": "CODE_DEPLOY"})))

    with pytest.raises(Rejected, match="Use AWS CodeDeploy"):
        scope.services.deploy("legacy")


def test_a_restart_that_does_not_fit_the_bucket_now_never_reaches_aws(stage: Stage, golden: Golden) -> None:
    cluster = stage.cluster({"name": "web"})
    where = environment(cluster)
    scopes = stage.scopes([where], ticks=lambda: 100.0)
    scope = scopes.bind(where, ClockActor())
    buckets = scopes.aws.place(where, ClockActor()).buckets
    while buckets.ask("service modify", standing=Standing.CLOCK) == 0.0:
        pass
    start = len(stage.traffic)

    with pytest.raises(Throttled) as caught:
        scope.services.deploy("web")

    assert caught.value.retry_helps
    assert caught.value.sentence == golden
    assert stage.requests("ecs.UpdateService", start) == []


def test_too_many_looks_for_the_bucket_finish_one_after_the_other(stage: Stage) -> None:
    """Each round adds two tokens, and a look needs three calls. If looks took room call by call, nobody would
    ever finish.
    """
    cluster, at = stage.cluster({"name": "web"}), [100.0]
    where = environment(cluster)
    scopes = stage.scopes([where], ticks=lambda: at[0], membership_seconds=1e9)
    waiting = [scopes.bind(where, DEV) for _ in range(3)]
    while scopes.aws.place(where, DEV).buckets.ask("cluster resource read", standing=Standing.PERSON) == 0.0:
        pass
    for _ in range(6):
        at[0] += 0.2
        waiting = [scope for scope in waiting if not _looked(scope)]
    assert waiting == []


def _looked(scope: Scope) -> bool:
    try:
        return bool(scope.services.facts("web").tasks)
    except Throttled:
        return False
