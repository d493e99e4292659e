"""What a deployment would pick up, by facts/ecs 2.2 and trap 12, without claiming more than is known."""

from __future__ import annotations

import pytest

from policies.service.facts import Container, ContainerImage, ServiceFacts
from policies.service.images import NothingNew, WouldChange, moved, pick_up, short, untold
from tests.golden import Golden
from tests.policies.make import facts, release, task

OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def _runs(image: str, digest: str = OLD) -> ServiceFacts:
    digests = {"app": digest} if digest else {}
    return facts(
        images=(ContainerImage("app", image),), service_deployment=release("SUCCESSFUL", digests=digests)
    )


def test_a_moved_tag_shows_both_digests_short_and_what_may_be_unknown(golden: Golden) -> None:
    (found,) = moved(_runs("registry/web:live"), {"registry/web:live": NEW})
    assert (found.container, found.running_digest, found.tag_digest) == ("app", OLD, NEW)
    assert found.sentence == golden
    assert "several architectures" in found.sentence


def test_the_running_digest_counts_if_the_revision_names_none() -> None:
    running = (task(1, containers=(Container("app", digest=OLD),)),)
    found = facts(tasks=running, images=(ContainerImage("app", "registry/web:live"),))
    assert len(moved(found, {"registry/web:live": NEW})) == 1


@pytest.mark.parametrize(
    ("image", "digest", "current", "said", "known"),
    [
        (f"registry/web@{OLD}", OLD, NEW, "pinned to a digest", True),
        ("registry/web:1.4.2", OLD, OLD, "names one version", True),
        ("registry/web:v1.4.2-rc.1", OLD, OLD, "names one version", True),
        ("registry/web:da39a3e", OLD, OLD, "names one version", True),
        ("registry/web:live", OLD, OLD, "still aaaaaaaaaaaa", True),
        ("registry/web", OLD, OLD, "`web` is still", True),
        ("registry/web:live", OLD, "", "now is unknown", False),
        ("registry/web:live", "", NEW, "AWS does not say", False),
    ],
)
def test_a_deployment_without_news_says_why(
    image: str, digest: str, current: str, said: str, known: bool
) -> None:
    found = pick_up(_runs(image, digest), {image: current} if current else {})
    assert isinstance(found, NothingNew)
    assert said in found.reason
    assert found.known is known


def test_a_version_tag_that_was_moved_after_all_would_change() -> None:
    found = pick_up(_runs("registry/web:1.4.2"), {"registry/web:1.4.2": NEW})
    assert isinstance(found, WouldChange)


def test_one_moved_container_is_enough_and_the_others_are_not_guessed() -> None:
    images = (ContainerImage("app", "r/web:live"), ContainerImage("side", "elsewhere/side:live"))
    digests = {"app": OLD, "side": OLD}
    found = pick_up(facts(images=images, service_deployment=release(digests=digests)), {"r/web:live": NEW})
    assert isinstance(found, WouldChange)
    assert [m.container for m in found.moved] == ["app"]
    assert found.unsure == ("side",)


@pytest.mark.parametrize(
    ("image", "digest", "current", "said"),
    [
        ("registry/web:live", OLD, "", True),
        ("registry/web:live", "", NEW, True),
        ("registry/web:live", OLD, NEW, False),
        ("registry/web:live", OLD, OLD, False),
        (f"registry/web@{OLD}", "", "", False),
    ],
)
def test_each_image_that_cannot_be_compared_is_named(
    image: str, digest: str, current: str, said: bool, golden: Golden
) -> None:
    found = untold(_runs(image, digest), {image: current} if current else {})
    assert len(found) == said
    assert all(each == golden(name="cannot be told") for each in found)


def test_an_image_of_two_containers_is_named_once() -> None:
    both = (ContainerImage("app", "r/web:live"), ContainerImage("side", "r/web:live"))
    assert len(untold(facts(images=both), {})) == 1


def test_without_images_nothing_is_claimed(golden: Golden) -> None:
    found = pick_up(facts(images=()), {})
    assert isinstance(found, NothingNew)
    assert not found.known
    (said,) = untold(facts(images=()), {})
    assert said == golden


@pytest.mark.parametrize(("digest", "said"), [(OLD, "a" * 12), ("", "unknown"), ("sha256:12", "12")])
def test_digests_are_shortened_for_people(digest: str, said: str) -> None:
    assert short(digest) == said


@pytest.mark.parametrize(
    ("image", "tag"),
    [("r:5000/web", "latest"), ("r:5000/web:live", "live"), (f"r/web@{OLD}", ""), (f"r/web:live@{OLD}", "")],
)
def test_a_port_is_not_a_tag_and_a_digest_overrules_one(image: str, tag: str) -> None:
    assert ContainerImage("app", image).tag == tag
