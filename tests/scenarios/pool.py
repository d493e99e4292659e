"""The catalog that a stage's bot starts with: the playground's own and a pool of fresh environments.

Each test takes unused environments, so that no test meets another's operations.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import yaml

import playground

OWN = Path(playground.__file__).with_name("environments.yaml")
SIZE = 200
FEW = 12
TASKS: dict[str, Any] = {
    "migrate": {
        "revision": "pool-migrate:1",
        "container": "job",
        "service": "api",
        "command": ["migrate", "--to", "{to}"],
        "parameters": {"to": {"choices": ["head", "base"], "default": "head"}},
        "execution_role": "arn:aws:iam::123456789012:role/ecs-execution",
    }
}
"""What every environment ``t-…`` approves. A test that runs it registers the revision."""
MOST_KEYS = 1_000
"""Fewer than the sessions that the playground's cache begins with, and more than its carts."""
GONE: dict[str, Any] = {
    "caches": ["gone-sessions"],
    "flush": {"cache": "gone-sessions", "prefixes": ["session:"]},
}
"""A cache that the catalog names and ElastiCache does not have."""
ACCOUNT, REGION = "123456789012", "eu-central-1"


def write_catalog(path: Path, size: int = SIZE) -> Path:
    """Write the catalog.

    ``t-001`` … are a cluster each, with messages in #staging and the flags ``beta`` and ``gamma``. ``g-001``
    … have their messages in a channel that the bot is not a member of, and a cache that does not exist.
    ``q-001`` and ``r-001`` … are selected in one cluster ``mixed-001`` by different tags. ``size``: the most
    of each; 0 writes only the playground's own environments.
    """
    catalog: dict[str, Any] = yaml.safe_load(OWN.read_text())
    del catalog["schedules"]  # a test that moves the clock must not stop staging
    environments = catalog["environments"]
    for number in range(1, size + 1):
        name = f"t-{number:03}"
        flags = {"beta": {"parameter": beta(name), "service": "api"}, "gamma": {"appconfig": gamma(name)}}
        environments[name] = {**_row(name), "flags": flags, "tasks": TASKS}
    environments["staging"]["flush"]["most_keys"] = MOST_KEYS
    for number in range(1, min(FEW, size) + 1):
        environments[f"g-{number:03}"] = {**_row(f"g-{number:03}"), "channel": "C0GENERAL", **GONE}
        mixed = f"mixed-{number:03}"
        environments[f"q-{number:03}"] = _tagged(f"q-{number:03}", mixed, "environment")
        environments[f"r-{number:03}"] = _tagged(f"r-{number:03}", mixed, "team")
    catalog["grants"] += [
        {"person": "U0DEV", "role": "developer", "environment": pattern} for pattern in ("t-*", "g-*", "q-*")
    ]
    catalog["grants"].append({"person": "U0VIC", "role": "viewer", "environment": "t-*"})
    path.write_text(yaml.safe_dump(catalog, sort_keys=False))
    return path


class Names:
    """Hands out each name of the pool once."""

    def __init__(self) -> None:
        self._counts = {prefix: count(1) for prefix in "tgqr"}

    def fresh(self, prefix: str = "t") -> str:
        number, most = next(self._counts[prefix]), SIZE if prefix == "t" else FEW
        assert number <= most, f"the pool holds {most} environments {prefix}-…; make it larger"
        return f"{prefix}-{number:03}"


def beta(environment: str) -> str:
    """Return the parameter of the flag ``beta`` of an environment ``t-…``; a test that needs it makes it."""
    return f"/{environment}/beta"


def gamma(environment: str) -> dict[str, str]:
    """Return the place in AppConfig of the other flag; a test that needs it makes it, and its strategy."""
    number = environment.removeprefix("t-")
    place = {"application": f"a{number}", "environment": f"e{number}", "profile": f"p{number}"}
    return {**place, "strategy": f"s{number}"}


def _row(name: str) -> dict[str, Any]:
    return {**_anywhere(name), "cluster": name}


def _tagged(name: str, cluster: str, key: str) -> dict[str, Any]:
    return {**_anywhere(name), "tag": {"clusters": [cluster], "key": key, "value": name}}


def _anywhere(name: str) -> dict[str, Any]:
    return {
        "tier": "nonproduction",
        "account": ACCOUNT,
        "region": REGION,
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/lamplighter-{name}",
        "channel": "C0STAGING",
        "owner": "Olu",
        "scale": {"*": "0-6"},
    }
