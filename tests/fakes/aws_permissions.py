"""IAM in memory: ``handlers.ports.aws.Permissions``."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.ports.aws import Moves
from tests.fakes.aws_script import Script


class FakePermissions:
    """``Permissions``: ``denied`` actions are refused for every resource."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.denied: set[str] = set()

    def lacking(self, moves: Moves) -> Mapping[str, tuple[str, ...]]:
        wants = {
            "ecs:UpdateService": moves.services,
            "application-autoscaling:RegisterScalableTarget": moves.scaled[:1],
            "autoscaling:UpdateAutoScalingGroup": moves.groups,
        }
        for do in ("Continue", "Stop"):
            wants[f"ecs:{do}ServiceDeployment"] = moves.rolled
        clusters = tuple(name for name in moves.databases if name.startswith("cluster:"))
        instances = tuple(name for name in moves.databases if name not in clusters)
        for do in ("Start", "Stop"):
            wants |= {f"rds:{do}DBCluster": clusters, f"rds:{do}DBInstance": instances}
        with self.script.call("lacking", moves):
            return {a: tuple(sorted(on)) for a, on in sorted(wants.items()) if on and a in self.denied}
