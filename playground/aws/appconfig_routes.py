"""Which operation of AppConfig a request is: its protocol names it by method and path."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

Params = dict[str, Any]
_APPLICATION = "/applications/{ApplicationId}"
_PROFILE = _APPLICATION + "/configurationprofiles/{ConfigurationProfileId}"
_VERSIONS = _PROFILE + "/hostedconfigurationversions"
_DEPLOYMENTS = _APPLICATION + "/environments/{EnvironmentId}/deployments"
ROUTES = (
    ("GET", _PROFILE, "GetConfigurationProfile"),
    ("GET", _VERSIONS, "ListHostedConfigurationVersions"),
    ("POST", _VERSIONS, "CreateHostedConfigurationVersion"),
    ("GET", _VERSIONS + "/{VersionNumber}", "GetHostedConfigurationVersion"),
    ("GET", _DEPLOYMENTS, "ListDeployments"),
    ("POST", _DEPLOYMENTS, "StartDeployment"),
    ("GET", _DEPLOYMENTS + "/{DeploymentNumber}", "GetDeployment"),
    ("DELETE", _DEPLOYMENTS + "/{DeploymentNumber}", "StopDeployment"),
    ("GET", "/experimentdefinitions", "ListExperimentDefinitions"),
)
"""By method and path, as in the service model."""
_PATTERNS = [
    (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), operation)
    for method, path, operation in ROUTES
]
QUERY = {
    "max_results": "MaxResults",
    "next_token": "NextToken",
    "version_label": "VersionLabel",
    "application_identifier": "ApplicationIdentifier",
    "configuration_profile_identifier": "ConfigurationProfileIdentifier",
    "environment_identifier": "EnvironmentIdentifier",
    "status": "Status",
}
HEADERS = {
    "HTTP_LATEST_VERSION_NUMBER": "LatestVersionNumber",
    "HTTP_VERSIONLABEL": "VersionLabel",
    "HTTP_DESCRIPTION": "Description",
    "CONTENT_TYPE": "ContentType",
    "HTTP_ALLOW_REVERT": "AllowRevert",
}


def routed(environ: dict[str, Any], body: bytes) -> tuple[str, Params]:
    """Which operation a request is, and its parameters; the request itself if AppConfig has none such
    here."""
    method, path = str(environ.get("REQUEST_METHOD")), str(environ.get("PATH_INFO"))
    for known, pattern, operation in _PATTERNS:
        if known == method and (match := pattern.fullmatch(path)):
            return operation, _params(environ, operation, body) | {
                name: unquote(value) for name, value in match.groupdict().items()
            }
    return f"{method} {path}", {}


def _params(environ: dict[str, Any], operation: str, body: bytes) -> Params:
    asked = {QUERY.get(k, k): v for k, v in parse_qsl(str(environ.get("QUERY_STRING", "")))}
    given = {name: environ[key] for key, name in HEADERS.items() if environ.get(key)}
    if operation == "CreateHostedConfigurationVersion":
        return {**asked, **given, "Content": body.decode("utf-8", "replace")}
    if operation == "StopDeployment":
        return {**asked, **given}
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return asked
    return {**asked, **told} if isinstance(told, dict) else asked
