"""What IAM's simulator is asked, how its answers are read, and when it is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.aws.permitted import SILENT_SECONDS, TAG, Question, denied_on, role_of
from handlers.ports.aws import Moves
from handlers.ports.scope import Scope
from handlers.words.errors import Denied, Trouble
from tests.bot.aws.stage import ACCOUNT, DEV, ROLE, Stage, environment

WEB = "arn:aws:ecs:eu-central-1:123456789012:service/staging/web"
METHOD = "iam.SimulatePrincipalPolicy"


def result(decision: str, *missing: str) -> Any:
    row = {"EvalResourceName": WEB, "EvalResourceDecision": decision, "MissingContextValues": list(missing)}
    return {"EvalActionName": "ecs:UpdateService", "EvalDecision": decision, "ResourceSpecificResults": [row]}


@pytest.mark.parametrize(
    ("answer", "denied"),
    [
        (result("allowed"), False),
        (result("implicitDeny"), True),
        (result("explicitDeny"), True),
        (result("implicitDeny", "ecs:enable-execute-command"), True),
        (result("explicitDeny", "aws:ResourceTag/lamplighter"), True),
        (result("implicitDeny", "aws:SourceIp"), False),
        (result("implicitDeny", "aws:ResourceTag/team"), False),
        (result("implicitDeny", "ecs:cluster", "aws:PrincipalTag/squad"), False),
        ({"EvalActionName": "ecs:UpdateService", "EvalDecision": "implicitDeny"}, False),
    ],
)
def test_a_denial_counts_unless_it_may_rest_on_context_that_was_not_passed(answer: Any, denied: bool) -> None:
    question = Question(("ecs:UpdateService",), {WEB: "web"}, {}, untold=frozenset({f"{TAG}team"}))
    assert list(denied_on(answer, question)) == ([WEB] if denied else [])


@pytest.mark.parametrize(
    ("arn", "role"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/bot/session", f"arn:aws:iam::{ACCOUNT}:role/bot"),
        (f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/bot/s", f"arn:aws-cn:iam::{ACCOUNT}:role/bot"),
        (f"arn:aws:iam::{ACCOUNT}:user/people/bot", f"arn:aws:iam::{ACCOUNT}:user/people/bot"),
    ],
)
def test_a_sessions_arn_leads_to_its_role(arn: str, role: str) -> None:
    assert role_of(arn) == role


def asked(stage: Stage, scope: Scope, moves: Moves) -> list[dict[str, Any]]:
    """The questions that the simulator was asked."""
    since = len(stage.traffic)
    assert scope.permissions.lacking(moves) == {}
    return stage.requests(METHOD, since)


def context(question: dict[str, Any]) -> dict[str, str]:
    return {row["ContextKeyName"]: row["ContextKeyValues"][0] for row in question["ContextEntries"]}


def test_services_are_asked_about_together_with_the_tags_they_share(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"}, {"name": "api"}, {"name": "bare"})
    for name, size in (("web", "large"), ("api", "small")):
        tags = {"lamplighter": "true", "size": size}
        stage.world.change({"do": "service.tag", "cluster": cluster, "service": name, "tags": tags})
    untag: dict[str, object] = {
        "do": "service.untag",
        "cluster": cluster,
        "service": "bare",
        "keys": ["lamplighter"],
    }
    stage.world.change({**untag, "keys": ["lamplighter"]})
    scope = stage.bind(environment(cluster))

    questions = asked(stage, scope, Moves(services=("web", "api", "bare")))

    by_size = {len(question["ResourceArns"]): question for question in questions}
    assert sorted(by_size) == [1, 2]
    told = context(by_size[2])
    assert (told["aws:ResourceTag/lamplighter"], "aws:ResourceTag/size" in told) == ("true", False)
    assert told["ecs:cluster"].endswith(f":cluster/{cluster}")
    assert "aws:ResourceTag/lamplighter" not in context(by_size[1])
    assert {q["PolicySourceArn"] for q in questions} == {ROLE}
    assert by_size[2]["ActionNames"] == ["ecs:UpdateService"]


def test_databases_scaling_and_groups_are_asked_about_with_what_fences_them(stage: Stage) -> None:
    cluster = stage.cluster()
    instance, aurora = stage.databases(cluster)
    stage.world.change({"do": "capacity.create", "cluster": cluster, "name": f"{cluster}-ec2", "max": 2})
    scope = stage.bind(environment(cluster, databases=(instance, aurora)))
    moves = Moves(scaled=("web", "api"), databases=(instance, aurora), groups=(f"{cluster}-ec2",))

    scaling, one, cluster_of, group = asked(stage, scope, moves)

    assert scaling["ActionNames"] == ["application-autoscaling:RegisterScalableTarget"]
    assert context(scaling)["application-autoscaling:service-namespace"] == "ecs"
    assert one["ActionNames"] == ["rds:StopDBInstance", "rds:StartDBInstance"]
    assert one["ResourceArns"] == [f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:{instance}"]
    assert cluster_of["ResourceArns"] == [f"arn:aws:rds:eu-central-1:{ACCOUNT}:{aurora}"]
    assert group["ResourceArns"][0].endswith(f":autoScalingGroupName/{cluster}-ec2")


def test_a_process_without_a_role_asks_for_its_own(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    scope = stage.bind(environment(cluster, role_arn=""))
    with pytest.raises(Trouble):  # the world knows no role for moto's own caller
        scope.permissions.lacking(Moves(services=("web",)))
    [question] = stage.requests(METHOD)[-1:]
    assert question["PolicySourceArn"] == f"arn:aws:sts::{ACCOUNT}:user/moto"


def test_iam_is_left_alone_for_a_while_after_it_did_not_answer(stage: Stage) -> None:
    ticks = [1_000.0]
    where = environment(stage.cluster({"name": "web"}))
    scope = stage.scopes([where], ticks=lambda: ticks[0]).bind(where, DEV)
    stage.faults.order(method=METHOD, kind="error", code="AccessDenied")
    since = len(stage.traffic)
    moves = Moves(services=("web",))

    with pytest.raises(Denied):
        scope.permissions.lacking(moves)
    with pytest.raises(Trouble, match="a moment ago"):
        scope.permissions.lacking(moves)
    assert len(stage.requests(METHOD, since)) == 1

    ticks[0] += SILENT_SECONDS
    assert scope.permissions.lacking(moves) == {}


def test_a_read_that_fails_before_iam_is_asked_does_not_silence_iam(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    stage.world.change({"do": "capacity.create", "cluster": cluster, "name": f"{cluster}-ec2", "max": 2})
    scope = stage.bind(environment(cluster))
    stage.faults.order(method="autoscaling.DescribeAutoScalingGroups", kind="error", code="AccessDenied")
    with pytest.raises(Denied):
        scope.permissions.lacking(Moves(groups=(f"{cluster}-ec2",)))
    assert scope.permissions.lacking(Moves(services=("web",))) == {}
