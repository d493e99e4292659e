"""Reading calls and keeping credentials out of traffic."""

from __future__ import annotations

import pytest

from playground.aws.calls import MASK, nest, read, redacted
from playground.aws.images import split_image


def test_query_parameters_become_lists_and_dictionaries() -> None:
    flat = {"RoleArn": "r", "Tags.member.2.Key": "b", "Tags.member.1.Key": "a", "Tags.member.10.Key": "c"}
    assert nest(flat) == {"RoleArn": "r", "Tags": [{"Key": "a"}, {"Key": "b"}, {"Key": "c"}]}


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"{}"])
def test_a_body_that_is_not_an_object_has_no_parameters(body: bytes) -> None:
    call = read({"HTTP_X_AMZ_TARGET": "AmazonEC2ContainerServiceV20141113.ListClusters"}, body)
    assert (call.action, call.params, call.access_key) == ("ListClusters", {}, "")


def test_telling_names_and_environment_values_are_masked() -> None:
    request = {
        "clientSecret": "x",
        "overrides": {"containerOverrides": [{"environment": [{"name": "KEY", "value": "x"}]}]},
        "cluster": "staging",
    }
    assert redacted(request) == {
        "clientSecret": MASK,
        "overrides": {"containerOverrides": [{"environment": [{"name": "KEY", "value": MASK}]}]},
        "cluster": "staging",
    }


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("web", ("web", "latest", None)),
        ("web:v2", ("web", "v2", None)),
        ("host:5000/team/web", ("host:5000/team/web", "latest", None)),
        ("host/web:v2", ("host/web", "v2", None)),
        ("host/web@sha256:aa", ("host/web", None, "sha256:aa")),
        ("host/web:v2@sha256:aa", ("host/web", None, "sha256:aa")),
    ],
)
def test_an_image_reference_has_a_name_and_a_tag_or_a_digest(
    image: str, parts: tuple[str, str | None, str | None]
) -> None:
    assert split_image(image) == parts
