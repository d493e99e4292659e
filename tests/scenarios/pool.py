"""The catalog that a stage's bot starts with: the playground's own and a pool of fresh environments.

Each test takes unused environments, so that no test meets another's operations.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import yaml

import playground

OWN = Path(playground.__file__).with_name("environments.yaml")
SIZE, FEW = (200, 12) if os.environ.get("SOAK") == "1" else (100, 8)
"""The most environments of the kinds that many tests and that few tests use. A bot reads, applies and watches
all of them, so a run that needs few has few.
"""
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
"""What every environment of the pool approves. A test that runs it registers the revision."""
MOST_KEYS = 1_000
"""Fewer than the sessions that the playground's cache begins with, and more than its carts."""
ACCOUNT, REGION = "123456789012", "eu-central-1"


def write_catalog(path: Path, size: int = SIZE) -> Path:
    """Write the catalog.

    ``t-001`` … are a cluster each, with messages in #staging. ``f-001`` … have the flags ``beta`` and
    ``gamma`` too. ``g-001`` … have their messages in a channel that the bot is not a member of, and a cache
    that does not exist. ``q-001`` and ``r-001`` … are selected in one cluster ``mixed-001`` by different
    tags. ``size``: the most of each; 0 writes only the playground's own environments.
    """
    catalog: dict[str, Any] = yaml.safe_load(OWN.read_text())
    del catalog["schedules"]  # a test that moves the clock must not stop staging
    catalog["environments"]["staging"]["flush"]["most_keys"] = MOST_KEYS
    catalog["grants"] += [
        {"person": "U0DEV", "role": "developer", "environment": f"{prefix}-*"} for prefix in "tfgq"
    ]
    catalog["grants"] += [{"person": "U0VIC", "role": "viewer", "environment": f"{p}-*"} for p in "tf"]
    environments = {"environments": catalog.pop("environments")}
    parts = [yaml.safe_dump(part, sort_keys=False) for part in (catalog, environments)]
    path.write_text("".join(parts) + "".join(f"  {line}\n" for line in _pool(size)))
    return path


def _pool(size: int) -> Iterator[str]:
    """A line for each environment. All take over the fields of the first, because each bot of a test reads
    the whole file again.
    """
    first: dict[str, Any] = {
        "tier": "nonproduction",
        "account": ACCOUNT,
        "region": REGION,
        "channel": "C0STAGING",
    }
    first |= {"owner": "Olu", "scale": {"*": "0-6"}, "tasks": TASKS}
    for number in range(1, size + 1):
        taken = "" if number > 1 else f"&first {json.dumps({**first, **_own('t-001')})}"
        yield f"t-{number:03}: {taken or _like_first(_own(f't-{number:03}'))}"
    for number in range(1, min(FEW, size) + 1):
        flagged, gone, mixed = f"f-{number:03}", f"g-{number:03}", f"mixed-{number:03}"
        flags = {
            "beta": {"parameter": beta(flagged), "service": "api"},
            "gamma": {"appconfig": gamma(flagged)},
        }
        yield f"{flagged}: {_like_first({**_own(flagged), 'flags': flags})}"
        yield f"{gone}: {_like_first({**_own(gone), 'channel': 'C0GENERAL', **_no_cache(gone)})}"
        for name, key in ((f"q-{number:03}", "environment"), (f"r-{number:03}", "team")):
            tag = {"clusters": [mixed], "key": key, "value": name}
            yield f"{name}: {json.dumps({**first, **_own(name, tag=tag)})}"


def _no_cache(name: str) -> dict[str, Any]:
    """A cache that the catalog names and ElastiCache does not have."""
    cache = f"{name}-sessions"
    return {"caches": [cache], "flush": {"cache": cache, "prefixes": ["session:"]}}


def _own(name: str, **where: Any) -> dict[str, Any]:
    role = f"arn:aws:iam::{ACCOUNT}:role/lamplighter-{name}"
    return {"role_arn": role, **(where or {"cluster": name})}


def _like_first(fields: dict[str, Any]) -> str:
    return f"{{<<: *first, {json.dumps(fields)[1:]}"


class Names:
    """Hands out each name of the pool once."""

    def __init__(self) -> None:
        self._counts = {prefix: count(1) for prefix in "tfgqr"}

    def fresh(self, prefix: str = "t") -> str:
        number, most = next(self._counts[prefix]), SIZE if prefix == "t" else FEW
        assert number <= most, f"the pool holds {most} environments {prefix}-…; make it larger"
        return f"{prefix}-{number:03}"


def beta(environment: str) -> str:
    """Return the parameter of the flag ``beta`` of an environment ``f-…``; a test that needs it makes it."""
    return f"/{environment}/beta"


def gamma(environment: str) -> dict[str, str]:
    """Return the place in AppConfig of the other flag; a test that needs it makes it, and its strategy."""
    number = environment.removeprefix("f-")
    place = {"application": f"a{number}", "environment": f"e{number}", "profile": f"p{number}"}
    return {**place, "strategy": f"s{number}"}
