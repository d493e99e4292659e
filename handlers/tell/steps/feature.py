"""What is said of a flag in AppConfig while its new version is deployed."""

from __future__ import annotations

import re
from datetime import timedelta

from handlers.tell.steps.flag import Told, stands
from policies.flags.deploying import Rollout
from policies.secrets.public import public
from policies.service.environment import Flag
from policies.times.instants import words

_ALARM = re.compile(r":alarm:([^\s\"',]+)")


def gone(flag: str) -> str:
    return f"`{flag}` is no longer there: the catalog does not keep it in AppConfig any more."


def description(flag: Flag, state: str, actor: str) -> str:
    """What AppConfig shows next to the version and to its deployment. It takes ASCII only (facts/ecs
    12.2)."""
    said = f"{flag.name} {state}, by {actor} through Lamplighter"
    return said.encode("ascii", "replace").decode()[:200]


def written(version: int) -> str:
    return f"version {version} of its configuration is written and not deployed yet"


def going(rollout: Rollout) -> str:
    """How far a deployment is that has not ended."""
    version = f"version {rollout.version} of its configuration"
    match rollout.state:
        case "VALIDATING":
            return f"AppConfig validates {version}"
        case "BAKING":
            return (
                f"everybody has {version}, and AppConfig still watches its alarms before it calls the "
                "deployment complete"
            )
        case "ROLLING_BACK":
            return f"AppConfig is rolling {version} back"
    return f"{version} has reached {rollout.percent} % of those who read it"


def rolled_back(told: Told, rollout: Rollout) -> str:
    return f"{_cause(rollout)}. {stands(told)}"


def undone(told: Told, rollout: Rollout, by: str) -> str:
    """``by``: who asked from here for the state before."""
    version = f"version {rollout.version} of its configuration"
    return f"{by} undid it while {version} was being deployed. {stands(told)}"


def not_as_written(told: Told) -> str:
    """Somebody else deployed another version right after ours was complete."""
    return f"somebody else deployed version {told.held.version} right afterwards. {stands(told)}"


def overtaken(told: Told, version: int) -> str:
    """Somebody else wrote or deployed a version between our plan and our call. ``version``: ours, if it was
    written already."""
    ours = f" Version {version}, which was written for this, is not deployed." if version else ""
    return (
        "somebody else wrote a version of its configuration, or began to deploy one, in between."
        + ours
        + f" {stands(told)}"
    )


def refused(told: Told, why: str, version: int) -> str:
    ours = f" Version {version} is written and not deployed." if version else ""
    return f"{public(why)}{ours} {stands(told)}"


def late(told: Told, rollout: Rollout, after: timedelta) -> str:
    return (
        f"AppConfig has not completed the deployment of version {rollout.version} of its configuration "
        f"{words(after)} after it began, and may still do so. {stands(told)}"
    )


def _cause(rollout: Rollout) -> str:
    version = f"version {rollout.version}"
    if rollout.state == "REVERTED":
        return f"somebody reverted {version} of its configuration"
    match rollout.by:
        case "CLOUDWATCH_ALARM":
            alarm = _ALARM.search(rollout.why)
            named = f" `{public(alarm[1])}`" if alarm else ""
            return f"the CloudWatch alarm{named} went off while {version} was being deployed"
        case "USER":
            return f"somebody stopped the deployment of {version} of its configuration"
        case "APPCONFIG":
            return f"AppConfig could not deploy {version} of its configuration"
        case "INTERNAL_ERROR":
            return f"AppConfig had a failure of its own while it deployed {version}"
    return f"AppConfig does not say why it did not keep {version} of its configuration"
