"""The world's AppConfig: applications with their environments, configuration profiles and deployments.

It is our own reading of AppConfig (facts/ecs 12.2), because moto has neither environments nor deployments.
What a deployment does follows from when it began; nothing ticks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from playground.aws.errors import AwsError
from playground.aws.moment import Moment

T = TypeVar("T")
FEATURE_FLAGS = "AWS.AppConfig.FeatureFlags"
MINUTE = 60.0
REVERTED_FOR = 72 * 60 * MINUTE
"""For how long a complete deployment can be reverted, in seconds."""


@dataclass(frozen=True)
class Strategy:
    """How a deployment spreads: over ``minutes``, by ``growth`` percent at a time, and then it bakes."""

    id: str
    minutes: int = 0
    bake: int = 10
    growth: float = 100.0


PREDEFINED = (
    Strategy("AppConfig.AllAtOnce"),
    Strategy("AppConfig.Linear50PercentEvery30Seconds", 1, 1, 50.0),
    Strategy("AppConfig.Linear20PercentEvery6Minutes", 30, 30, 20.0),
    Strategy("AppConfig.Canary10Percent20Minutes", 20, 10, 10.0),
)
"""AppConfig's own. The last one grows exponentially there, and evenly here."""


@dataclass(frozen=True)
class Version:
    number: int
    content: bytes
    content_type: str = "application/json"
    label: str = ""


@dataclass
class Profile:
    id: str
    name: str
    type: str = FEATURE_FLAGS
    versions: list[Version] = field(default_factory=list)


@dataclass(frozen=True)
class TakenBack:
    """How a deployment was taken back: the state it is in since, by whom or what, and what AppConfig says."""

    state: str
    by: str
    why: str
    at: datetime


@dataclass
class Deployment:
    """``began``: in the world's seconds. One that an order made as complete began long ago."""

    number: int
    profile: str
    version: Version
    strategy: Strategy
    began: float
    began_at: datetime
    description: str = ""
    taken_back: TakenBack | None = None

    def state(self, now: Moment) -> str:
        lived = now.t - self.began
        if self.taken_back is not None:
            return self.taken_back.state
        if lived < self.strategy.minutes * MINUTE:
            return "DEPLOYING"
        return "BAKING" if lived < self.lasts else "COMPLETE"

    @property
    def lasts(self) -> float:
        """Seconds until it is complete."""
        return (self.strategy.minutes + self.strategy.bake) * MINUTE

    def percent(self, now: Moment) -> float:
        whole = self.strategy.minutes * MINUTE
        if not whole:
            return 100.0
        steps = int((now.t - self.began) / (whole * self.strategy.growth / 100.0)) + 1
        return min(100.0, steps * self.strategy.growth)

    def going(self, now: Moment) -> bool:
        return self.state(now) in ("DEPLOYING", "BAKING")


@dataclass
class Application:
    """``environments``: each with its deployments, oldest first. ``experiments``: the names of the active
    ones, by profile and environment. ``of``: the environment of ECS that it goes with; empty if none."""

    id: str
    of: str = ""
    environments: dict[str, list[Deployment]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    experiments: dict[tuple[str, str], str] = field(default_factory=dict)


class AppConfigBook:
    """Everything of AppConfig in the account and region; hold the fleet's lock."""

    def __init__(self) -> None:
        self.applications: dict[str, Application] = {}
        self.strategies = {strategy.id: strategy for strategy in PREDEFINED}

    def application(self, id_: str) -> Application:
        return _found(self.applications, id_, "application")

    def profile(self, application: str, id_: str) -> Profile:
        return _found(self.application(application).profiles, id_, "configuration profile")

    def deployments(self, application: str, environment: str) -> list[Deployment]:
        return _found(self.application(application).environments, environment, "environment")

    def version(self, application: str, profile: str, version: str) -> Version:
        """The version of that number or label."""
        rows = self.profile(application, profile).versions
        found = [row for row in rows if version in (str(row.number), row.label)]
        if not found:
            raise absent(f"hosted configuration version {version}")
        return found[0]

    def write(self, profile: Profile, made: Version, latest: int | None) -> Version:
        """Add a version, unless somebody has added one after ``latest``."""
        newest = profile.versions[-1].number if profile.versions else 0
        if latest is not None and latest != newest:
            raise conflict(f"The latest version is {newest} and not {latest}.")
        if made.label and any(row.label == made.label for row in profile.versions):
            raise conflict(f"There is a version with the label {made.label} already.")
        if profile.type == FEATURE_FLAGS:
            check_flags(made.content)
        added = Version(newest + 1, made.content, made.content_type, made.label)
        profile.versions.append(added)
        return added

    def begin(self, rows: list[Deployment], made: Deployment, latest: int | None, now: Moment) -> Deployment:
        """Begin a deployment, unless one is under way or somebody began one after ``latest``."""
        newest = rows[-1].number if rows else 0
        if latest is not None and latest != newest:
            raise conflict(f"The latest deployment is {newest} and not {latest}.")
        if any(row.going(now) for row in rows):
            raise conflict("Another deployment is in progress in this environment.")
        made.number = newest + 1
        rows.append(made)
        return made

    def stop(self, row: Deployment, now: Moment, *, revert: bool) -> None:
        """Take a deployment back: one that spreads, and with ``revert`` also one that bakes or has been
        complete for no more than 72 h."""
        state, back = row.state(now), ""
        if state == "DEPLOYING" or (revert and state == "BAKING"):
            back = "ROLLED_BACK"
        elif revert and state == "COMPLETE" and now.t - row.began - row.lasts <= REVERTED_FOR:
            back = "REVERTED"
        if not back:
            raise invalid(f"The deployment {row.number} is {state} and cannot be stopped.")
        row.taken_back = TakenBack(back, "USER", "Stopped by a call of StopDeployment", now.at)


def check_flags(content: bytes) -> None:
    """Refuse what AppConfig's own schema refuses: no version, or a value of a flag that is not defined."""
    try:
        whole: Any = json.loads(content)
    except ValueError as error:
        raise invalid("The content is no JSON.") from error
    if not isinstance(whole, dict) or whole.get("version") != "1":
        raise invalid("The content has no version 1.")
    undefined = sorted(set(whole.get("values") or {}) - set(whole.get("flags") or {}))
    if undefined:
        raise invalid(f"No flag {undefined[0]} is defined.")
    for key, value in (whole.get("values") or {}).items():
        if not isinstance(value, dict) or not isinstance(value.get("enabled", False), bool):
            raise invalid(f"The flag {key} is neither enabled nor disabled.")


def absent(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Could not find the {what}.", status=404)


def conflict(message: str) -> AwsError:
    return AwsError("ConflictException", message, status=409)


def invalid(message: str) -> AwsError:
    return AwsError("BadRequestException", message)


def _found(rows: Mapping[str, T], id_: str, what: str) -> T:
    if id_ not in rows:
        raise absent(f"{what} {id_}")
    return rows[id_]
