"""AppConfig: the configurations that hold one environment's feature flags, and their deployments.

Deliberately absent: profiles that the catalog does not name, freeform configurations, and making or deleting
a profile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.aws import appconfig_calls as calls
from bot.aws.calls import Call
from bot.aws.place import Place
from handlers.ports.aws import Written
from handlers.ports.features import Change, Started
from handlers.words.errors import Absent, Rejected
from policies.flags.deploying import (
    FEATURE_FLAGS,
    GOING,
    Draft,
    Feature,
    Rollout,
    deployed_of,
    differences,
    held_in,
    of_ours,
    switched,
)
from policies.flags.switching import FREEFORM, MISSING, UNDEPLOYED, Held
from policies.service.environment import AppConfig

A_PAGE = 50
"""Rows of one answer: AppConfig's most (facts/ecs 12.2)."""
MOST_PAGES = 20
"""Pages of deployments that are read for the one in force: a thousand deployments; our own choice."""
ROLLED_BACK = ("ROLLBACK_STARTED", "REVERT_COMPLETED", "ROLLBACK_COMPLETED")
"""Events that say who or what took a deployment back, the telling one first."""


@dataclass(frozen=True)
class Standing:
    """What is deployed of a profile. ``content``: of the version in force; empty if there is none.
    ``rollouts``: newest first, as far as they were read."""

    type: str
    rollouts: tuple[Rollout, ...] = ()
    deployed: Rollout | None = None
    content: bytes = b""

    def held(self, key: str) -> Held:
        if self.type != FEATURE_FLAGS:
            return Held("", 0, FREEFORM)
        if self.deployed is None:
            return Held("", 0, UNDEPLOYED)
        try:
            return held_in(self.content, key, self.deployed.version)
        except ValueError:
            return Held("", self.deployed.version, MISSING)

    @property
    def under_way(self) -> Rollout | None:
        return next((r for r in self.rollouts if r.state in GOING), None)


class AppConfigFeatures:
    """Implements ``handlers.ports.features.Features``."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def held(self, flags: Sequence[str]) -> Mapping[str, Held]:
        """What is deployed of these flags; one whose application, environment or profile is not there is left
        out. Each profile is read once.
        """
        known: dict[AppConfig, Standing | None] = {}
        found: dict[str, Held] = {}
        for name in flags:
            at = self._at(name)
            profile = replace(at, flag="", strategy="")
            if profile not in known:
                known[profile] = self._found(at)
            if (standing := known[profile]) is not None:
                going = standing.under_way
                mine = going is not None and going.profile == at.profile
                percent = going.percent if going is not None and mine else None
                found[name] = replace(standing.held(at.flag), under_way=percent)
        return found

    def facts(self, flag: str) -> Feature:
        at = self._at(flag)
        standing = self._standing(at)
        held = standing.held(at.flag)
        latest = standing.rollouts[0].number if standing.rollouts else 0
        if held.type in (FREEFORM, UNDEPLOYED):
            return Feature(held, latest=latest, under_way=standing.under_way)
        versions = list(self._versions(at))
        return Feature(
            held,
            newest=max((row["VersionNumber"] for row in versions), default=0),
            latest=latest,
            under_way=standing.under_way,
            draft=self._draft(at, standing, versions),
            experiment=self._experiment(at),
        )

    def write(self, flag: str, change: Change) -> Written:
        send_by, at = self._place.send_by(), self._at(flag)
        action = f"write a version of the configuration of {flag}"
        try:
            content = switched(self._content(at, change.base), at.flag, change.state)
        except ValueError:
            raise Rejected(f"The configuration of {flag} no longer says whether it is on.") from None
        client = self._place.appconfig_for_change(action)
        with self._place.turn(calls.CREATE_HOSTED_CONFIGURATION_VERSION, action, send_by=send_by):
            made = client.create_hosted_configuration_version(
                ApplicationId=at.application,
                ConfigurationProfileId=at.profile,
                Content=content,
                ContentType="application/json",
                LatestVersionNumber=change.newest,
                VersionLabel=change.label,
            )
            made["Content"].read()  # which gives the connection back
        return Written(made["ResponseMetadata"]["RequestId"], made["VersionNumber"])

    def written(self, flag: str, label: str) -> int:
        rows = self._versions(self._at(flag), VersionLabel=label)
        return next((row["VersionNumber"] for row in rows if row.get("VersionLabel") == label), 0)

    def deploy(self, flag: str, version: int, *, after: int, why: str) -> Started:
        send_by, at = self._place.send_by(), self._at(flag)
        action = f"deploy the configuration of {flag}"
        client = self._place.appconfig_for_change(action)
        with self._place.turn(calls.START_DEPLOYMENT, action, send_by=send_by):
            made = client.start_deployment(
                ApplicationId=at.application,
                EnvironmentId=at.environment,
                ConfigurationProfileId=at.profile,
                ConfigurationVersion=str(version),
                DeploymentStrategyId=at.strategy,
                Description=why,
                LatestDeploymentNumber=after,
            )
        return Started(made["ResponseMetadata"]["RequestId"], made["DeploymentNumber"])

    def of_version(self, flag: str, version: int) -> Rollout | None:
        at = self._at(flag)
        rows = (row for page in self._deployments(at) for row in page)
        return next((r for r in rows if (r.profile, r.version) == (at.profile, version)), None)

    def newest(self, flag: str) -> Rollout | None:
        page = next(self._deployments(self._at(flag)), [])
        return page[0] if page else None

    def rollout(self, flag: str, number: int) -> Rollout:
        at, action = self._at(flag), f"read the deployment of {flag}"
        client = self._place.appconfig(action)
        with self._place.turn(calls.GET_DEPLOYMENT, action):
            row = client.get_deployment(
                ApplicationId=at.application, EnvironmentId=at.environment, DeploymentNumber=number
            )
        events = {event.get("EventType"): event for event in reversed(row.get("EventLog", []))}
        told: Mapping[str, Any] = next((events[kind] for kind in ROLLED_BACK if kind in events), {})
        return replace(_rollout(row), by=told.get("TriggeredBy", ""), why=told.get("Description", ""))

    def revert(self, flag: str, number: int) -> str:
        send_by, at = self._place.send_by(), self._at(flag)
        action = f"take back the deployment of {flag}"
        client = self._place.appconfig_for_change(action)
        with self._place.turn(calls.STOP_DEPLOYMENT, action, send_by=send_by):
            stopped = client.stop_deployment(
                ApplicationId=at.application,
                EnvironmentId=at.environment,
                DeploymentNumber=number,
                AllowRevert=True,
            )
        return str(stopped["ResponseMetadata"]["RequestId"])

    def _found(self, at: AppConfig) -> Standing | None:
        try:
            return self._standing(at)
        except Absent:
            return None

    def _standing(self, at: AppConfig) -> Standing:
        action = f"read flags of {self._place.environment.name}"
        client = self._place.appconfig(action)
        with self._place.turn(calls.GET_CONFIGURATION_PROFILE, action):
            profile = client.get_configuration_profile(
                ApplicationId=at.application, ConfigurationProfileId=at.profile
            )
        kind = profile.get("Type", "")
        rollouts: list[Rollout] = []
        for page in self._deployments(at):
            rollouts += page
            if deployed_of(at.profile, page) is not None:
                break
        deployed = deployed_of(at.profile, rollouts)
        standing = Standing(kind, tuple(rollouts), deployed)
        if deployed is None or kind != FEATURE_FLAGS:
            return standing
        return replace(standing, content=self._content(at, deployed.version))

    def _draft(
        self, at: AppConfig, standing: Standing, versions: Sequence[Mapping[str, Any]]
    ) -> Draft | None:
        deployed = standing.deployed.version if standing.deployed else 0
        here = {r.version for r in standing.rollouts if r.profile == at.profile}
        drafts = [
            row["VersionNumber"]
            for row in versions
            if row["VersionNumber"] > deployed
            and row["VersionNumber"] not in here
            and not of_ours(row.get("VersionLabel", ""), at.environment)
        ]
        if not drafts:
            return None
        newest = max(drafts)
        try:
            return Draft(newest, differences(standing.content, self._content(at, newest)))
        except ValueError:
            raise Rejected(f"Version {newest} of the configuration holds no flags.") from None

    def _experiment(self, at: AppConfig) -> str:
        """The name of an experiment that is active on the profile in the environment; empty if none is."""
        action = f"read experiments of {self._place.environment.name}"
        client = self._place.appconfig(action)
        with self._place.turn(calls.LIST_EXPERIMENT_DEFINITIONS, action):
            rows = client.list_experiment_definitions(
                ApplicationIdentifier=at.application,
                ConfigurationProfileIdentifier=at.profile,
                EnvironmentIdentifier=at.environment,
                Status="ACTIVE",
            ).get("Items", [])
        return str(rows[0].get("Name") or rows[0]["Id"]) if rows else ""

    def _content(self, at: AppConfig, version: int) -> bytes:
        action = f"read a configuration of {self._place.environment.name}"
        client = self._place.appconfig(action)
        with self._place.turn(calls.GET_HOSTED_CONFIGURATION_VERSION, action):
            answer = client.get_hosted_configuration_version(
                ApplicationId=at.application, ConfigurationProfileId=at.profile, VersionNumber=version
            )
            return bytes(answer["Content"].read())

    def _versions(self, at: AppConfig, **only: str) -> Iterator[Mapping[str, Any]]:
        action = f"list configurations of {self._place.environment.name}"
        asked = {"ApplicationId": at.application, "ConfigurationProfileId": at.profile, **only}
        client = self._place.appconfig(action)
        call = client.list_hosted_configuration_versions
        for page in self._pages(calls.LIST_HOSTED_CONFIGURATION_VERSIONS, action, call, asked):
            yield from page

    def _deployments(self, at: AppConfig) -> Iterator[list[Rollout]]:
        """Pages of the AppConfig environment's deployments, newest first, of whatever profile."""
        action = f"list deployments of flags of {self._place.environment.name}"
        asked = {"ApplicationId": at.application, "EnvironmentId": at.environment}
        client = self._place.appconfig(action)
        for page in self._pages(calls.LIST_DEPLOYMENTS, action, client.list_deployments, asked):
            yield [_rollout(row) for row in page]

    def _pages(
        self, call: Call, action: str, ask: Callable[..., Any], asked: Mapping[str, str]
    ) -> Iterator[list[Mapping[str, Any]]]:
        token: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            with self._place.turn(call, action):
                answer = ask(**asked, **token, MaxResults=A_PAGE)
            yield answer.get("Items", [])
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _at(self, name: str) -> AppConfig:
        where = self._place.environment
        found = next((flag.appconfig for flag in where.flags if flag.name == name), None)
        if found is None:
            raise Absent(f"The catalog keeps no flag {name[:63]} for {where.name} in AppConfig.")
        return found


def _rollout(row: Mapping[str, Any]) -> Rollout:
    version = str(row.get("ConfigurationVersion", ""))
    return Rollout(
        row["DeploymentNumber"],
        row.get("ConfigurationProfileId", ""),
        int(version) if version.isdecimal() else 0,
        row.get("State", ""),
        int(row.get("PercentageComplete", 0)),
        row.get("DeploymentDurationInMinutes", 0) + row.get("FinalBakeTimeInMinutes", 0),
        row.get("StartedAt"),
        completed_at=row.get("CompletedAt"),
    )
