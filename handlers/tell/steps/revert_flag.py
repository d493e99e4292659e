"""What is said of a deployment of AppConfig that is taken back."""

from __future__ import annotations

from datetime import timedelta

from handlers.tell.steps.flag import Told, stands
from policies.flags.deploying import Rollout
from policies.times.instants import words


def taken_back(told: Told, rollout: Rollout, *, already: bool) -> str:
    """``already``: it was taken back before it was asked for from here."""
    what = f"version {rollout.version} of its configuration"
    is_ = f"`{told.flag.name}` is {told.wanted} in `{told.environment}`"
    if already:
        return f"{is_}; AppConfig had taken {what} back before it was asked to."
    if rollout.state == "REVERTED":
        return f"{is_}; it was {told.was} before, and AppConfig reverted {what}."
    return f"{is_}; the deployment that was to switch it {told.was} was stopped."


def going(rollout: Rollout) -> str:
    version = f"version {rollout.version} of its configuration"
    if rollout.state == "ROLLING_BACK":
        return f"AppConfig is rolling {version} back"
    return f"AppConfig was asked to take {version} back"


def not_as_before(told: Told, rollout: Rollout) -> str:
    """Somebody else deployed afterwards, or what was in force before was another state."""
    return f"AppConfig took version {rollout.version} of its configuration back, but {stands(told)}"


def overtaken(told: Told) -> str:
    return f"somebody else began another deployment in between, so nothing was taken back. {stands(told)}"


def complete(told: Told, rollout: Rollout) -> str:
    return (
        f"AppConfig had completed the deployment of version {rollout.version} before it could be stopped. "
        f"{stands(told)}, and the message of that change offers Undo"
    )


def late(told: Told, rollout: Rollout, after: timedelta) -> str:
    return (
        f"AppConfig has not taken version {rollout.version} of its configuration back {words(after)} after "
        f"it was asked to, and may still do so. {stands(told)}"
    )
