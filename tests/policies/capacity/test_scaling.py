"""How many tasks somebody may ask for: the catalog's bounds, and those of autoscaling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.capacity.facts import ScalingFacts, Suspended
from policies.capacity.scaling import MOST, Asked, bound, bound_of, out_of_bounds, unscalable
from policies.catalog.forms import Miswritten
from policies.service.environment import Bound
from tests.fakes.aws import steady
from tests.golden import Golden

WEB = Bound("web", 1, 6)
AUTOSCALED = ScalingFacts(2, 4)


@pytest.mark.parametrize("text", ["1-6", " 1 - 6 ", "1..6", "1 to 6", "1–6"])
def test_a_range_is_read_as_people_write_it(text: str) -> None:
    assert bound("web", text) == WEB


@pytest.mark.parametrize("text", ["", "6", "6-1", "-1-6", "1-6-9", "one-six", f"1-{MOST + 1}", "1-60000"])
def test_anything_else_is_refused_with_what_to_write(text: str, golden: Golden) -> None:
    with pytest.raises(Miswritten) as refused:
        bound("web", text)
    assert str(refused.value) == golden


@pytest.mark.parametrize(
    ("service", "covered"),
    [("web", "web"), ("worker-mail", "worker-*"), ("worker-x", "worker-?"), ("api", "*"), ("Web", "*")],
)
def test_the_closest_bound_covers_a_service(service: str, covered: str) -> None:
    bounds = [Bound(name, 0, 1) for name in ("*", "worker-*", "worker-?", "web")]
    found = bound_of(service, bounds)
    assert found is not None
    assert found.service == covered


def test_a_name_with_a_bracket_is_no_pattern() -> None:
    assert bound_of("web", [Bound("[w]eb", 0, 1)]) is None


@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_count_within_both_bounds_is_allowed(count: int) -> None:
    assert out_of_bounds(Asked("web", count, WEB, None)) is None
    assert out_of_bounds(Asked("web", 3, WEB, AUTOSCALED)) is None


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (Asked("web", 3, None, None), "scaling.no-bounds"),
        (Asked("web", 0, WEB, None), "scaling.bounds"),
        (Asked("web", 7, WEB, None), "scaling.bounds"),
        (Asked("web", 2, Bound("web", 1, 1), None), "scaling.bounds"),
        (Asked("web", 5, WEB, AUTOSCALED), "scaling.autoscaling"),
        (Asked("web", 1, WEB, AUTOSCALED), "scaling.autoscaling"),
        (
            Asked("web", 1, WEB, replace(AUTOSCALED, suspended=Suspended(scaling_out=True))),
            "scaling.autoscaling",
        ),
    ],
    ids=[
        "none",
        "below",
        "above",
        "exactly one",
        "over autoscaling",
        "under autoscaling",
        "suspended in part",
    ],
)
def test_a_count_outside_either_is_refused(asked: Asked, rule: str, golden: Golden) -> None:
    refused = out_of_bounds(asked)
    assert refused is not None
    assert refused.rule == rule
    assert refused.reason == golden


def test_autoscaling_that_is_suspended_whole_bounds_nothing() -> None:
    held = replace(AUTOSCALED, suspended=Suspended(True, True, True))
    assert out_of_bounds(Asked("web", 6, WEB, held)) is None


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"scheduling": "DAEMON"}, "safeguards.daemon"),
        ({"express": True}, "safeguards.express"),
        ({"status": "DRAINING"}, "safeguards.inactive"),
    ],
)
def test_a_service_without_a_count_of_its_own_is_refused(
    fields: dict[str, str], rule: str, golden: Golden
) -> None:
    refused = unscalable(replace(steady("web"), **fields))  # type: ignore[arg-type]
    assert refused is not None
    assert refused.rule == rule
    assert refused.reason == golden


@pytest.mark.parametrize("controller", ["ECS", "CODE_DEPLOY", "EXTERNAL"])
def test_ecs_takes_a_count_whoever_deploys(controller: str) -> None:
    assert unscalable(replace(steady("web"), controller=controller)) is None
