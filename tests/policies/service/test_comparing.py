"""What differs between two revisions, by names alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.service.comparing import Difference, Part, Revision, differences, missing_names, unresolved
from policies.service.history import (
    DefinedContainer,
    Definition,
    InjectedSecret,
    Network,
    PastDeployment,
    RevisionImage,
)
from tests.fakes.aws import START

CONTAINER = DefinedContainer(
    "web",
    "web:v1",
    variables=("APP_ENV", "DATABASE_URL"),
    secrets=(InjectedSecret("TOKEN", "shop/mail"),),
)
DEFINITION = Definition(
    "family:1",
    "ACTIVE",
    (CONTAINER,),
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    task_role="web",
    execution_role="ecs",
)
IMAGE = RevisionImage("web", "web:v1", "sha256:a")
NETWORK = Network(("subnet-1",), ("sg-1",), False)
PAST = PastDeployment("one", "SUCCESSFUL", START, definition="family:1", images=(IMAGE,), network=NETWORK)
BEFORE = Revision(PAST, DEFINITION)


def after(*, image: RevisionImage = IMAGE, network: Network = NETWORK, **changed: Any) -> Revision:
    inner = {k: changed.pop(k) for k in list(changed) if hasattr(CONTAINER, k) and k not in ("cpu", "memory")}
    definition = replace(DEFINITION, containers=(replace(CONTAINER, **inner),), **changed)
    return Revision(replace(PAST, images=(image,), network=network), definition)


@pytest.mark.parametrize(
    ("changed", "part", "sides"),
    [
        ({"image": replace(IMAGE, image="web:v2")}, Part.IMAGE, ("web:v1", "web:v2")),
        ({"image": replace(IMAGE, digest="sha256:b")}, Part.DIGEST, ("sha256:a", "sha256:b")),
        ({"variables": ("APP_ENV",)}, Part.VARIABLE, ("DATABASE_URL", "")),
        ({"variables": ("APP_ENV", "DATABASE_URL", "NEW")}, Part.VARIABLE, ("", "NEW")),
        ({"variable_files": 1}, Part.FILES, ("", "1")),
        ({"secrets": ()}, Part.SECRET, ("shop/mail", "")),
        ({"secrets": (InjectedSecret("TOKEN", "shop/new"),)}, Part.SOURCE, ("shop/mail", "shop/new")),
        ({"cpu": "512"}, Part.CPU, ("256", "512")),
        ({"memory": "1024"}, Part.RAM, ("512", "1024")),
        ({"network_mode": "bridge"}, Part.MODE, ("awsvpc", "bridge")),
        ({"task_role": "other"}, Part.ROLE, ("web", "other")),
        ({"execution_role": ""}, Part.EXECUTION, ("ecs", "")),
        ({"memory_reservation": 128}, Part.RESERVATION, ("", "128")),
        ({"network": replace(NETWORK, subnets=("subnet-2",))}, Part.SUBNETS, ("subnet-1", "subnet-2")),
        ({"network": replace(NETWORK, security_groups=())}, Part.GROUPS, ("sg-1", "")),
        ({"network": replace(NETWORK, public_ip=True)}, Part.PUBLIC, ("no", "yes")),
    ],
)
def test_each_part_that_changed_is_one_difference(
    changed: dict[str, Any], part: Part, sides: tuple[str, str]
) -> None:
    [found] = differences(BEFORE, after(**changed))
    assert (found.part, (found.before, found.after)) == (part, sides)


def test_the_same_revision_has_no_difference() -> None:
    assert differences(BEFORE, after()) == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"secrets": (InjectedSecret("TOKEN", "qa/mail"),)},
        {"task_role": "qa-web"},
        {"network": Network(("subnet-9",), ("sg-9",), False)},
    ],
)
def test_what_differs_on_purpose_between_environments_is_not_compared(changed: dict[str, Any]) -> None:
    assert differences(BEFORE, after(**changed), elsewhere=True) == ()


def test_a_container_that_came_or_went_is_one_difference() -> None:
    sidecar = DefinedContainer("envoy", "envoy:v1", variables=("A", "B"))
    both = Revision(PAST, replace(DEFINITION, containers=(CONTAINER, sidecar)))
    assert differences(BEFORE, both) == (Difference(Part.CONTAINER, "envoy", "envoy", "", "there"),)
    assert differences(both, BEFORE) == (Difference(Part.CONTAINER, "envoy", "envoy", "there", ""),)


def test_without_a_definition_only_images_and_network_are_compared() -> None:
    other = Revision(replace(PAST, images=(replace(IMAGE, digest="sha256:b"),)))
    assert [d.part for d in differences(BEFORE, other)] == [Part.DIGEST]


def test_what_is_gone_is_named_unless_it_moved_between_variables_and_secrets() -> None:
    lacking = differences(BEFORE, after(variables=("APP_ENV",)))
    moved = differences(
        BEFORE,
        after(
            variables=("APP_ENV",),
            secrets=(InjectedSecret("DATABASE_URL", "shop/db"), InjectedSecret("TOKEN", "shop/mail")),
        ),
    )
    assert missing_names(lacking) == ("DATABASE_URL",)
    assert len(moved) == 2 and missing_names(moved) == ()


def test_an_image_without_a_digest_on_one_side_cannot_be_told() -> None:
    assert unresolved(BEFORE, after(image=replace(IMAGE, digest=""))) == ("web",)
    assert unresolved(BEFORE, after()) == ()
