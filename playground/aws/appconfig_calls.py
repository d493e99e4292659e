"""AppConfig's calls, as far as flags need them (facts/ecs 12.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from playground.aws.appconfig import AppConfigBook, Deployment, Version, invalid
from playground.aws.calls import Answer
from playground.aws.errors import JSON, AwsError
from playground.aws.fleet import Fleet
from playground.aws.moment import Moment
from playground.aws.paging import slice_of

Params = dict[str, Any]
MOST = 50


class AppConfigCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    regions: tuple[str, ...] = ()

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def get_configuration_profile(self, params: Params) -> Params:
        found = self._book.profile(params["ApplicationId"], params["ConfigurationProfileId"])
        return {
            "ApplicationId": params["ApplicationId"],
            "Id": found.id,
            "Name": found.name,
            "LocationUri": "hosted",
            "Type": found.type,
        }

    def list_hosted_configuration_versions(self, params: Params) -> Params:
        profile = self._book.profile(params["ApplicationId"], params["ConfigurationProfileId"])
        wanted = params.get("VersionLabel")
        rows = [v for v in reversed(profile.versions) if wanted in (None, v.label)]
        return _paged([_summary(params, row) for row in rows], params)

    def get_hosted_configuration_version(self, params: Params) -> Answer:
        profile, number = params["ConfigurationProfileId"], params["VersionNumber"]
        return _hosted(params, self._book.version(params["ApplicationId"], profile, number), 200)

    def create_hosted_configuration_version(self, params: Params) -> Answer:
        profile = self._book.profile(params["ApplicationId"], params["ConfigurationProfileId"])
        label, latest = params.get("VersionLabel", ""), params.get("LatestVersionNumber")
        if label and (len(label) > 64 or label.isdecimal()):
            raise invalid("A version label has at most 64 characters, of which one is no digit.")
        made = Version(0, params["Content"].encode(), params.get("ContentType", ""), label)
        return _hosted(params, self._book.write(profile, made, int(latest) if latest else None), 201)

    def list_deployments(self, params: Params) -> Params:
        rows = self._deployments(params)
        return _paged([self._shown(row) for row in reversed(rows)], params)

    def get_deployment(self, params: Params) -> Params:
        row = self._deployment(params)
        return self._shown(row) | {"EventLog": self._events(row), "Description": row.description}

    def stop_deployment(self, params: Params) -> Params:
        row = self._deployment(params)
        self._book.stop(row, self._fleet.moment, revert=params.get("AllowRevert") == "true")
        return self._shown(row) | {"EventLog": self._events(row)}

    def start_deployment(self, params: Params) -> Answer | Params:
        book, now = self._book, self._fleet.moment
        strategy = book.strategies.get(params["DeploymentStrategyId"])
        if strategy is None:
            raise AwsError("ResourceNotFoundException", "Could not find the deployment strategy.", status=404)
        profile = params["ConfigurationProfileId"]
        version = book.version(params["ApplicationId"], profile, params["ConfigurationVersion"])
        made = Deployment(0, profile, version, strategy, now.t, now.at, params.get("Description", ""))
        latest = params.get("LatestDeploymentNumber")
        return self._shown(book.begin(self._deployments(params), made, latest, now))

    def list_experiment_definitions(self, params: Params) -> Params:
        application = self._book.applications.get(params.get("ApplicationIdentifier", ""))
        place = (params.get("ConfigurationProfileIdentifier"), params.get("EnvironmentIdentifier"))
        named = application.experiments.get((str(place[0]), str(place[1]))) if application else None
        return {"Items": [{"Id": "exp1234", "Name": named, "Status": "ACTIVE"}] if named else []}

    @property
    def _book(self) -> AppConfigBook:
        return self._fleet.appconfig

    def _deployments(self, params: Params) -> list[Deployment]:
        return self._book.deployments(params["ApplicationId"], params["EnvironmentId"])

    def _deployment(self, params: Params) -> Deployment:
        number = int(params["DeploymentNumber"])
        rows = [row for row in self._deployments(params) if row.number == number]
        if not rows:
            raise AwsError(
                "ResourceNotFoundException", f"Could not find the deployment {number}.", status=404
            )
        return rows[0]

    def _shown(self, row: Deployment) -> Params:
        now = self._fleet.moment
        return {
            "DeploymentNumber": row.number,
            "ConfigurationProfileId": row.profile,
            "ConfigurationVersion": str(row.version.number),
            "VersionLabel": row.version.label or None,
            "DeploymentStrategyId": row.strategy.id,
            "DeploymentDurationInMinutes": row.strategy.minutes,
            "FinalBakeTimeInMinutes": row.strategy.bake,
            "GrowthFactor": row.strategy.growth,
            "State": row.state(now),
            "PercentageComplete": row.percent(now),
            "StartedAt": row.began_at.isoformat(),
            "CompletedAt": self._completed(row, now),
            "Type": "USER",
        }

    def _completed(self, row: Deployment, now: Moment) -> str | None:
        done = row.began_at + timedelta(seconds=row.lasts)
        return done.isoformat() if row.state(now) in ("COMPLETE", "REVERTED") else None

    def _events(self, row: Deployment) -> list[Params]:
        began = {
            "EventType": "DEPLOYMENT_STARTED",
            "TriggeredBy": "USER",
            "Description": "Deployment started",
        }
        events = [began | {"OccurredAt": row.began_at.isoformat()}]
        if row.taken_back is not None:
            back = row.taken_back
            kinds = (
                ("REVERT_COMPLETED",)
                if back.state == "REVERTED"
                else ("ROLLBACK_STARTED", "ROLLBACK_COMPLETED")
            )
            said = {"TriggeredBy": back.by, "Description": back.why, "OccurredAt": back.at.isoformat()}
            events += [{"EventType": kind, **said} for kind in kinds]
        return events[::-1]


def _summary(params: Params, row: Version) -> Params:
    return {
        "ApplicationId": params["ApplicationId"],
        "ConfigurationProfileId": params["ConfigurationProfileId"],
        "VersionNumber": row.number,
        "ContentType": row.content_type,
        "VersionLabel": row.label or None,
    }


def _hosted(params: Params, row: Version, status: int) -> Answer:
    headers = [
        ("Application-Id", params["ApplicationId"]),
        ("Configuration-Profile-Id", params["ConfigurationProfileId"]),
        ("Version-Number", str(row.number)),
        ("Content-Type", row.content_type or JSON),
        *([("VersionLabel", row.label)] if row.label else []),
    ]
    return Answer(status, headers, row.content)


def _paged(rows: Sequence[Params], params: Params) -> Params:
    size = int(params.get("MaxResults") or MOST)
    if not 1 <= size <= MOST:
        raise invalid(f"MaxResults is from 1 to {MOST}.")
    shown, token = slice_of(list(rows), params.get("NextToken"), size)
    return {"Items": shown, **({"NextToken": token} if token else {})}
