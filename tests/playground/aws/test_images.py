"""Tags, digests and service revisions (facts/ecs 2.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playground.aws.stage import Stage


def revision_digest(stage: Stage, name: str) -> str:
    ecs = stage.client("ecs")
    deployment = ecs.describe_service_deployments(
        serviceDeploymentArns=[stage.service(name)["currentServiceDeployment"]]
    )["serviceDeployments"][0]
    rows = ecs.describe_service_revisions(serviceRevisionArns=[deployment["targetServiceRevision"]["arn"]])[
        "serviceRevisions"
    ]
    return str(rows[0]["containerImages"][0]["imageDigest"])


def tagged(stage: Stage, tag: str) -> dict[str, Any]:
    answer = stage.client("ecr").describe_images(repositoryName=stage.cluster, imageIds=[{"imageTag": tag}])
    row: dict[str, Any] = answer["imageDetails"][0]
    return row


def test_a_moved_tag_changes_nothing_until_the_next_deployment(stage: Stage) -> None:
    stage.environment({"name": "web", "image": f"{stage.cluster}:latest"})
    old = revision_digest(stage, "web")
    assert tagged(stage, "latest")["imageDigest"] == old
    new = stage.order("push", repository=stage.cluster, tag="latest")["digest"]
    assert tagged(stage, "latest")["imageDigest"] == new != old
    assert revision_digest(stage, "web") == old
    stage.restart("web")
    assert revision_digest(stage, "web") == new
    stage.settled("web")
    assert stage.tasks("web")[0]["containers"][0]["imageDigest"] == new


def test_an_image_that_lost_its_tag_stays_untagged(stage: Stage) -> None:
    stage.environment({"name": "web", "image": f"{stage.cluster}:latest"})
    old = revision_digest(stage, "web")
    stage.order("push", repository=stage.cluster, tag="latest")
    row = stage.client("ecr").describe_images(repositoryName=stage.cluster, imageIds=[{"imageDigest": old}])[
        "imageDetails"
    ][0]
    assert "imageTags" not in row


def test_a_pinned_digest_survives_a_new_push(stage: Stage) -> None:
    stage.environment({"name": "web", "image": f"{stage.cluster}:v3", "pinned": True})
    old = revision_digest(stage, "web")
    stage.order("push", repository=stage.cluster, tag="v3")
    stage.restart("web")
    assert revision_digest(stage, "web") == old
    stage.settled("web")


def test_service_deployments_are_listed_newest_first_with_their_status(stage: Stage) -> None:
    stage.environment({"name": "web"})
    stage.slow_down("web")
    stage.restart("web")
    ecs = stage.client("ecs")
    rows = ecs.list_service_deployments(cluster=stage.cluster, service="web")["serviceDeployments"]
    assert [row["status"] for row in rows] == ["IN_PROGRESS", "SUCCESSFUL"]
    assert rows[0]["serviceDeploymentArn"] == stage.service("web")["currentServiceDeployment"]
    stage.settled("web")
    done = ecs.list_service_deployments(cluster=stage.cluster, service="web", status=["SUCCESSFUL"])
    assert len(done["serviceDeployments"]) == 2


def test_a_deployment_in_progress_can_be_rolled_back_by_request(stage: Stage) -> None:
    stage.environment({"name": "web", "image": f"{stage.cluster}:latest"})
    old = revision_digest(stage, "web")
    stage.order("push", repository=stage.cluster, tag="latest")
    stage.slow_down("web")
    stage.restart("web")
    ecs = stage.client("ecs")
    arn = stage.service("web")["currentServiceDeployment"]
    ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    stage.settled("web")
    row = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]
    assert row["status"] == "ROLLBACK_SUCCESSFUL"
    assert stage.tasks("web")[0]["containers"][0]["imageDigest"] == old


def test_an_immutable_tag_does_not_move(stage: Stage) -> None:
    stage.environment({"name": "api", "image": f"{stage.cluster}:v1.42.0", "immutable": True})
    with pytest.raises(ValueError, match="immutable"):
        stage.order("push", repository=stage.cluster, tag="v1.42.0")
