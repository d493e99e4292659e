"""A call to AWS as it arrives: which service and operation, by whom and with what parameters; and the answer
to it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from playground.aws import appconfig_routes, errors
from playground.aws.account import sts
from playground.aws.errors import AwsError

CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]*/([^/]*)/([^/]*)/aws4_request")
RPC_PATH = re.compile(r"^/service/[^/]+/operation/(\w+)$")
HIDDEN = re.compile(r"secret|password|passwd|sessiontoken|authorization|credential", re.IGNORECASE)
MASK = "[masked]"


@dataclass(frozen=True)
class Call:
    """One call. ``service`` is the signing name (``ecs``, ``elasticloadbalancing``), ``action`` the
    operation.

    ``region`` is the region the call was signed for; only JSON calls have it.
    """

    service: str
    action: str
    params: dict[str, Any] = field(hash=False)
    access_key: str
    protocol: str
    region: str = ""

    @property
    def name(self) -> str:
        """Return the call's name in faults and traffic: ``ecs.UpdateService``."""
        return f"{self.service}.{self.action}"

    @property
    def role(self) -> str:
        """Return ``role/session`` if the key belongs to an assumed role, else the access key's id."""
        assumed = sts().get_assumed_role_from_access_key(self.access_key)
        if assumed is None:
            return self.access_key
        return f"{assumed.role_arn.split('/')[-1]}/{assumed.session_name}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def read(environ: dict[str, Any], body: bytes) -> Call:
    """Read a call from the WSGI environment; an unsigned call has an empty key, and its service is empty or
    ``sts``.
    """
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, service = signed.groups() if signed else ("", "", "")
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return Call(service, target.split(".")[-1], _json(body), key, "json", region)
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        flat = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        action = flat.pop("Action", "")
        flat.pop("Version", None)
        return Call(service or "sts", action, nest(flat), key, "ec2" if service == "ec2" else "query")
    if service == "appconfig":
        action, params = appconfig_routes.routed(environ, body)
        return Call(service, action, params, key, "rest-json", region)
    rpc = RPC_PATH.match(environ.get("PATH_INFO", ""))
    action = rpc.group(1) if rpc else f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"
    return Call(service, action, {}, key, "rest")


def refusal(call: Call, error: AwsError, request_id: str) -> Answer:
    """Return the error in the protocol of the call."""
    if call.protocol == "query":
        kind, body = errors.as_xml(error, request_id)
    elif call.protocol == "ec2":
        kind, body = errors.as_ec2_xml(error, request_id)
    else:
        kind, body = errors.as_json(error)
    headers = [("Content-Type", kind), ("x-amzn-errortype", error.code), ("Content-Length", str(len(body)))]
    return Answer(error.status, headers, body)


def redacted(value: Any) -> Any:
    """Return a copy without credentials, for traffic: values under telling names and all environment values
    are masked.
    """
    if isinstance(value, dict):
        return {k: MASK if HIDDEN.search(k) else _environment(k, v) for k, v in value.items()}
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return value


def nest(flat: dict[str, str]) -> dict[str, Any]:
    """Turn query parameters (``Tags.member.1.Key``) into dictionaries and lists."""
    root: dict[str, Any] = {}
    for key, value in flat.items():
        node = root
        *path, last = [part for part in key.split(".") if part != "member"]
        for part in path:
            child = node.setdefault(part, {})
            node = child if isinstance(child, dict) else {}
        node[last] = value
    return {key: _listed(value) for key, value in root.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(item) for key, item in value.items()}


def _environment(key: str, value: Any) -> Any:
    if key == "environment" and isinstance(value, list):
        return [{**row, "value": MASK} if isinstance(row, dict) else row for row in value]
    return redacted(value)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
