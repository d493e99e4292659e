"""The same suite runs on the fake and on the real adapter: what the role may do of a stop, asked before the
stop begins.

The world's simulator is written from IAM's service model; against a real account this proves nothing yet.
"""

from __future__ import annotations

import pytest

from handlers.ports.aws import Moves
from policies.capacity.facts import GroupFacts, ScalingFacts
from tests.contracts.aws_bench import Bench
from tests.contracts.aws_benches import bench
from tests.contracts.world_once import stage_once

__all__ = ["bench", "stage_once"]

GROUP = "contract-permissions"


def everything(bench: Bench) -> Moves:
    for name in ("web", "api"):
        bench.service(name)
    bench.target("web", ScalingFacts(1, 2))
    return Moves(("web", "api"), ("web",), (bench.instance, bench.cluster))


def test_nothing_is_lacking_where_nothing_is_denied(bench: Bench) -> None:
    assert bench.scope.permissions.lacking(everything(bench)) == {}
    assert bench.scope.permissions.lacking(Moves()) == {}


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("ecs:UpdateService", ("api", "web")),
        ("application-autoscaling:RegisterScalableTarget", ("web",)),
        ("rds:StopDBInstance", ("{instance}",)),
        ("rds:StartDBInstance", ("{instance}",)),
        ("rds:StopDBCluster", ("{cluster}",)),
        ("rds:StartDBCluster", ("{cluster}",)),
    ],
)
def test_a_denied_action_is_named_with_the_resources_on_which_it_is_denied(
    bench: Bench, action: str, on: tuple[str, ...]
) -> None:
    moves = everything(bench)
    bench.deny(action)
    names = tuple(name.format(instance=bench.instance, cluster=bench.cluster) for name in on)
    assert bench.scope.permissions.lacking(moves) == {action: names}


def test_a_group_is_asked_about_too(bench: Bench) -> None:
    bench.group(GROUP, GroupFacts(1, 3, 2))
    bench.deny("autoscaling:UpdateAutoScalingGroup")
    lacking = bench.scope.permissions.lacking(Moves(groups=(GROUP,)))
    assert lacking == {"autoscaling:UpdateAutoScalingGroup": (GROUP,)}


def test_a_denied_action_that_the_stop_does_not_need_is_not_named(bench: Bench) -> None:
    moves = everything(bench)
    bench.deny("rds:StopDBInstance")
    assert bench.scope.permissions.lacking(Moves(services=moves.services)) == {}
