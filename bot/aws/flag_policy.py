"""The statements of the least-privilege policy for feature flags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.aws import arns
from bot.aws.appconfig_calls import CONFIGURATIONS, LIST_EXPERIMENT_DEFINITIONS
from bot.aws.calls import GET_PARAMETERS, PUT_PARAMETER
from policies.service.environment import Environment

SWITCH = "flag"
"""The operation that switches a flag."""
Statement = dict[str, Any]
_WRITES = tuple(call.action for call in CONFIGURATIONS if call.changes)
_READS = tuple(
    call.action for call in CONFIGURATIONS if not call.changes and call is not LIST_EXPERIMENT_DEFINITIONS
)


def reads(environments: Sequence[Environment]) -> list[Statement]:
    """Reads of the parameters and of the configurations that hold flags. Each is named, and nothing is
    allowed to decrypt one. Experiments are listed for the whole account (facts/ecs 12.2)."""
    named, kept = arns.flags(environments), arns.configurations(environments)
    return [
        *([_allow("ReadFlags", (GET_PARAMETERS.action,), named)] if named else []),
        *([_allow("ReadConfigurations", _READS, kept)] if kept else []),
        *([_allow("ReadExperiments", (LIST_EXPERIMENT_DEFINITIONS.action,), ["*"])] if kept else []),
    ]


def changes(environments: Sequence[Environment]) -> list[Statement]:
    """Changes of flags, except of those that production names which is not open to ``flag``. A deployment
    needs its profile and its AppConfig environment, so leaving out either fences it. Taking one back needs
    the deployment."""
    lit = [e for e in environments if e.production and SWITCH not in e.open_to]
    closed, deployed = arns.flags(lit), arns.deployed_to(lit)
    named = [arn for arn in arns.flags(environments) if arn not in closed]
    kept = sorted(arns.deployed_to(environments) - deployed)
    within = arns.deploying([e for e in environments if e not in lit])
    made = arns.deployments(environments) - arns.deployments(lit)
    return [
        *([_allow("SwitchFlags", (PUT_PARAMETER.action,), named)] if named else []),
        *([_allow("DeployConfigurations", _WRITES, sorted({*kept, *within, *made}))] if kept else []),
    ]


def _allow(sid: str, actions: Iterable[str], resources: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
