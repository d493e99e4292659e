"""Regions and their partitions, from botocore's own data; no other module derives one from the other. For a
region that is newer than botocore, the form of its name decides, as in botocore itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from botocore.loaders import create_loader

COMMERCIAL = "aws"


@dataclass(frozen=True)
class Partition:
    """One partition. ``name`` begins its ARNs: ``aws-eusc``. ``suffixes`` are the domains below which its
    services answer, the usual one first.
    """

    name: str
    suffixes: tuple[str, ...]
    regions: Mapping[str, str]
    """Each region with its name in words: ``eu-central-1`` is ``Europe (Frankfurt)``."""
    form: re.Pattern[str]


def partition_of(region: str) -> str:
    """The partition of a region: ``aws-cn`` for ``cn-north-1``. A region whose name has no known form counts
    as part of ``aws``.
    """
    exact = (p.name for p in partitions() if region in p.regions)
    alike = (p.name for p in partitions() if p.form.match(region))
    return next(exact, None) or next(alike, COMMERCIAL)


def arn(region: str, account: str, service: str, resource: str) -> str:
    """The ARN of something in this region. ARNs of IAM (``iam``) have no region."""
    where = "" if service == "iam" else region
    return f"arn:{partition_of(region)}:{service}:{where}:{account}:{resource}"


@cache
def regions() -> Mapping[str, str]:
    """Every known region with its name in words."""
    return MappingProxyType({name: words for p in partitions() for name, words in p.regions.items()})


@cache
def partitions() -> tuple[Partition, ...]:
    rows = create_loader().load_data("partitions")["partitions"]
    return tuple(_partition(row) for row in rows)


def _partition(row: Mapping[str, object]) -> Partition:
    """Convert a row of botocore's data. ``aws-global`` and the like are left out: they are not regions,
    nothing runs there, and their names have another form.
    """
    outputs, named, form = row["outputs"], row["regions"], re.compile(str(row["regionRegex"]))
    assert isinstance(outputs, dict) and isinstance(named, dict)
    suffixes = (str(outputs["dnsSuffix"]), str(outputs["dualStackDnsSuffix"]))
    known = {name: str(about.get("description", "")) for name, about in named.items() if form.match(name)}
    return Partition(str(row["id"]), suffixes, MappingProxyType(known), form)
