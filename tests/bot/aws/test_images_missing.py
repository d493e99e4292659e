"""Digests that the registry no longer has are reported only where this is certain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from handlers.words.errors import Throttled
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import Stage, environment
from tests.bot.aws.test_images_logs_tasks import REGISTRY, error, scope

NEVER = f"sha256:{'0' * 64}"


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as server:
        yield server


def test_a_deleted_digest_is_missing_and_a_digest_that_lost_its_tag_is_not(stage: Stage) -> None:
    cluster = stage.cluster()
    repository = f"gone-{cluster}"
    old, new = (
        str(stage.world.change({"do": "push", "repository": repository, "tag": "live"})["digest"])
        for _ in range(2)
    )
    images, image = stage.bind(environment(cluster)).images, f"{REGISTRY}/{repository}:live"
    assert old != new
    assert images.missing({image: old}) == frozenset()
    stage.world.change({"do": "image.expire", "repository": repository, "digest": old})
    assert images.missing({image: old}) == {image}
    assert images.missing({image: new}) == frozenset()
    assert images.missing({f"{REGISTRY}/{repository}@{old}": old}) == {f"{REGISTRY}/{repository}@{old}"}


def test_an_image_outside_this_account_and_region_is_not_reported(aws: ScriptedAws) -> None:
    elsewhere = "999999999999.dkr.ecr.eu-central-1.amazonaws.com/api:v1"
    assert scope(aws).images.missing({"nginx:latest": NEVER, elsewhere: NEVER}) == frozenset()
    assert aws.count("DescribeImages") == 0


def test_an_image_that_may_not_be_read_is_not_reported_and_throttling_is_not_hidden(aws: ScriptedAws) -> None:
    aws.answer(
        "DescribeImages",
        400,
        error("AccessDeniedException"),
        error("InvalidParameterException"),
        error("RepositoryNotFoundException"),
        error("ThrottlingException"),
    )
    images, image = scope(aws).images, f"{REGISTRY}/api:v1"

    assert images.missing({image: NEVER}) == frozenset()
    assert images.missing({image: NEVER}) == frozenset()
    assert images.missing({image: NEVER}) == {image}
    with pytest.raises(Throttled):
        images.missing({image: NEVER})
